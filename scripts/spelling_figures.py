"""How often pitches are spelled, and notes written, as scores of Bach's chorales have them.

    python scripts/spelling_figures.py [--count 20]

Bach's chorales are read with music21 alone, and each note's spelling and each written length is
laid beside what `chorale.music.spelling` and `chorale.rendering.score.note_values` make of the same pitches on the
grid. Then `--count` chorales of the test split and as many new ones are written as MusicXML, on two
staves and on four, and read back with music21 alone: do all notes have their pitch, place, length
and spelling?
"""

import argparse
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import chorale as package
from chorale.corpus import bach, load_corpus
from chorale.errors import ChoraleError
from chorale.music import STEPS_PER_QUARTER, VOICES, Chorale, notes
from chorale.music.spelling import spelled_line
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.score.musicxml import musicxml_bytes
from chorale.rendering.score.note_values import signs_of

SPLITS = ("train", "valid", "test")


class Written(NamedTuple):
    """A written note of a score: its place and length in steps, and its letter and accidental."""

    start: float
    length: float
    pitch: int
    letter: str
    alter: int
    tied: bool  # to a note before


def main() -> None:
    """Print what share is alike."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20)
    options = parser.parse_args()
    try:
        print_shares()
        print_read_back(options.count)
    except ChoraleError as error:
        sys.exit(str(error))


def print_shares() -> None:
    """Bach's own scores, split by split."""
    corpus = load_corpus("bach")
    print("| split | notes | spelled alike | signs | written alike |")
    print("| --- | ---: | ---: | ---: | ---: |")
    total: Counter[str] = Counter()
    for split in SPLITS:
        chorales = [c for c in corpus.splits[split] if c.source.startswith("BWV ")]
        with ProcessPoolExecutor(2) as pool:
            counts = sum(pool.map(compared, chorales, chunksize=8), Counter())
        total += counts
        print_row(split, counts)
    print_row("all", total)


def print_row(name: str, counts: Counter[str]) -> None:
    """A row of the table."""
    shares = [
        f"{counts[what]:,} | {counts[f'{what} alike'] / counts[what]:.2%}".replace("%", " %")
        for what in ("notes", "signs")
        if counts[what]
    ]
    print(f"| {name} | {' | '.join(shares)} |", flush=True)


def compared(chorale: Chorale) -> Counter[str]:
    """How many notes and signs of one of Bach's chorales are as in its score."""
    files = [entry["file"] for entry in bach._index()]
    path = bach._scores() / next(f for f in files if bach.source_of(f) == chorale.source)
    counts: Counter[str] = Counter()
    for voice, theirs in enumerate(voices_of(path)):
        begun = {note.start: note for note in theirs if not note.tied}
        line = notes(chorale, voice)
        for note, ours in zip(
            line, spelled_line([note.pitch for note in line], chorale.plan.key), strict=True
        ):
            their = begun.get(note.onset_step)
            if their is None or their.pitch != note.pitch:  # off the grid, or an ornament
                continue
            counts["notes"] += 1
            counts["notes alike"] += (ours.letter, ours.alter) == (their.letter, their.alter)
        written = {(note.start, note.length) for note in theirs}
        for sign in (sign for bar in signs_of(chorale, voice) for sign in bar):
            if sign.number is not None and chorale.plan.metre:
                counts["signs"] += 1
                counts["signs alike"] += (sign.start_step, sign.length_steps) in written
    return counts


def voices_of(path: Path) -> list[list[Written]]:
    """The written notes of a score's four voices, by music21 alone; no voice if it has others."""
    from music21 import converter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what music21 finds odd in a score
        score: Any = converter.parseFile(
            path, format="musicxml", forceSource=True, storePickle=False
        )
    lines = list(score.parts)
    if len(lines) == 2:
        lines = [line for staff in lines for line in staff.voicesToParts().parts]
    named = [
        min(
            (line for line in lines if (line.partName or "").lower().startswith(voice)),
            key=lambda line: len(line.partName),
            default=None,
        )
        for voice in VOICES
    ]
    chosen = named if all(line is not None for line in named) else lines
    return [list(written_notes(line)) for line in chosen] if len(chosen) == len(VOICES) else []


def written_notes(line: Any) -> Iterator[Written]:
    """The notes of a part as they are written, but for grace notes and chords."""
    for note in line.flatten().notes:
        if note.isNote and not note.duration.isGrace:
            yield Written(
                float(note.offset * STEPS_PER_QUARTER),
                float(note.quarterLength * STEPS_PER_QUARTER),
                note.pitch.midi,
                note.pitch.step,
                int(note.pitch.alter),
                note.tie is not None and note.tie.type != "start",
            )


def print_read_back(count: int) -> None:
    """MusicXML of ours, read by music21."""
    old = load_corpus("bach").splits["test"][:count]
    new = package.generate(bars=12, seed=1, count=count)
    print(f"\nread back by music21, of {count} each:", end=" ")
    for name, chorales in (("of Bach", old), ("new", new)):
        alike = sum(same(chorale, staves) for chorale in chorales for staves in (2, 4))
        print(f"{alike} of {2 * len(chorales)} files {name} alike", end="; ")
    print()


def same(chorale: Chorale, staves: Any) -> bool:
    """Whether music21 finds every note in the MusicXML of a chorale where it was."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "it.musicxml")
        path.write_bytes(musicxml_bytes(chorale, Metadata(), RenderOptions(staves=staves)))
        theirs = voices_of(path)
    return len(theirs) == len(VOICES) and all(
        sounding(theirs[voice]) == ours(chorale, voice) for voice in range(len(VOICES))
    )


def ours(chorale: Chorale, voice: int) -> list[tuple[float, float, int, str, int]]:
    """Start, length, pitch, letter and accidental of each note."""
    line = notes(chorale, voice)
    spelled = spelled_line([note.pitch for note in line], chorale.plan.key)
    return [
        (note.onset_step, note.length_steps, note.pitch, each.letter, each.alter)
        for note, each in zip(line, spelled, strict=True)
    ]


def sounding(line: Sequence[Written]) -> list[tuple[float, float, int, str, int]]:
    """The same of written notes, ties joined."""
    joined: list[tuple[float, float, int, str, int]] = []
    for note in line:
        if note.tied:
            start, length, pitch, letter, alter = joined.pop()
            joined.append((start, length + note.length, pitch, letter, alter))
        else:
            joined.append((note.start, note.length, note.pitch, note.letter, note.alter))
    return joined


if __name__ == "__main__":
    main()
