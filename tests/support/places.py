"""Where things are in a checkout."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
ASSETS = ROOT / "assets"
SHARED = ROOT.parent / "shared" / "data"  # the benchmark's files, where someone has laid them
