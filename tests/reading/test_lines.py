"""Parts separated into lines."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chorale.music import VOICES, Metre
from chorale.reading.facts import Facts
from chorale.reading.lines import AmbiguousPartError, separate_lines
from chorale.reading.parts import Part, PartNote

MAX_STEPS = 32


@st.composite
def voices_apart(draw: st.DrawFn) -> list[tuple[PartNote, ...]]:
    """Draw one to four voices without rests, each in an octave of its own."""
    length = draw(st.integers(1, MAX_STEPS))
    count = draw(st.integers(1, len(VOICES)))
    return [draw(voice_without_rests(length, 72 - 12 * place)) for place in range(count)]


@st.composite
def voice_without_rests(draw: st.DrawFn, length: int, lowest: int) -> tuple[PartNote, ...]:
    notes, start = [], 0
    while start < length:
        end = min(length, start + draw(st.integers(1, 8)))
        notes.append(PartNote(start, end, lowest + draw(st.integers(0, 11))))
        start = end
    return tuple(notes)


def part(*notes: tuple[float, float, int], name: str = "") -> Part:
    return Part(name, tuple(PartNote(*note) for note in notes))


def chord(*pitches: int, name: str = "") -> Part:
    return part(*((0, 4, pitch) for pitch in pitches), name=name)


@settings(deadline=None)
@given(voices_apart(), st.randoms(use_true_random=False))
def test_voices_merged_into_one_part_are_separated_again(
    voices: list[tuple[PartNote, ...]], order: Random
) -> None:
    together = [note for voice in voices for note in voice]
    order.shuffle(together)
    lines = separate_lines(Part("", tuple(together))).lines
    by_time = [tuple(sorted(line.notes, key=lambda note: note.start)) for line in lines]
    assert by_time == voices


def test_lines_keep_the_name_fermatas_and_facts_of_their_part() -> None:
    whole = Part("Choir", chord(72, 60).notes, ((0, 4),), Facts(Metre(3, 4)), 2, repeats=True)
    for line in separate_lines(whole).lines:
        assert (line.name, line.fermatas, line.facts) == ("Choir", ((0, 4),), Facts(Metre(3, 4)))


def test_a_melody_with_rests_is_one_line() -> None:
    melody = part((0, 4, 60), (8, 12, 62))
    assert separate_lines(melody).lines == (melody,)


def test_of_a_part_that_misses_few_notes_the_lines_are_traced() -> None:
    separation = separate_lines(part((0, 4, 64), (0, 4, 60), (4, 8, 62), (8, 12, 64), (8, 12, 60)))
    assert [[note.pitch for note in line.notes] for line in separation.lines] == [
        [64, 62, 64],
        [60, 62, 60],
    ]
    assert separation.trace.unisons == (4,)


@pytest.mark.parametrize(
    ("notes", "step", "problem"),
    [
        ([(0, 16, 60), (16, 18, 60), (16, 18, 64)], 16, "2 notes where most places have 1 at"),
        ([(0, 4, 72), (4, 9, 67), (4, 9, 60), (4, 9, 55)], 0, "1 note where most places have 3 at"),
        ([(0, 99, 72), (0, 52, 67), (0, 99, 60)], 52, "2 notes where most places have 3 at once"),
        ([(0, 4, pitch) for pitch in (72, 67, 64, 60, 48)], 0, "5 notes at once"),
    ],
    ids=["a melody with a chord", "a piano", "a trio with a rest", "too many"],
)
def test_a_part_that_is_no_set_of_voices_is_refused(
    notes: list[tuple[float, float, int]], step: int, problem: str
) -> None:
    with pytest.raises(AmbiguousPartError, match=problem) as caught:
        separate_lines(part(*notes))
    assert caught.value.step == step


def test_silence_is_no_missing_note() -> None:
    lines = separate_lines(part((0, 4, 64), (0, 4, 60), (40, 44, 62), (40, 44, 59))).lines
    assert [len(line.notes) for line in lines] == [2, 2]


def test_doubled_notes_are_one_note_in_a_melody_and_a_unison_in_chords() -> None:
    melody = part((0, 4, 60), (0, 4, 60), (4, 8, 62), (8, 12, 60), (8, 12, 60))
    assert [line.notes for line in separate_lines(melody).lines] == [
        tuple(dict.fromkeys(melody.notes))
    ]
    duet = part((0, 4, 64), (0, 4, 60), (4, 8, 62), (4, 8, 62))
    assert [len(line.notes) for line in separate_lines(duet).lines] == [2, 2]
