"""Notes of MIDI tracks: releases are paired with what they release."""

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chorale.reading.midi_notes import end_repeated_notes, pair_events, read_notes
from chorale.reading.parts import PartNote


def pair(text: str, end: int = 100) -> list[tuple[int, int]]:
    """Pair events such as "+0 +4 -4": the pitch is struck at 0 and at 4, and released at 4."""
    events = [(int(word[1:]), word[0] == "+") for word in text.split()]
    return sorted(pair_events(events, end))


@pytest.mark.parametrize(
    ("events", "notes"),
    [
        ("+0 -4 +4 -8", [(0, 4), (4, 8)]),
        ("+0 +4 -4 +8 -8 -12", [(0, 4), (4, 8), (8, 12)]),
        ("+0 +4 -5 +8 -9 -12", [(0, 5), (4, 9), (8, 12)]),
        ("+0 +4 -8 -12", [(0, 8), (4, 12)]),
        ("+0 +0 -4 -8", [(0, 4), (0, 8)]),
        ("+0 +0 -4 -4 +4 +4 -8 -8", [(0, 4), (0, 4), (4, 8), (4, 8)]),
        ("+0 -0 +4 -8", [(0, 0), (4, 8)]),
        ("-0 +4 -8 -8 -12", [(4, 8)]),
        ("", []),
    ],
    ids=[
        "in order",
        "struck before released",
        "overlapping",
        "two voices",
        "a unison",
        "unisons",
        "of no length",
        "released too often",
        "none",
    ],
)
def test_a_release_ends_the_first_note_that_sounds(
    events: str, notes: list[tuple[int, int]]
) -> None:
    assert pair(events) == notes


@pytest.mark.parametrize(
    ("events", "notes"),
    [
        ("+0", [(0, 100)]),
        ("+0 +4", [(0, 4), (4, 100)]),
        ("+0 +4 -8", [(0, 4), (4, 8)]),
        ("+0 +4 -8 +20 -24", [(0, 4), (4, 8), (20, 24)]),
        ("+0 +4 -4 +8 -8", [(0, 4), (4, 8), (8, 100)]),
        ("+0 +4 -5 +8 -9", [(0, 4), (4, 5), (8, 9)]),
        ("+0 +0 -4 +8 -12", [(0, 4), (0, 4), (8, 12)]),
        ("+0 +0 +0", [(0, 100), (0, 100), (0, 100)]),
    ],
)
def test_a_note_without_a_release_ends_at_the_next_event_of_its_pitch(
    events: str, notes: list[tuple[int, int]]
) -> None:
    assert pair(events) == notes


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), min_size=1))
def test_every_note_of_a_repeated_pitch_is_read_in_any_order_of_its_events(
    steps: list[tuple[int, int]],
) -> None:
    spans, now = [], 0
    for rest, length in steps:
        spans.append((now + rest, now + rest + length))
        now += rest + length
    events = [(start, True) for start, _ in spans] + [(end, False) for _, end in spans]
    for strikes_first in (False, True):
        ordered = sorted(events, key=lambda event: (event[0], event[1] is not strikes_first))
        assert list(pair_events(ordered, now)) == spans


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans())))
def test_any_events_give_one_note_for_each_strike(events: list[tuple[int, bool]]) -> None:
    events.sort(key=lambda event: event[0])
    spans = list(pair_events(events, 60))
    assert sorted(start for start, _ in spans) == [tick for tick, struck in events if struck]
    assert all(start <= end <= 60 for start, end in spans)


def test_many_notes_that_never_end_are_read_in_no_time() -> None:
    spans = list(pair_events([(tick // 2, True) for tick in range(200_000)], 100_000))
    assert len(spans) == 200_000


def line(*spans: tuple[float, float, int]) -> list[PartNote]:
    return [PartNote(*span) for span in spans]


def test_a_melody_ends_a_note_where_its_pitch_is_struck_again() -> None:
    legato = line((0, 6, 60), (4, 10, 60), (8, 12, 60), (12, 16, 62))
    ended, changed = end_repeated_notes(legato)
    assert ended == line((0, 4, 60), (4, 8, 60), (8, 12, 60), (12, 16, 62))
    assert changed == 2


@pytest.mark.parametrize(
    "notes",
    [
        line((0, 4.5, 60), (4, 8, 60)),
        line((0, 8, 60), (0, 4, 57), (4, 8, 60)),
        line((0, 8, 60), (4, 8, 60), (8, 12, 60), (8, 12, 57)),
        line((0, 4, 60), (0, 8, 60)),
        line((0, 8, 62), (4, 8, 60)),
        line(),
    ],
    ids=["a slur", "a held upper voice", "two voices", "a unison", "other pitches", "nothing"],
)
def test_slurs_and_several_voices_are_kept(notes: list[PartNote]) -> None:
    assert end_repeated_notes(notes) == (notes, 0)


def test_notes_are_read_by_channel_and_in_order() -> None:
    track = mido.MidiTrack(
        [
            mido.Message("note_on", channel=3, note=60),
            mido.Message("note_on", channel=1, note=64),
            mido.Message("note_on", channel=1, note=67),
            mido.Message("note_on", channel=3, note=60, velocity=0, time=96),
            mido.Message("note_off", channel=1, note=64),
            mido.Message("note_off", channel=1, note=67),
        ]
    )
    assert read_notes(track, 96) == {1: line((0, 4, 67), (0, 4, 64)), 3: line((0, 4, 60))}
    assert list(read_notes(track, 96)) == [1, 3]
