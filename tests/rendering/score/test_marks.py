"""Dynamics, hairpins, breath marks, words, segno and Da Capo, as MusicXML."""

from xml.etree.ElementTree import Element

import pytest
from score_xml import four_voices, measures_of, one_voice, score_root

from chorale.music import REST, Annotations
from chorale.music.annotations import Mark, MarkKind
from chorale.rendering.render_options import Staves


def root_of(*marks: Mark, staves: Staves = 2, bars: int = 2) -> Element:
    return score_root(four_voices(bars, Annotations(marks=marks)), staves)


def directions(root: Element, part: int = 0) -> list[tuple[int, int, str | None, Element]]:
    """Return index of the measure, notes before it, placement and first kind of each direction."""
    found = []
    for place, measure in enumerate(measures_of(root, part)):
        before = 0
        for child in measure:
            before += child.tag == "note"
            kind = child.find("direction-type/*")
            if child.tag == "direction" and kind is not None:
                found.append((place, before, child.get("placement"), kind))
    return found


def test_a_mark_of_the_whole_score_stands_above_the_top_staff() -> None:
    for staves in (2, 4):
        root = root_of(Mark("dynamic", 16, "p"), staves=staves)
        [(measure, before, placement, kind)] = directions(root)
        assert (measure, before, placement, kind.tag, kind[0].tag) == (
            1,
            0,
            "above",
            "dynamics",
            "p",
        )
        assert not directions(root, 1)


def test_marks_of_voices_stand_above_the_upper_and_below_the_lower_voice_of_a_staff() -> None:
    marks = [Mark("dynamic", 4, "pf"[voice % 2], voice) for voice in range(4)]
    for part in (0, 1):
        found = directions(root_of(*marks), part)
        assert [(placement, kind[0].tag) for _, _, placement, kind in found] == [
            ("above", "p"),
            ("below", "f"),
        ]
    for part in range(4):
        [(_, before, placement, _)] = directions(root_of(*marks, staves=4), part)
        assert (before, placement) == (1, "above")


def test_two_voices_of_a_staff_have_the_same_mark_once() -> None:
    marks = [Mark("crescendo", 0, voice=voice, end_step=16) for voice in range(4)]
    for part in (0, 1):
        found = directions(root_of(*marks), part)
        assert [(placement, kind.get("type")) for _, _, placement, kind in found] == [
            ("above", "crescendo"),
            ("above", "stop"),
        ]


def test_a_hairpin_ends_with_its_measure_and_hairpins_of_two_voices_have_numbers() -> None:
    marks = (
        Mark("crescendo", 4, voice=0, end_step=16),
        Mark("diminuendo", 4, voice=1, end_step=12),
        Mark("crescendo", 16),
    )
    found = directions(root_of(*marks))
    assert [(place, kind.get("type"), kind.get("number")) for place, _, _, kind in found] == [
        (0, "crescendo", "2"),
        (0, "diminuendo", "3"),
        (0, "stop", "3"),
        (0, "stop", "2"),
        (1, "crescendo", "1"),
        (1, "stop", "1"),
    ]


def test_an_unknown_dynamic_keeps_its_text() -> None:
    assert root_of(Mark("dynamic", 0, "mezza voce")).findtext(".//other-dynamics") == "mezza voce"


@pytest.mark.parametrize(
    ("kind", "text", "printed", "sound"),
    [
        ("fine", "", "Fine", {"fine": "yes"}),
        ("to coda", "", "To Coda", {"tocoda": "coda"}),
        ("da capo", "D.C. al Fine", "D.C. al Fine", {"dacapo": "yes"}),
        ("dal segno", "", "D.S.", {"dalsegno": "segno"}),
    ],
)
def test_signs_at_the_end_of_music_stand_in_the_measure_that_ends(
    kind: MarkKind, text: str, printed: str, sound: dict[str, str]
) -> None:
    root = root_of(Mark(kind, 16, text), Mark("segno", 0), Mark("coda", 16))
    [(measure, before, placement, words)] = [
        each for each in directions(root) if each[3].tag == "words"
    ]
    assert (measure, before, placement, words.text) == (0, 8, "above", printed)  # after all notes
    assert sound in [each.attrib for each in root.iter("sound")]


@pytest.mark.parametrize("kind", ["to coda", "dal segno"])
def test_players_are_not_sent_to_a_sign_that_the_score_lacks(kind: MarkKind) -> None:
    [sound] = root_of(Mark(kind, 16)).iter("sound")
    assert "tempo" in sound.attrib


@pytest.mark.parametrize("kind", ["segno", "coda"])
def test_segno_and_coda_are_signs_at_the_start_of_music(kind: MarkKind) -> None:
    root = root_of(*(Mark(kind, 16, voice=voice) for voice in range(4)))  # in every part of a file
    [(measure, before, _, sign)] = directions(root)
    assert (measure, before, sign.tag) == (1, 0, kind)
    assert root.find(f".//sound[@{kind}='{kind}']") is not None


def test_tempo_words_are_bold_and_the_first_holds_the_tempo() -> None:
    root = root_of(Mark("tempo", 0, "Andante"), Mark("tempo", 16, "Adagio"), Mark("words", 4, "x"))
    styles = {
        words.text: (words.get("font-weight"), words.get("font-style"))
        for words in root.iter("words")
    }
    assert styles == {"Andante": ("bold", None), "Adagio": ("bold", None), "x": (None, "italic")}
    tempos = [
        (direction.findtext("direction-type/words"), sound.get("tempo"))
        for direction in root.iter("direction")
        for sound in direction.iter("sound")
    ]
    assert tempos == [("Andante", "80")]
    assert len(list(root.iter("sound"))) == 1


def test_a_rehearsal_mark_is_its_own_kind() -> None:
    assert root_of(Mark("rehearsal", 16, "B")).findtext(".//rehearsal") == "B"


def test_a_breath_mark_belongs_to_the_note_that_ends() -> None:
    root = root_of(Mark("breath", 8, voice=1), Mark("caesura", 8), Mark("breath", 8, voice=3))
    marked = [
        (part, place, mark.tag, mark.get("placement"))
        for part in (0, 1)
        for place, note in enumerate(measures_of(root, part)[0].iter("note"))
        for mark in note.findall("notations/articulations/*")
    ]
    assert marked == [
        (0, 1, "caesura", "above"),  # the soprano's second quarter
        (0, 5, "breath-mark", "below"),
        (1, 5, "breath-mark", "below"),
    ]


def test_a_breath_mark_in_a_rest_or_before_all_notes_is_not_lost() -> None:
    line = [(REST, 4), (60, 4), (REST, 8), (62, 16)]
    for step, place in ((0, 1), (12, 1), (32, 3)):
        root = score_root(one_voice(line, Annotations(marks=(Mark("breath", step, voice=0),))))
        notes = list(root.iter("note"))
        marked = [number for number, note in enumerate(notes) if list(note.iter("breath-mark"))]
        assert marked == [place]


def test_a_mark_where_no_note_starts_has_an_offset() -> None:
    root = score_root(one_voice([(60, 16)], Annotations(marks=(Mark("dynamic", 6, "f"),))))
    divisions = int(root.findtext(".//divisions") or 0)
    assert root.findtext(".//direction/offset") == str(divisions * 6 // 4)
    root = root_of(Mark("fine", 6))
    [direction] = root.iter("direction")
    assert [child.tag for child in direction] == ["direction-type", "offset", "sound"]


def test_where_only_the_lower_voice_of_a_staff_starts_a_note_no_offset_is_needed() -> None:
    chorale = four_voices(1, Annotations(marks=(Mark("dynamic", 4, "f"),)))
    onsets = chorale.onsets.copy()
    onsets[4, 0] = False
    chorale = type(chorale)(chorale.pitches, onsets, chorale.plan, "", chorale.annotations)
    assert score_root(chorale).find(".//offset") is None


def test_a_mark_of_a_silent_voice_stands_above_the_top_staff() -> None:
    root = score_root(one_voice([(60, 16)], Annotations(marks=(Mark("dynamic", 0, "f", 2),))))
    [(_, _, placement, _)] = directions(root)
    assert placement == "above"
