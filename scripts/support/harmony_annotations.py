"""Analyses of Bach's chorales in RomanText, beside the music they are of.

music21 carries the first twenty chorales of Riemenschneider's edition, analysed by D. Tymoczko, A.
Jones and others; a clone of When in Rome (github.com/MarkGotham/When-in-Rome) has nearly all 371,
in the same format. music21 reads the format, and `chorale.music.numerals` its numerals.

Some analyses are of the chorale in another key; their keys are transposed to the music. An analysis
is left out where it is not of the same music as the score: where their lengths differ by more than
a measure, as where one of them has a repeat written out, or where less than SHARE of the notes, by
length, are in the chord named.
"""

import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from music21 import converter
from music21.roman import RomanNumeral

from chorale.corpus.bach import format_source
from chorale.music import OCTAVE, REST, STEPS_PER_QUARTER, Chorale, Key
from chorale.music.numerals import Numeral, parse_numeral
from chorale.reading import read_chorale

SHARE = 0.75
INNER = "Corpus/Early_Choral/Bach,_Johann_Sebastian/Chorales"  # of a clone of When in Rome


@dataclass(frozen=True)
class NamedChord:
    """A chord of an analysis: its steps, the end exclusive, and its numeral in a key."""

    start: int
    end: int
    key: Key
    numeral: Numeral


@dataclass(frozen=True)
class Analysed:
    """A chorale and an analysis of it.

    Attributes:
        number: Riemenschneider's.
        file: name of the score in music21's corpus.
        chorale: the music.
        chords: the chords of the analysis, in order of time, without gaps.
    """

    number: int
    file: str
    chorale: Chorale
    chords: list[NamedChord]


class NotAlignedError(Exception):
    """An analysis is not of this music; the message is the reason."""


def corpus_folder() -> Path:
    """Return music21's folder of Bach's works."""
    import music21

    return Path(music21.__file__).parent / "corpus" / "bach"


def find_analyses(clone: Path | None) -> Iterator[tuple[int, Path, Path]]:
    """Yield number, analysis and score of each chorale in music21, or in a clone."""
    bach = corpus_folder()
    if clone is None:
        for path in sorted((bach / "choraleAnalyses").glob("riemenschneider*.rntxt")):
            yield int(path.stem.removeprefix("riemenschneider")), path, bach / find_score(path)
        return
    for folder in sorted((clone / INNER).iterdir()):
        facts = json.loads((folder / "remote.json").read_text("utf-8"))
        scores = facts.get("music21") or []
        scores = [scores] if isinstance(scores, str) else scores
        if (folder / "analysis.txt").exists() and scores and facts.get("Riemenschneider"):
            score = bach / Path(scores[0]).name
            if score.exists():
                yield int(facts["Riemenschneider"]), folder / "analysis.txt", score


def find_score(analysis: Path) -> str:
    """Return the name of the score that the BWV number in an analysis stands for."""
    found = re.search(r"BWV: ([0-9.]+)(?:\(([0-9])\)([.0-9]+))?", analysis.read_text("utf-8"))
    if not found:
        raise NotAlignedError(f"{analysis.name} has no BWV number")
    work, part, movement = found.groups()
    return f"bwv{work}{movement or ''}{f'-{part}' if part else ''}.mxl"


def read_analysed(number: int, analysis: Path, score: Path) -> Analysed:
    """Read a chorale and its analysis.

    Raises:
        NotAlignedError: the analysis cannot be read or is not of this music.
    """
    chorale = read_chorale(score, format_source(score.name))
    chords = read_chords(analysis, chorale)
    plan = chorale.plan
    if chords and abs(chords[-1].end - plan.length_steps) > plan.counted_metre.steps_per_bar:
        lengths = f"{chords[-1].end} and {plan.length_steps}"
        raise NotAlignedError(f"analysis and music last {lengths} steps")
    transposed = [
        [replace(chord, key=chord.key.transposed(semitones)) for chord in chords]
        for semitones in range(OCTAVE)
    ]
    chords = max(transposed, key=lambda chords: explained_share(chorale, chords))
    share = explained_share(chorale, chords)
    if share < SHARE:
        raise NotAlignedError(f"only {share:.0%} of the notes are in the chords named")
    return Analysed(number, score.name, chorale, chords)


def read_chords(path: Path, chorale: Chorale) -> list[NamedChord]:
    """Read the chords of a RomanText file.

    Raises:
        NotAlignedError: music21 cannot read the file, or a numeral is none of ours.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            score: Any = converter.parse(path, format="romantext")
        except Exception as error:
            raise NotAlignedError(f"music21 cannot read the analysis ({error})") from error
    part = score.parts[0]
    found = [
        (float(one.getOffsetInHierarchy(part)), one)
        for one in part.recurse().getElementsByClass(RomanNumeral)
    ]
    starts = [round(offset * STEPS_PER_QUARTER) for offset, _ in found]
    ends = [*starts[1:], chorale.plan.length_steps if starts else 0]
    if starts and float(part.flatten().highestTime) * STEPS_PER_QUARTER < ends[-1]:
        ends[-1] = round(float(part.flatten().highestTime) * STEPS_PER_QUARTER)
    return [
        NamedChord(start, end, *convert(one))
        for start, end, (_, one) in zip(starts, ends, found, strict=True)
        if end > start
    ]


def convert(numeral: RomanNumeral) -> tuple[Key, Numeral]:
    """Return the key and the numeral of music21's numeral.

    Raises:
        NotAlignedError: the numeral is none of ours.
    """
    key = Key(numeral.key.tonic.pitchClass, numeral.key.mode)
    figure = re.sub(r"\[[^]]*]|\(.*\)", "", numeral.figure).replace("Cad", "I")
    try:
        ours = parse_numeral(figure, key.mode)
    except ValueError as error:
        raise NotAlignedError(str(error)) from error
    return key, ours


def explained_share(chorale: Chorale, chords: list[NamedChord]) -> float:
    """Return the share of the sounding notes, by length, that are in the chords named."""
    total = inside = 0
    for chord in chords:
        classes = chord.numeral.pitch_classes(chord.key).classes
        pitches = chorale.pitches[chord.start : chord.end]
        sounding = pitches != REST
        total += int(sounding.sum())
        inside += int((np.isin(pitches % OCTAVE, classes) & sounding).sum())
    return inside / total if total else 0.0
