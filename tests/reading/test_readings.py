"""Files as readings: voices, facts, and notices of every change."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from numpy.typing import NDArray
from strategies import chorales

from chorale.errors import ReadingError
from chorale.music import REST, VOICES, Chorale, Key, Metre, Plan, from_pitches, notes
from chorale.reading import Reading, read_music
from chorale.reading.annotations import PartAnnotations
from chorale.reading.facts import Facts
from chorale.reading.parts import Part, PartNote
from chorale.reading.readings import read_parts
from chorale.rendering.sound.midi import midi_bytes

FOUR_FOUR = Facts(Metre(4, 4), 4, 1, "major")
PIANO = ((0, 4, 48), (4, 8, 60), (4, 8, 64), (4, 8, 67))  # a bass note and a chord

# One function-scoped folder serves all examples of a property: each overwrites the file.
same_folder = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60
)


def part(*timed: tuple[float, float, int], name: str = "", facts: Facts = FOUR_FOUR) -> Part:
    return Part(name, tuple(PartNote(*note) for note in timed), facts=facts)


def line(*pitches: int, name: str = "") -> Part:
    """Return a part of quarter notes."""
    return part(*((4 * n, 4 * n + 4, pitch) for n, pitch in enumerate(pitches)), name=name)


def triplets(count: int) -> Part:
    """Return a part of eighth-note triplets, each followed by a quarter."""
    timed: list[tuple[float, float, int]] = []
    for beat in range(0, 8 * count, 8):
        timed += [(beat + n * 4 / 3, beat + (n + 1) * 4 / 3, 60 + n) for n in range(3)]
        timed.append((beat + 4, beat + 8, 64))
    return part(*timed)


def read(parts: Sequence[Part], part: str | None = None, approximate: bool = False) -> Reading:
    return read_parts(parts, "a.mid", "/tunes/a.mid", part, approximate)


def pitches_of(reading: Reading, voice: str) -> list[int]:
    return [note.pitch for note in notes(reading.chorale, VOICES.index(voice))]


@same_folder
@given(chorales().filter(lambda c: bool((c.pitches[-1] != REST).any())))
def test_reading_inverts_writing_and_finds_the_voices_that_sound(
    tmp_path: Path, chorale: Chorale
) -> None:
    path = tmp_path / "round.mid"
    path.write_bytes(midi_bytes(chorale))
    reading = read_music(path)
    assert reading.chorale == replace(chorale, source=path.name)
    sounding = (chorale.pitches != REST).any(axis=0)
    assert reading.voices == tuple(
        voice for voice, sounds in zip(VOICES, sounding, strict=True) if sounds
    )
    assert reading.facts.by_chorale == (chorale.plan.fermatas is not None)
    assert reading.change_notices == ()


@pytest.mark.parametrize(("fermatas", "pickup"), [(np.zeros(8, np.bool_), 0), (None, None)])
def test_our_own_file_has_a_known_pickup_if_it_marks_fermatas(
    tmp_path: Path, fermatas: NDArray[np.bool_] | None, pickup: int | None
) -> None:
    held = from_pitches(np.full((8, 4), 60), Plan(8, Metre(4, 4), fermatas=fermatas))
    path = tmp_path / "ours.mid"
    path.write_bytes(midi_bytes(held))
    assert read_music(path).facts.pickup_steps == pickup


def test_a_reading_has_the_file_name_the_facts_and_silent_voices() -> None:
    reading = read([line(67, 71, name="Soprano"), line(55, 43, name="Bass")])
    plan = reading.chorale.plan
    assert (reading.chorale.source, reading.voices) == ("a.mid", ("soprano", "bass"))
    assert (plan.metre, plan.pickup_steps, plan.key) == (Metre(4, 4), 4, Key(7, "major"))
    assert (reading.chorale.pitches[:, 1:3] == REST).all()
    assert reading.facts == FOUR_FOUR


def test_a_file_without_notes_is_refused() -> None:
    with pytest.raises(ReadingError, match=r"/tunes/a\.mid has no pitched notes; use a file"):
        read([Part("Soprano", ())])


@pytest.mark.parametrize("choice", ["Flute", " flute ", ":flute", "2"])
@pytest.mark.parametrize("name", ["Flute", ":flute"])
def test_one_part_is_chosen_by_its_name_or_number(name: str, choice: str) -> None:
    parts = [line(48, name="Piano"), Part("Silence", ()), line(72, 74, name=name)]
    reading = read(parts, choice)
    assert (reading.voices, pitches_of(reading, "soprano")) == (("soprano",), [72, 74])


def test_a_name_takes_precedence_over_a_number() -> None:
    assert pitches_of(read([line(60, name="2"), line(72)], "2"), "soprano") == [60]


SIMILAR = [
    line(72, name="\u201cSopran\u201d"),
    line(60, name="Tenor (Solo)"),
    line(55, name="Viola da gamba"),
    line(48, name="Bass I"),
    line(50, name="Bass II"),
]


@pytest.mark.parametrize(
    ("choice", "pitch"),
    [
        ("soprano", 72),
        ("SOPRAN.", 72),
        ("ténor", 60),
        ("Tenor: solo", 60),
        ("solo", 60),
        ("viola", 55),
        ("bass i", 48),
        ("II", 50),
    ],
)
def test_a_part_is_chosen_by_a_similar_name(choice: str, pitch: int) -> None:
    chorale = read(SIMILAR, choice).chorale
    assert chorale.pitches.max() == pitch


def test_a_name_similar_to_several_parts_is_refused() -> None:
    with pytest.raises(ReadingError, match=r"has no part bass; .*, 4 Bass I, 5 Bass II$"):
        read(SIMILAR, "bass")


@pytest.mark.parametrize("choice", ["Oboe", "0", "3", "-1", "\u00b2"])
def test_a_missing_part_is_refused_with_the_existing_ones(choice: str) -> None:
    with pytest.raises(ReadingError, match=rf"has no part {choice}; .*: 1 Flute, 2$"):
        read([line(72, name="Flute"), line(60)], choice)


@pytest.mark.parametrize(
    ("count", "places"),
    [
        (1, r"\(bar 0, beat 4\)"),
        (3, r"\(bar 0, beat 4; bar 1, beat 2; bar 1, beat 4\)"),
        (5, r"\(bar 0, beat 4; bar 1, beat 2; bar 1, beat 4; and 2 more\)"),
    ],
)
def test_triplets_are_refused_with_their_places(count: int, places: str) -> None:
    advice = "write them in sixteenths, or move them to the nearest with --approximate"
    with pytest.raises(ReadingError, match=rf"/tunes/a\.mid .*{places}; {advice}"):
        read([triplets(count)])


def test_triplets_are_approximated_on_request_with_a_notice() -> None:
    reading = read([triplets(1)], approximate=True)
    assert [note.onset_step for note in notes(reading.chorale, 0)] == [0, 1, 3, 4]
    assert (
        "notes between the sixteenths moved to the nearest (bar 0, beat 4)"
        in reading.change_notices
    )


def test_a_notice_states_how_far_notes_were_moved() -> None:
    one = part((0.1, 4.2, 60), (4.2, 8, 62), (8, 12, 64))
    notice = "2 notes moved to the nearest sixteenth, by at most 0.20 of a sixteenth"
    assert notice in read([one]).change_notices


def test_ornaments_and_repeat_signs_have_notices() -> None:
    decorated = replace(part((0, 0.4, 62), (0.4, 4, 60)), ornaments=1, repeats=True)
    notices = ("2 ornaments left out", "repeat signs left out")
    assert read([decorated]).change_notices == notices


def test_chords_of_four_on_one_staff_are_four_voices() -> None:
    reading = read([part(*((0, 4, pitch) for pitch in (60, 72, 48, 67)))])
    assert reading.chorale.pitches[0].tolist() == [72, 67, 60, 48]


def test_an_ambiguous_part_is_refused_with_the_place() -> None:
    loose = part(*PIANO, name="Piano")
    expected = r"/tunes/a\.mid: bar 1, beat 1 of Piano has 3 notes where .* with --approximate"
    with pytest.raises(ReadingError, match=expected):
        read([loose])


def test_the_error_suggests_one_part_only_if_there_are_several() -> None:
    loose = part(*PIANO)
    with pytest.raises(ReadingError, match="write one voice a part or keep the outermost"):
        read([loose])
    with pytest.raises(ReadingError, match="one voice a part, choose one part with --part or keep"):
        read([loose, part((0, 8, 40))])


def test_of_an_ambiguous_part_the_outermost_notes_are_kept_on_request() -> None:
    high = part((0, 4, 76), (0, 4, 72), (0, 4, 67), (4, 8, 74), name="Right")
    low = part((0, 4, 55), (0, 4, 52), (0, 4, 48), (4, 8, 50), name="Left")
    reading = read([high, low], approximate=True)
    assert reading.voices == ("soprano", "bass")
    assert pitches_of(reading, "soprano") == [76, 74]
    assert pitches_of(reading, "bass") == [48, 50]
    assert reading.change_notices == tuple(
        f"the outermost note of each chord of {name} kept" for name in ("Right", "Left")
    )


def test_a_divided_voice_is_refused_with_its_place_or_keeps_its_outer_notes() -> None:
    divided = part((0, 4, 72), (4, 8, 76), (4, 8, 72), (8, 12, 74), (8, 12, 70), name="Soprano")
    others = [
        part((0, 12, pitch), name=name)
        for pitch, name in ((67, "Alto"), (60, "Tenor"), (48, "Bass"))
    ]
    with pytest.raises(ReadingError, match=r" of Soprano has 2 notes at .* --approximate"):
        read([divided, *others])
    reading = read([divided, *others], approximate=True)
    assert pitches_of(reading, "soprano") == [72, 76, 74]
    assert reading.notices == ["the outermost note of each chord of Soprano kept"]


def test_the_notice_about_the_voices_comes_first() -> None:
    five = [line(60 + n, name=name) for n, name in enumerate((*VOICES, "Organ"))]
    reading = read([replace(five[0], ornaments=1), *five[1:]])
    assert reading.notices == ["left out: Organ", "1 ornament left out"]


def test_every_guess_about_a_part_of_several_voices_has_a_notice_with_its_places() -> None:
    women = [(0, 4, 67), (0, 4, 62), (4, 8, 64), (8, 10, 65), (8, 10, 64), (10, 12, 65)]
    women += [(12, 16, 67), (12, 16, 62), (16, 20, 76), (20, 28, 67), (20, 24, 62), (24, 28, 69)]
    assert read([part(*women, name="Women")]).notices == [
        "2 single notes of Women read as a unison of voices (bar 1, beat 1; bar 1, beat 2.5)",
        "1 note of Women read as one voice's, while another rests (bar 1, beat 4)",
        "1 note of Women read as held while another voice comes to its pitch (bar 1, beat 2.5)",
        "1 note of Women read as a crossing of voices (bar 2, beat 2)",
    ]


def test_a_part_that_is_left_out_need_not_fit_the_grid() -> None:
    choir = [line(72 - 4 * n, 71 - 4 * n, name=name) for n, name in enumerate("SATB")]
    piano = [replace(triplets(1), name="Piano"), part(*PIANO, name="Piano")]
    reading = read([*choir, *piano, part(*PIANO)])
    assert reading.voices == VOICES
    assert reading.notices == ["left out: Piano, unnamed"]


def test_a_part_that_is_left_out_can_be_chosen() -> None:
    parts = [line(60, name="Voice"), line(72, name="Piano")]
    assert pitches_of(read(parts), "soprano") == [60]
    assert pitches_of(read(parts, "Piano"), "soprano") == [72]


def test_the_beat_of_a_triplet_is_counted_from_the_downbeat_of_any_pickup() -> None:
    facts = Facts(Metre(4, 4), 2)
    triplet = part((0, 2, 60), (2, 10 / 3, 62), (10 / 3, 14 / 3, 64), (14 / 3, 6, 65), facts=facts)
    with pytest.raises(ReadingError, match=r"\(bar 1, beat 1\)"):
        read([triplet])


def test_the_same_notice_about_two_parts_is_given_once() -> None:
    staff = part((0, 8, 72), (0, 8, 67), (8, 16, 72))
    assert len(read([staff, staff], approximate=True).notices) == 2


def test_moved_ends_and_whatever_was_left_out_have_notices() -> None:
    played = part((0, 3.8, 60), (4, 7.7, 62), (8, 12, 64))
    left_out = (("slur", 1), ("articulation", 2), ("syllable", 0))
    sung = replace(played, annotations=PartAnnotations(left_out=left_out), ornaments=1)
    reading = read([sung])
    notices = ("ends of 2 notes moved to the nearest sixteenth", "1 ornament left out")
    assert reading.change_notices == notices
    assert reading.left_out_notice == "1 slur and 2 articulations left out"
    assert reading.notices[-1] == reading.left_out_notice
    assert read([part((0, 3.8, 60), (4, 8, 62))]).change_notices == (
        "ends of 1 note moved to the nearest sixteenth",
    )


def test_messages_about_a_part_without_a_name_leave_the_name_out() -> None:
    loose = part(*PIANO)
    with pytest.raises(ReadingError, match=r"^/tunes/a\.mid: bar 1, beat 1 has 3 notes where"):
        read([loose])
    [notice] = read([loose], approximate=True).change_notices
    assert notice == "the outermost note of each chord kept"


def test_every_error_has_the_path_of_the_file() -> None:
    for parts, choice in (
        ([line(60)], "Oboe"),
        ([line(60, name=f"Violin {number}") for number in range(5)], None),
        ([line(128)], None),
    ):
        with pytest.raises(ReadingError, match=r"^/tunes/a\.mid( has |: )"):
            read(parts, choice)


def test_the_first_part_is_number_1() -> None:
    assert pitches_of(read([line(72), line(60)], "1"), "soprano") == [72]
