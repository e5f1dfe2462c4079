"""Voices of a staff, completed where the file has only one of them."""

from hypothesis import given
from hypothesis import strategies as st

from chorale.reading.parts import Part, PartNote
from chorale.reading.staves import complete_voices

Timed = tuple[float, float, int]
Spans = tuple[tuple[float, float], ...]


def voice(
    *timed: Timed, staff: int | None = 1, rests: tuple[tuple[float, float], ...] = ()
) -> Part:
    return Part("", tuple(PartNote(*note) for note in timed), staff=staff, rests=rests)


def bars(*pitches: int | None) -> list[Timed]:
    return [(16 * n, 16 * n + 16, pitch) for n, pitch in enumerate(pitches) if pitch is not None]


@given(
    st.lists(st.tuples(st.integers(60, 72), st.integers(48, 59), st.booleans()), min_size=1),
    st.booleans(),
)
def test_voices_written_as_chords_of_one_of_them_are_separated_again(
    chords: list[tuple[int, int, bool]], above: bool
) -> None:
    high = bars(*(upper for upper, _, _ in chords))
    low = bars(*(lower for _, lower, _ in chords))
    moving = [place for place, (_, _, together) in enumerate(chords) if together]
    if above:
        written = [*high, *(low[n] for n in moving)], [n for n in low if n[0] / 16 not in moving]
    else:
        written = [n for n in high if n[0] / 16 not in moving], [*low, *(high[n] for n in moving)]
    found = complete_voices([voice(*written[0]), voice(*written[1])])
    assert [sorted(part.notes, key=lambda note: note.start) for part in found.parts] == [
        list(voice(*high).notes),
        list(voice(*low).notes),
    ]
    assert found.unisons == ((), ())


def test_a_single_note_is_shared_where_the_other_voice_is_absent() -> None:
    found = complete_voices([voice(*bars(67, 69, 67)), voice(*bars(62, None, 62))])
    assert set(found.parts[1].notes) == set(voice(*bars(62, 69, 62)).notes)
    assert found.unisons == ((), (16,))


def test_a_written_rest_is_kept() -> None:
    voices = [voice(*bars(67, 69, 67)), voice(*bars(62, None, 62), rests=((16, 32),))]
    assert complete_voices(voices).parts == tuple(voices)


def test_a_voice_that_is_mostly_absent_rests() -> None:
    voices = [voice(*bars(67, 69, 67, 65)), voice(*bars(62))]
    assert complete_voices(voices).parts == tuple(voices)


def test_parts_that_are_no_voices_of_one_staff_are_kept() -> None:
    high, low = bars(67, 69, 67), bars(62, None, 62)
    for staves in ((None, None), (1, 2)):
        parts = [voice(*high, staff=staves[0]), voice(*low, staff=staves[1])]
        assert complete_voices(parts).parts == tuple(parts)
