"""Parts separated into lines, and lines assigned to voices."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chorale.errors import ReadingError
from chorale.music import VOICES, Metre
from chorale.reading.lines import AmbiguousPartError, assign_voices, parse_voice, separate_lines
from chorale.reading.parts import Facts, Part, PartNote

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
    lines = separate_lines(Part("", tuple(together)))
    by_time = [tuple(sorted(line.notes, key=lambda note: note.start)) for line in lines]
    assert by_time == voices


def test_lines_keep_the_name_fermatas_and_facts_of_their_part() -> None:
    whole = Part("Choir", chord(72, 60).notes, ((0, 4),), Facts(Metre(3, 4)), 2, repeats=True)
    for line in separate_lines(whole):
        assert (line.name, line.fermatas, line.facts) == ("Choir", ((0, 4),), Facts(Metre(3, 4)))


def test_a_melody_with_rests_is_one_line() -> None:
    melody = part((0, 4, 60), (8, 12, 62))
    assert separate_lines(melody) == [melody]


@pytest.mark.parametrize(
    ("notes", "step", "problem"),
    [
        ([(0, 4, 72), (0, 4, 60), (4, 8, 72)], 4, "1 note where other places have 2 at once"),
        ([(0, 8, 72), (0, 4, 67), (0, 8, 60)], 4, "2 notes where other places have 3 at once"),
        ([(0, 8, 67), (0, 4, 60), (4, 8, 72)], 4, "a note held while another of the part crosses"),
        ([(0, 4, pitch) for pitch in (72, 67, 64, 60, 48)], 0, "5 notes at once"),
    ],
    ids=["a note is missing", "it ends early", "voices cross", "too many"],
)
def test_an_ambiguous_part_is_refused(
    notes: list[tuple[float, float, int]], step: int, problem: str
) -> None:
    with pytest.raises(AmbiguousPartError, match=problem) as caught:
        separate_lines(part(*notes))
    assert caught.value.step == step


@pytest.mark.parametrize("names", [VOICES, ("Bass", "Tenor", "Alto", "Sopran"), ("B.", "S.")])
def test_named_lines_are_assigned_by_name_in_any_order(names: tuple[str, ...]) -> None:
    lines = [chord(60 + place, name=name) for place, name in enumerate(names)]
    voices, notice = assign_voices(lines, "a.mid")
    assert {line.name[0].lower() for line in voices.values()} == {voice[0] for voice in voices}
    assert list(voices) == [voice for voice in VOICES if voice in voices]
    assert len(voices) == len(lines)
    assert notice == ""


@pytest.mark.parametrize(
    ("count", "names", "expected"),
    [
        (1, ("soprano",), "one line, read as soprano"),
        (2, ("soprano", "bass"), "2 lines, read in order as soprano and bass"),
        (3, ("soprano", "alto", "bass"), "3 lines, read in order as soprano, alto and"),
        (4, VOICES, "4 lines, read in order as soprano, alto, tenor and bass"),
    ],
)
def test_lines_without_names_are_assigned_by_order_with_a_notice(
    count: int, names: tuple[str, ...], expected: str
) -> None:
    lines = [chord(72 - place) for place in range(count)]
    voices, notice = assign_voices(lines, "a.mid")
    assert voices == dict(zip(names, lines, strict=True))
    assert notice.startswith(expected)


def test_lines_of_the_same_name_are_assigned_by_order() -> None:
    lines = [chord(72, name="Soprano Alto"), chord(67, name="Soprano Alto")]
    lines += [chord(60, name="Tenor Bass"), chord(48, name="Tenor Bass")]
    assert assign_voices(lines, "a.mid")[0] == dict(zip(VOICES, lines, strict=True))


def test_of_more_than_four_lines_the_named_ones_are_read_with_a_notice() -> None:
    lines = [chord(60 + place, name=name) for place, name in enumerate(("Organ", *VOICES, ""))]
    voices, notice = assign_voices(lines, "a.mid")
    assert voices == dict(zip(VOICES, lines[1:5], strict=True))
    assert notice == "left out: Organ, unnamed"


def test_more_than_four_lines_without_names_of_voices_are_refused() -> None:
    lines = [chord(60, name=name) for name in ("Violin I", "Violin II", "Viola", "Cello", "Bass")]
    with pytest.raises(ReadingError, match=r"a\.mid has 5 lines of notes \(Violin I, .*--part"):
        assign_voices(lines, "a.mid")


@pytest.mark.parametrize(
    ("name", "voice"),
    [
        ("Soprano", "soprano"),
        (" sop. ", "soprano"),
        ("Cantus", "soprano"),
        ("Diskant", "soprano"),
        ("S", "soprano"),
        ("Altus", "alto"),
        ("A.", "alto"),
        ("Ténor", "tenor"),
        ("Tenore", "tenor"),
        ("T:", "tenor"),
        ("Basso", "bass"),
        ("BASS 2", "bass"),
        ("Soprano:", "soprano"),
        ("", None),
        ("Alto Sax", None),
        ("Bass Clarinet", None),
        ("Soprano Voice 1", "soprano"),
        ("Violin", None),
        ("Strings", None),
        ("Trumpet", None),
    ],
)
def test_a_name_is_parsed_as_a_voice(name: str, voice: str | None) -> None:
    assert parse_voice(name) == voice


def test_a_line_without_a_name_gets_a_voice_that_is_still_free() -> None:
    found, notice = assign_voices([chord(48, name="Bass"), chord(72, name="Flute")], "file")
    assert [(voice, line.name) for voice, line in found.items()] == [
        ("soprano", "Flute"),
        ("bass", "Bass"),
    ]
    assert notice == "2 lines, read in order as bass and soprano"


def test_a_line_equal_to_another_is_left_out_with_a_notice() -> None:
    named = [chord(60, name=voice) for voice in ("Soprano", "Alto", "Tenor", "Bass", "Soprano")]
    assert assign_voices(named, "file")[1] == "left out: Soprano"


def test_a_single_line_read_by_its_name_has_a_notice() -> None:
    assert assign_voices([chord(60, name="Alto 2")], "file")[1] == "read as alto, by its name"


def test_doubled_notes_are_one_note_in_a_melody_and_a_unison_in_chords() -> None:
    melody = part((0, 4, 60), (0, 4, 60), (4, 8, 62), (8, 12, 60), (8, 12, 60))
    assert [line.notes for line in separate_lines(melody)] == [tuple(dict.fromkeys(melody.notes))]
    duet = part((0, 4, 64), (0, 4, 60), (4, 8, 62), (4, 8, 62))
    assert [len(line.notes) for line in separate_lines(duet)] == [2, 2]


def test_the_error_about_too_many_lines_states_what_to_do() -> None:
    lines = [chord(60, name=f"Violin {number}") for number in range(5)]
    with pytest.raises(ReadingError) as caught:
        assign_voices(lines, "a.mid")
    assert str(caught.value).endswith(
        "; at most four can be read, or more if four are named Soprano, Alto, Tenor and Bass: "
        "leave out or rename the others, or choose one part with --part"
    )


def test_of_two_lines_named_after_one_voice_neither_is_assigned_by_name() -> None:
    lines = [chord(48, name="Bass"), chord(72, name="Alto 1"), chord(67, name="Alto 2")]
    assert assign_voices(lines, "a.mid")[0] == dict(
        zip(("bass", "soprano", "alto"), lines, strict=True)
    )
