"""Annotations of staves on the voices."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from strategies import chorales

from chorale.music import VOICES, Annotations, Chorale, Plan, from_pitches, notes
from chorale.music.annotations import Ending, Mark, Repeat, Syllable
from chorale.music.spelling import spell
from chorale.music.voicings import VOICINGS
from chorale.reading.annotations import (
    PartAnnotations,
    ScoreAnnotations,
    TimedSyllable,
    WrittenNote,
)
from chorale.reading.parts import Part, PartNote
from chorale.reading.placing import place_annotations


def write_notes(chorale: Chorale, voice: int, line: str) -> list[WrittenNote]:
    """Return the notes of a voice, each with a syllable that names voice and step."""
    return [
        WrittenNote(
            note.onset_step,
            note.onset_step + note.length_steps,
            spell(note.pitch, chorale.plan.key),
            line,
            (Syllable(0, note.onset_step, 1, f"{voice} {note.onset_step}"),),
        )
        for note in notes(chorale, voice)
    ]


def place(
    chorale: Chorale, staves: Sequence[Sequence[int]], score: ScoreAnnotations | None = None
) -> tuple[Annotations, dict[str, int]]:
    """Place the annotations of staves of several voices on a chorale."""
    voices: dict[str, Part] = {}
    for staff in staves:
        written = [each for v in staff for each in write_notes(chorale, v, line=str(v))]
        found = PartAnnotations(tuple(written), score=score or ScoreAnnotations())
        voices |= {VOICES[v]: Part("", (PartNote(0, 1, 60),), annotations=found) for v in staff}
    ordered = {name: voices[name] for name in VOICES}
    annotations, left_out = place_annotations(chorale, ordered, list(ordered.values()))
    return annotations, {noun: number for noun, number in left_out if number}


@given(chorales())
def test_every_voice_on_a_staff_of_its_own_keeps_its_words_and_spellings(chorale: Chorale) -> None:
    found, left_out = place(chorale, [[0], [1], [2], [3]])
    assert left_out == {}
    for voice in range(len(VOICES)):
        words = {each.step: each.text for each in found.syllables if each.voice == voice}
        line = notes(chorale, voice)
        assert words == {note.onset_step: f"{voice} {note.onset_step}" for note in line}
        spelled = {
            each.step: each.spelling.pitch for each in found.spellings if each.voice == voice
        }
        assert spelled == {note.onset_step: note.pitch for note in line}


@given(chorales())
def test_two_voices_on_a_staff_lose_no_words_in_unisons_and_crossings(chorale: Chorale) -> None:
    found, left_out = place(chorale, [[0, 1], [2, 3]])
    written = [(n.onset_step, v) for v in range(len(VOICES)) for n in notes(chorale, v)]
    assert left_out == {}
    assert sorted((each.step, each.voice) for each in found.syllables) == sorted(written)
    assert {each.text for each in found.syllables} == {f"{v} {step}" for step, v in written}
    assert len(found.spellings) == len(written)


@given(chorales())
def test_signs_of_the_score_end_with_the_last_note(chorale: Chorale) -> None:
    length = chorale.plan.length_steps
    whole = Annotations(
        repeats=(Repeat(0, length + 4), Repeat(length + 4, length + 8)),
        endings=(Ending(0, length + 4, (1,)), Ending(length + 4, length + 8, (2,))),
        marks=(Mark("fine", length + 4), Mark("tempo", 0, "Andante"), Mark("coda", length)),
    )
    found, left_out = place(chorale, [[0], [1], [2], [3]], ScoreAnnotations(whole))
    assert found.repeats == (Repeat(0, length),)
    assert found.endings == (Ending(0, length, (1,)),)
    assert found.marks == (Mark("tempo", 0, "Andante"), Mark("fine", length))
    assert left_out == {"repeat": 1, "ending": 1, "coda": 1}


def name_staves(*staves: tuple[str, tuple[int, ...]], voicing: str = "SATB") -> tuple[str, ...]:
    """Return the names of the voices of staves that have a name each."""
    voices: dict[str, Part] = {}
    for name, staff in staves:
        named = PartAnnotations(name=name)
        voices |= {VOICES[v]: Part(name, (PartNote(0, 4, 60),), annotations=named) for v in staff}
    chorale = from_pitches(np.array([[72, 67, 60, 48]], np.int16), Plan(1))
    parts = list(voices.values())
    return place_annotations(chorale, voices, parts, VOICINGS[voicing])[0].names


def test_a_voice_has_the_name_of_its_staff_but_not_that_of_the_choir() -> None:
    assert name_staves(("Soprano", (0,)), ("ALTO", (1,)), ("Ténor", (2,)), ("B.", (3,))) == (
        *("", ""),
        *("Ténor", "B."),
    )
    assert name_staves(("Soprano, Alto", (0, 1)), ("Men", (2, 3))) == ("", "", "Men", "Men")
    assert name_staves(("Soprano 1", (0,)), ("Alto", (3,)), voicing="SSA") == ("",) * 4
    assert name_staves(("Soprano", (0,)), ("Alto", (1,)), voicing="SSA") == (
        *("", "Alto"),
        *("", ""),
    )
    assert name_staves(("Tenor", (0, 1)), ("Bass", (2, 3)), voicing="TTBB") == ("",) * 4


def test_words_at_times_without_a_note_are_counted() -> None:
    chorale = from_pitches(np.array([[72, 67, 60, 48]], np.int16), Plan(1))
    words = tuple(TimedSyllable(start, 1, "la") for start in (0, 9))
    one = Part("", (PartNote(0, 4, 60),), annotations=PartAnnotations(timed_syllables=words))
    annotations, left_out = place_annotations(chorale, {"soprano": one}, [one])
    assert annotations.syllables == (Syllable(0, 0, 1, "la"),)
    assert dict(left_out)["syllable"] == 1
