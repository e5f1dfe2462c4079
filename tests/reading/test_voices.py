"""Parts chosen as voices, and lines assigned to voices."""

import pytest

from chorale.errors import ReadingError
from chorale.music import VOICES
from chorale.music.voicings import VOICINGS
from chorale.reading.parts import Part, PartNote
from chorale.reading.voices import assign_voices, select_parts


def line(pitch: int = 60, name: str = "") -> Part:
    return Part(name, (PartNote(0, 4, pitch),))


@pytest.mark.parametrize("names", [VOICES, ("Bass", "Tenor", "Alto", "Sopran"), ("B.", "S.")])
def test_named_lines_are_assigned_by_name_in_any_order(names: tuple[str, ...]) -> None:
    lines = [line(60 + place, name=name) for place, name in enumerate(names)]
    assigned = assign_voices(lines, "a.mid")
    voices, notice = assigned.voices, assigned.notice
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
    lines = [line(72 - place) for place in range(count)]
    assigned = assign_voices(lines, "a.mid")
    voices, notice = assigned.voices, assigned.notice
    assert voices == dict(zip(names, lines, strict=True))
    assert notice.startswith(expected)


def test_lines_of_the_same_name_are_assigned_by_order() -> None:
    lines = [line(72, name="Soprano Alto"), line(67, name="Soprano Alto")]
    lines += [line(60, name="Tenor Bass"), line(48, name="Tenor Bass")]
    assert assign_voices(lines, "a.mid").voices == dict(zip(VOICES, lines, strict=True))


def test_more_than_four_lines_without_names_of_voices_are_refused() -> None:
    lines = [line(60, name=name) for name in ("Violin I", "Violin II", "Viola", "Cello", "Bass")]
    with pytest.raises(ReadingError, match=r"a\.mid has 5 lines of notes \(Violin I, .*--part"):
        assign_voices(lines, "a.mid")


@pytest.mark.parametrize(
    ("names", "voices"),
    [
        (("", "", "Tenor"), ("soprano", "alto", "tenor")),
        (("", "Alto", ""), ("soprano", "alto", "bass")),
        (("Alto", ""), ("alto", "bass")),
        (("", "Alto"), ("soprano", "alto")),
        (("", "Tenor", "", ""), ("soprano", "tenor", "alto", "bass")),
    ],
)
def test_lines_without_names_are_in_score_order_with_the_named_ones(
    names: tuple[str, ...], voices: tuple[str, ...]
) -> None:
    lines = [line(72 - place, name) for place, name in enumerate(names)]
    assert assign_voices(lines, "a.mid").voices == dict(zip(voices, lines, strict=True))


def test_a_line_without_a_name_gets_a_voice_that_is_still_free() -> None:
    assigned = assign_voices([line(48, name="Bass"), line(72, name="Flute")], "file")
    found, notice = assigned.voices, assigned.notice
    assert [(voice, line.name) for voice, line in found.items()] == [
        ("soprano", "Flute"),
        ("bass", "Bass"),
    ]
    assert notice == "2 lines, read in order as bass and soprano"


def test_a_single_line_read_by_its_name_has_a_notice() -> None:
    assert assign_voices([line(60, name="Alto 2")], "file").notice == "read as alto, by its name"


def test_the_error_about_too_many_lines_states_what_to_do() -> None:
    lines = [line(60, name=f"Violin {number}") for number in range(5)]
    with pytest.raises(ReadingError) as caught:
        assign_voices(lines, "a.mid")
    assert str(caught.value).endswith(
        "; at most four can be read, or more if four are named Soprano, Alto, Tenor and Bass: "
        "leave out or rename the others, or choose one part with --part"
    )


def test_lines_of_which_two_are_named_after_one_voice_are_ordered_by_their_names() -> None:
    lines = [line(48, name="Bass"), line(72, name="Alto 1"), line(67, name="Alto 2")]
    assert assign_voices(lines, "a.mid").voices == dict(
        zip(("bass", "soprano", "alto"), lines, strict=True)
    )


@pytest.mark.parametrize(
    ("names", "voices"),
    [
        (("Soprano 1", "Soprano 2", "Alto"), ("soprano", "alto", "bass")),
        (("Alto", "Soprano II", "Soprano I"), ("bass", "alto", "soprano")),
        (("Tenor 1", "Tenor 2", "Bass 1", "Bass 2"), VOICES),
        (("S", "S", "A", "A"), VOICES),
        (("Soprano", "Alto", "Baritone"), ("soprano", "alto", "bass")),
    ],
    ids=["SSA", "SSA in another order", "TTBB", "SSAA", "SAB"],
)
def test_other_choirs_are_read_from_the_top(
    names: tuple[str, ...], voices: tuple[str, ...]
) -> None:
    lines = [line(72 - place, name) for place, name in enumerate(names)]
    assert assign_voices(lines, "a.mid").voices == dict(zip(voices, lines, strict=True))


@pytest.mark.parametrize(
    ("names", "voices"),
    [
        (("Women", "Women", "Men", "Men"), VOICES),
        (("Men", "Men", "Women", "Women"), ("tenor", "bass", "soprano", "alto")),
        (("S/A", "S/A", "T/B", "T/B"), VOICES),
        (("Women", "Men"), ("soprano", "bass")),
        (("Women", "Women", "Bass"), ("soprano", "alto", "bass")),
    ],
)
def test_lines_of_one_name_share_its_voices(
    names: tuple[str, ...], voices: tuple[str, ...]
) -> None:
    lines = [line(72 - place, name) for place, name in enumerate(names)]
    assigned = assign_voices(lines, "a.mid").voices
    assert assigned == {voice: lines[voices.index(voice)] for voice in VOICES if voice in voices}


@pytest.mark.parametrize(
    "names",
    [
        ("Soprano", "Alto", "Tenor", "Bass"),
        ("Sopran", "Alt", "Tenor", "Ba\u00df"),
        ("S", "A", "T", "B"),
        ("S.", "A.", "T.", "B."),
        ("Soprano", "Alto", "T\u00e9nor", "Basse"),
        ("Canto", "Alto", "Tenore", "Basso"),
        ("Cantus", "Altus", "Tenor", "Bassus"),
        ("Soprano I", "Alto 1", "Tenor", "Bass 1"),
        ("Bass", "Tenor", "Alto", "Soprano"),
        ("Women", "Men"),
        ("Soprano Alto", "Tenor Bass"),
        ("SATB",),
    ],
)
def test_of_a_choir_with_other_parts_the_named_voices_are_selected(
    names: tuple[str, ...],
) -> None:
    choir = [line(name=name) for name in names]
    others = [line(name=name) for name in ("Soprano 2", "Descant", "Violin", "Piano", "Piano", "")]
    assert select_parts([*others[:2], *choir, *others[2:]]) == (choir, others)


def test_a_descant_is_the_soprano_only_where_there_is_no_other() -> None:
    parts = [line(name=name) for name in ("Diskant", "Alto", "Tenor", "Bass", "Organ")]
    assert select_parts(parts) == (parts[:4], parts[4:])


@pytest.mark.parametrize("accompaniment", ["Piano", "Klavier", "Orgel", "Pno.", "Guitar 1"])
def test_an_accompaniment_is_left_out_beside_other_parts(accompaniment: str) -> None:
    parts = [line(name="Voice"), line(name=accompaniment), line(name=accompaniment)]
    assert select_parts(parts) == (parts[:1], parts[1:])


def test_a_hymn_for_the_organ_is_read() -> None:
    parts = [line(name="Organ"), line(name="Organ")]
    assert select_parts(parts) == (parts, [])


def test_of_two_equal_parts_one_is_selected() -> None:
    parts = [line(name=name) for name in ("Soprano", "Soprano", "Alto", "Tenor", "Bass")]
    assert select_parts(parts) == ([parts[0], *parts[2:]], [parts[1]])


def test_a_choir_is_inferred_with_a_notice_of_its_voices() -> None:
    lines = [line(60 + n, name) for n, name in enumerate(("Soprano 1", "Soprano 2", "Alto"))]
    assigned = assign_voices(lines, "a.mid")
    assert assigned.voicing is VOICINGS["SSA"]
    assert assigned.voices == dict(zip(("soprano", "alto", "bass"), lines, strict=True))
    assert assigned.notice == "read as SSA: soprano 1, soprano 2 and alto, by their names"


@pytest.mark.parametrize("name", [name for name in VOICINGS if name != "SATB"])
def test_lines_without_names_are_the_voices_of_a_given_choir_from_the_top(name: str) -> None:
    voicing = VOICINGS[name]
    lines = [line(72 - n) for n in range(len(voicing.parts))]
    assigned = assign_voices(lines, "a.mid", voicing)
    assert assigned.voicing is voicing
    assert list(assigned.voices) == [VOICES[voice] for voice in voicing.voices]
    assert list(assigned.voices.values()) == lines
    assert assigned.notice.startswith(f"{len(lines)} lines, read in order as {voicing.names[0]}")


def test_names_decide_over_the_order_in_a_given_choir() -> None:
    lines = [line(60 + n, name) for n, name in enumerate(("Alt", "Mezzo", "Sopran"))]
    assigned = assign_voices(lines, "a.mid", VOICINGS["SSA"])
    assert list(assigned.voices.values()) == lines[::-1]
    assert assigned.notice == ""


def test_names_of_other_voices_order_the_lines_of_a_given_choir() -> None:
    lines = [line(60 + n, name) for n, name in enumerate(("Alto 2", "Alto 1", "Soprano"))]
    assigned = assign_voices(lines, "a.mid", VOICINGS["SSA"])
    assert list(assigned.voices.values()) == lines[::-1]
    assert assigned.notice == "3 lines, read in order as soprano 1, soprano 2 and alto"


def test_a_choir_takes_its_voices_by_name_and_leaves_the_others_out() -> None:
    names = ("Soprano 1", "Soprano 2", "Alto", "Tenor", "Bass")
    parts = [line(72 - n, name) for n, name in enumerate((*names, "Piano"))]
    assert select_parts(parts, VOICINGS["SSA"]) == (parts[:3], parts[3:])
    assert select_parts(parts, VOICINGS["TB"]) == (parts[3:5], [*parts[:3], parts[5]])
    assert select_parts(parts) == ([parts[0], *parts[2:5]], [parts[1], parts[5]])
    lines = [line(72 - n, "Soprano, Alto") for n in range(2)]
    lines += [line(60 - n, "Tenor, Bass") for n in range(2)]
    assigned = assign_voices(lines, "a.mid", VOICINGS["SAB"])
    assert list(assigned.voices.values()) == [*lines[:2], lines[3]]
    assert assigned.left_out == (lines[2],)


@pytest.mark.parametrize(
    "names",
    [
        ("Soprano 1", "Soprano 2", "Alto"),
        ("Tenor 1", "Tenor 2", "Baritone", "Bass"),
        ("Soprano 1, Soprano 2", "Soprano 1, Soprano 2", "Alto 1, Alto 2", "Alto 1, Alto 2"),
    ],
)
def test_a_choir_with_second_voices_is_selected_beside_other_parts(names: tuple[str, ...]) -> None:
    choir = [line(name=name) for name in names]
    others = [line(name=name) for name in ("Violin", "", "Piano")]
    assert select_parts([others[0], *choir, *others[1:]]) == (choir, others)


def test_another_number_of_lines_than_the_choir_has_voices_is_refused() -> None:
    message = (
        r"a\.mid has 2 lines of notes \(unnamed, unnamed\), and SSA \(soprano 1, soprano 2 and "
        r"alto\) has 3 voices; name the parts after the voices, or choose another --voicing"
    )
    with pytest.raises(ReadingError, match=message):
        assign_voices([line(72), line(60)], "a.mid", VOICINGS["SSA"])


def test_a_second_soprano_is_never_a_bass() -> None:
    lines = [line(72, "Soprano 1"), line(67, "Soprano 2")]
    assert list(assign_voices(lines, "a.mid").voices) == ["soprano", "alto"]


def test_parts_without_notes_belong_to_the_choir() -> None:
    lines = [line(72, "Soprano"), line(67, "Alto")]
    assert assign_voices(lines, "a.mid").voicing is VOICINGS["SA"]
    satb = assign_voices(lines, "a.mid", None, ["Tenor", "Bass"])
    assert (satb.voicing, list(satb.voices)) == (VOICINGS["SATB"], ["soprano", "alto"])
    lines = [line(72, "Soprano 1"), line(67, "Alto")]
    for given in (None, VOICINGS["SSA"]):
        ssa = assign_voices(lines, "a.mid", given, ["Soprano 2", "A title"])
        assert (ssa.voicing, list(ssa.voices)) == (VOICINGS["SSA"], ["soprano", "bass"])


def test_satb_that_is_given_may_lack_voices() -> None:
    lines = [line(72, "Soprano"), line(67, "Alto")]
    assigned = assign_voices(lines, "a.mid", VOICINGS["SATB"])
    assert (assigned.voicing, list(assigned.voices)) == (VOICINGS["SATB"], ["soprano", "alto"])
