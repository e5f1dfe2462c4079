"""Measure how often our spelling and note values are those of the scores of Bach's chorales.

    python scripts/measure/spelling.py [--count 20]

music21 alone reads Bach's scores. The spelling of each note and the values of the written notes are
compared with what `chorale.music.spelling` and `chorale.rendering.score.note_values` make of the
same pitches on the grid; a written note is one note head, so that a tied note counts several times.
Then `--count` chorales of the test split and as many new ones are written as MusicXML, on two
staves and on four, and read by music21 alone: does every note have its pitch, place, length and
spelling?
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

sys.path.append(str(Path(__file__).parents[1] / "support"))
from console import parser_for, percent, print_table, run

import chorale as package
from chorale.corpus import bach, load_corpus
from chorale.music import STEPS_PER_QUARTER, VOICES, Chorale, notes
from chorale.music.spelling import spell_line
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.score.musicxml import musicxml_bytes
from chorale.rendering.score.note_values import notate_voice

SPLITS = ("train", "valid", "test")
Spelled = tuple[float, float, int, str, int]  # start, length, pitch, letter, accidental


class ScoreNote(NamedTuple):
    """A note head of a score; times are in steps.

    Attributes:
        start: its onset.
        length: its written length.
        pitch: MIDI number.
        letter: A to G.
        alter: accidental, in semitones.
        is_tied: whether a tie joins it to the note head before.
    """

    start: float
    length: float
    pitch: int
    letter: str
    alter: int
    is_tied: bool


def main() -> None:
    """Parse the arguments and print the shares."""
    parser = parser_for(__doc__)
    parser.add_argument("--count", type=int, default=20, help="chorales to write and read")
    parser.set_defaults(run=print_shares)
    run(parser)


def print_shares(options: argparse.Namespace) -> None:
    """Print the shares that agree, by split, and how many files are read back as written."""
    print_table(["split", "notes", "same spelling", "written notes", "same value"], split_rows())
    print_read_back(options.count)


# Bach's scores


def split_rows() -> Iterator[list[str]]:
    """Yield a row for each split and one for all."""
    corpus = load_corpus("bach")
    total: Counter[str] = Counter()
    for split in SPLITS:
        chorales = [one for one in corpus.splits[split] if one.source.startswith("BWV ")]
        with ProcessPoolExecutor(2) as pool:
            counts = sum(pool.map(compare, chorales, chunksize=8), Counter())
        total += counts
        yield [split, *share_cells(counts)]
    yield ["all", *share_cells(total)]


def share_cells(counts: Counter[str]) -> Iterator[str]:
    """Yield the number of notes and the share that agrees, then the same of written notes."""
    for kind in ("notes", "written notes"):
        if counts[kind]:
            yield from (f"{counts[kind]:,}", percent(counts[f"same {kind}"] / counts[kind], 2))


def compare(chorale: Chorale) -> Counter[str]:
    """Count the notes and note heads of one chorale, and those that are as in its score."""
    files = [entry["file"] for entry in bach._read_index()]
    path = bach.score_folder() / next(f for f in files if bach.format_source(f) == chorale.source)
    counts: Counter[str] = Counter()
    for voice, score_notes in enumerate(read_voices(path)):
        starting = {note.start: note for note in score_notes if not note.is_tied}
        line = notes(chorale, voice)
        spelling = spell_line([note.pitch for note in line], chorale.plan.key)
        for note, ours in zip(line, spelling, strict=True):
            theirs = starting.get(note.onset_step)
            if theirs is None or theirs.pitch != note.pitch:  # off the grid, or an ornament
                continue
            counts["notes"] += 1
            same = (ours.letter, ours.alter) == (theirs.letter, theirs.alter)
            counts["same notes"] += same
        values = {(note.start, note.length) for note in score_notes}
        for written in (each for bar in notate_voice(chorale, voice) for each in bar):
            if written.number is not None and chorale.plan.metre:
                counts["written notes"] += 1
                counts["same written notes"] += (written.start_step, written.length_steps) in values
    return counts


def read_voices(path: Path) -> list[list[ScoreNote]]:
    """Read the four voices of a score with music21; return none if the score has others."""
    from music21 import converter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # music21 warns of oddities in the scores
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
    return [list(read_notes(line)) for line in chosen] if len(chosen) == len(VOICES) else []


def read_notes(line: Any) -> Iterator[ScoreNote]:
    """Yield the note heads of a part, without grace notes and chords."""
    for note in line.flatten().notes:
        if note.isNote and not note.duration.isGrace:
            yield ScoreNote(
                float(note.offset * STEPS_PER_QUARTER),
                float(note.quarterLength * STEPS_PER_QUARTER),
                note.pitch.midi,
                note.pitch.step,
                int(note.pitch.alter),
                note.tie is not None and note.tie.type != "start",
            )


# our MusicXML


def print_read_back(count: int) -> None:
    """Print how many of our MusicXML files music21 reads with every note as written."""
    old = load_corpus("bach").splits["test"][:count]
    new = package.generate(bars=12, seed=1, count=count)
    print()
    for name, chorales in (("Bach's chorales", old), ("new chorales", new)):
        same = sum(is_read_back(chorale, staves) for chorale in chorales for staves in (2, 4))
        print(f"{name}: music21 reads {same} of {2 * len(chorales)} files as written")


def is_read_back(chorale: Chorale, staves: Any) -> bool:
    """Return whether music21 finds every note in a chorale's MusicXML as it was."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "chorale.musicxml")
        path.write_bytes(musicxml_bytes(chorale, Metadata(), RenderOptions(staves=staves)))
        voices = read_voices(path)
    return len(voices) == len(VOICES) and all(
        join_ties(voices[voice]) == spelled_notes(chorale, voice) for voice in range(len(VOICES))
    )


def spelled_notes(chorale: Chorale, voice: int) -> list[Spelled]:
    """Return the notes of a voice with our spelling."""
    line = notes(chorale, voice)
    spelling = spell_line([note.pitch for note in line], chorale.plan.key)
    return [
        (note.onset_step, note.length_steps, note.pitch, each.letter, each.alter)
        for note, each in zip(line, spelling, strict=True)
    ]


def join_ties(line: Sequence[ScoreNote]) -> list[Spelled]:
    """Join tied note heads to notes."""
    joined: list[Spelled] = []
    for note in line:
        if note.is_tied:
            start, length, pitch, letter, alter = joined.pop()
            joined.append((start, length + note.length, pitch, letter, alter))
        else:
            joined.append((note.start, note.length, note.pitch, note.letter, note.alter))
    return joined


if __name__ == "__main__":
    main()
