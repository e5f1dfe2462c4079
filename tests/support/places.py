"""Paths in a checkout."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
ASSETS = ROOT / "assets"
SHARED = ROOT.parent / "shared" / "data"  # the benchmark's files, if they were put there
