"""Write the hashes of the files that the shipped models compose, for `tests/test_golden.py`.

    python scripts/build/golden_hashes.py

Run it when the music or a file format changes on purpose, and say in the commit what and why. Each
case is a command run with three seeds. The hash `notes` is of the pitches and onsets of the MIDI
file, which depend only on the network, the random draws and the rules; the others are of whole
files. The test compares a format that a library writes only where its version is that of the table,
and sound, which NumPy computes, only on a processor with the same instructions.
"""

import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for

import chorale
from chorale import cli

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "tests" / "golden.json"
SEEDS = (1, 2, 3)
FORMATS = (
    *("midi", "musicxml", "lilypond", "svg", "pdf", "png", "roll"),
    *("wav", "flac", "ogg", "mp3"),
)
LIBRARIES = {  # the bytes of a format depend on their versions
    "svg": ("verovio", "fonttools", "matplotlib"),
    "pdf": ("verovio", "typst"),
    "png": ("verovio", "typst"),
    "roll": ("pillow", "matplotlib"),
    "wav": ("numpy", "simd", "soundfile"),
    "flac": ("numpy", "simd", "soundfile"),
    "ogg": ("numpy", "simd", "soundfile"),
    "mp3": ("numpy", "simd", "soundfile"),
}
GREENSLEEVES, OPENING = "assets/greensleeves.musicxml", "assets/chorale.mid"
IN_EVERY_FORMAT = {
    "generate": ["generate", "--bars", "4"],
    "harmonize": ["harmonize", GREENSLEEVES, "--bars", "1-4"],
    "continue": ["continue", OPENING, "--bars", "2"],
    "rewrite": ["rewrite", OPENING, "--bars", "5-6", "--voices", "alto,tenor"],
}
AS_MIDI = {
    "generate, twelve bars": ["generate"],
    "generate, model jsb": ["generate", "--model", "jsb", "--bars", "4"],
    "generate, greedy": ["generate", "--bars", "4", "--greedy"],
    "generate, the network alone": [
        *("generate", "--bars", "4", "--guidance", "0", "--strictness", "0", "--best-of", "1")
    ],
    "generate, other options": [
        *("generate", "--phrases", "2,2", "--key", "G minor", "--metre", "3/4", "--pickup", "1"),
        *("--temperature", "soprano=1.1,bass=0.7", "--top-p", "0.9", "--guidance", "1.5"),
        *("--strictness", "2", "--best-of", "4"),
    ],
    "harmonize, other options": [
        *("harmonize", OPENING, "--keep", "soprano,bass", "--transpose", "-2"),
        *("--fit", "transpose", "--key", "G minor"),
    ],
}


def run(words: Sequence[str]) -> None:
    """Run a command in this process.

    Raises:
        RuntimeError: the command failed.
    """
    arguments, sys.argv = sys.argv, ["chorale", *words]
    try:
        cli.main()
    except SystemExit as ended:
        if ended.code:
            raise RuntimeError(f"chorale {' '.join(words)} ended with {ended.code}") from ended
    finally:
        sys.argv = arguments


def hash_of(content: bytes) -> str:
    """Return the first twelve hexadecimal digits of the sha256."""
    return hashlib.sha256(content).hexdigest()[:12]


def notes_hash(midi: Path) -> str:
    """Return the hash of a MIDI file's pitches and onsets."""
    music = chorale.read(midi).chorale
    return hash_of(music.pitches.astype("<i2").tobytes() + music.onsets.tobytes())


def hash_files(name: str, seed: int, formats: Sequence[str]) -> dict[str, str]:
    """Run a case with a seed; return the hashes of its files by format, and of its notes."""
    words = [
        str(ROOT / word) if word.startswith("assets/") else word
        for word in (IN_EVERY_FORMAT | AS_MIDI)[name]
    ]
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        run([*words, "--seed", str(seed), "-q", "-o", folder, "--format", ",".join(formats)])
        for path in sorted(Path(folder).iterdir()):
            kind = "roll" if path.name.endswith("-roll.png") else path.suffix[1:]
            kind = {"mid": "midi", "ly": "lilypond"}.get(kind, kind)
            found[kind] = hash_of(path.read_bytes())
            if kind == "midi":
                found["notes"] = notes_hash(path)
    return found


def cases() -> Iterator[tuple[str, int, Sequence[str]]]:
    """Yield the name, seed and formats of each case."""
    for name in IN_EVERY_FORMAT:
        yield from ((name, seed, FORMATS) for seed in SEEDS)
    for name in AS_MIDI:
        yield from ((name, seed, ["midi"]) for seed in SEEDS)


def versions() -> dict[str, str]:
    """Return the versions of the libraries that write formats, and NumPy's instruction sets."""
    names = {library for libraries in LIBRARIES.values() for library in libraries} - {"simd"}
    config: Any = np.show_config(mode="dicts")
    simd = ",".join(config["SIMD Extensions"].get("found", []))
    return {name: version(name) for name in sorted(names)} | {"simd": simd}


def main() -> None:
    """Write the table."""
    parser_for(__doc__).parse_args()
    table = {f"{name}, seed {seed}": hash_files(name, seed, kinds) for name, seed, kinds in cases()}
    text = json.dumps({"versions": versions(), "hashes": table}, indent=1, sort_keys=True)
    TABLE.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
