"""MEI files: definitions, notes, marks beside the staves, editions and limits."""

from pathlib import Path

import pytest
from scores import parse_xml, write

from chorale.errors import ReadingError
from chorale.reading import read_music
from chorale.reading.limits import MAX_DEPTH
from chorale.reading.musicxml import read_musicxml
from chorale.reading.parts import Part
from chorale.reading.transcribing import transcribe
from chorale.reading.transcribing.mei import read_mei

STAFF = '<staffDef n="1" lines="5" clef.shape="G" clef.line="2"/>'
FOUR = '<scoreDef meter.count="4" meter.unit="4">'


def mei(section: str, definition: str = FOUR, staves: str = STAFF) -> str:
    return (
        '<mei xmlns="http://www.music-encoding.org/ns/mei"><music><body><mdiv><score>'
        f"{definition}<staffGrp>{staves}</staffGrp></scoreDef><section>{section}</section>"
        "</score></mdiv></body></music></mei>"
    )


def measure(*layers: str, beside: str = "", attributes: str = 'n="1"') -> str:
    inside = "".join(f'<layer n="{n}">{layer}</layer>' for n, layer in enumerate(layers, 1))
    return f'<measure {attributes}><staff n="1">{inside}</staff>{beside}</measure>'


def note(pitch: str, length: object = 4, more: str = "", inside: str = "") -> str:
    return f'<note pname="{pitch[0]}" oct="{pitch[1]}" dur="{length}" {more}>{inside}</note>'


def parts(folder: Path, text: str) -> list[Part]:
    return read_musicxml(write(folder, text, "made.mei"))


def sounding(folder: Path, text: str) -> list[tuple[float, float, int]]:
    """Return start and length in quarters, and pitch, of the notes of the first part."""
    part = parts(folder, text)[0]
    return [(n.start / 4, (n.end - n.start) / 4, n.pitch) for n in part.notes]


def notices(folder: Path, text: str) -> list[str]:
    return transcribe(write(folder, text, "made.mei"))[1]


# Notes

SPACES = '<space dur="2"/>'


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (note("c4", 2, 'dots="1"') + note("d4"), [(0, 3, 60), (3, 1, 62)]),
        (note("c4", 2, inside="<dot/>") + note("d4"), [(0, 3, 60), (3, 1, 62)]),
        (note("c4", 8, 'grace="acc"') + note("d4", 1), [(0, 4, 62)]),
        (f"<graceGrp>{note('c4', 8)}</graceGrp>{note('d4', 1)}", [(0, 4, 62)]),
        (
            '<chord dur="1"><note pname="c" oct="4"/><note pname="e" oct="4"/></chord>',
            [(0, 4, 60), (0, 4, 64)],
        ),
        (
            f'<tuplet num="3" numbase="2"><beam>{note("c4", 4) * 3}</beam></tuplet>{SPACES}',
            [(0, 2 / 3, 60), (2 / 3, 2 / 3, 60), (4 / 3, 2 / 3, 60)],
        ),
        (f"<bTrem>{note('c4', 1)}</bTrem>", [(0, 4, 60)]),
        (f"<fTrem>{note('c4', 1)}{note('d4', 1)}</fTrem>", [(0, 2, 60), (2, 2, 62)]),
        ("<space/>" + note("c4", 2), [(2, 2, 60)]),
        ("<space/><space/>" + note("c4", 4), [(3, 1, 60)]),
        (note("c4", 2, 'tie="i"') + note("c4", 2, 'tie="t"'), [(0, 4, 60)]),
        (note("c4", 1, 'accid="s"'), [(0, 4, 61)]),
        (note("c4", 1, inside='<accid accid.ges="f"/>'), [(0, 4, 59)]),
        (note("c4", 1, 'oct.ges="5"'), [(0, 4, 72)]),
        (note("c4", 1, 'cue="true"') + note("d4", 1), [(4, 4, 62)]),
    ],
)
def test_notes_are_as_written(
    layer: str, expected: list[tuple[float, float, int]], tmp_path: Path
) -> None:
    found = sounding(tmp_path, mei(measure(layer)))
    assert [pytest.approx(each) for each in expected] == found


def test_a_rest_of_a_measure_is_as_long_as_the_metre(tmp_path: Path) -> None:
    text = mei(measure("<mRest/>") + measure(note("c4", 2, 'dots="1"')), FOUR.replace("4", "3", 1))
    assert sounding(tmp_path, text) == [(3, 3, 60)]
    text = mei(measure('<multiRest num="3"/>') + measure(note("c4", 1)))
    assert sounding(tmp_path, text) == [(12, 4, 60)]


def test_a_repeated_measure_is_written_out(tmp_path: Path) -> None:
    text = mei(measure(note("c4", 2) + note("d4", 2)) + measure("<mRpt/>"))
    assert sounding(tmp_path, text) == [(0, 2, 60), (2, 2, 62), (4, 2, 60), (6, 2, 62)]


def test_layers_are_voices(tmp_path: Path) -> None:
    upper, lower = parts(tmp_path, mei(measure(note("c5", 1), note("c4", 2) + note("d4", 2))))
    assert [n.pitch for n in upper.notes] == [72]
    assert [n.pitch for n in lower.notes] == [60, 62]


def test_a_staff_that_stands_twice_in_a_measure_has_the_layers_of_both(tmp_path: Path) -> None:
    text = mei(measure(note("c5", 1)).replace("</staff>", "</staff>{}"))
    more = f'<staff n="1"><layer>{note("c4", 1)}</layer></staff>'
    found = parts(tmp_path, text.format(more))
    assert [[n.pitch for n in part.notes] for part in found] == [[72], [60]]


def test_accidentals_follow_the_key_if_the_file_states_none_that_sound(tmp_path: Path) -> None:
    layer = note("f4") + note("f4", 4, 'accid="n"') + note("f4") + note("f5")
    definition = '<scoreDef meter.count="4" meter.unit="4" keysig="1s">'
    text = mei(measure(layer), definition)
    assert [pitch for _, _, pitch in sounding(tmp_path, text)] == [66, 65, 65, 78]
    assert notices(tmp_path, text) == [
        "accidentals follow the key signature, as the file states none"
    ]
    stated = mei(measure(note("f4") + note("f4", 4, 'accid.ges="s"') + SPACES), definition)
    assert [pitch for _, _, pitch in sounding(tmp_path, stated)] == [65, 66]
    assert notices(tmp_path, stated) == []


def test_transposing_staves_are_read_at_sounding_pitch(tmp_path: Path) -> None:
    staff = STAFF.replace("/>", ' trans.semi="-2" trans.diat="-1"/>')
    assert sounding(tmp_path, mei(measure(note("c5", 1)), staves=staff)) == [(0, 4, 70)]


@pytest.mark.parametrize("place", ["above", "below"])
def test_notes_under_an_octave_sign_sound_an_octave_away(place: str, tmp_path: Path) -> None:
    layer = note("c4", 4, 'xml:id="a"') + note("d4", 4, 'xml:id="b"') + note("e4", 2)
    sign = f'<octave dis="8" dis.place="{place}" startid="#a" endid="#b"/>'
    away = 12 if place == "above" else -12
    found = [pitch for _, _, pitch in sounding(tmp_path, mei(measure(layer, beside=sign)))]
    assert found == [60 + away, 62 + away, 64]


def test_a_tuplet_beside_the_staves_shortens_its_notes(tmp_path: Path) -> None:
    layer = note("c4", 4, 'xml:id="a"') + note("d4") + note("e4", 4, 'xml:id="b"') + note("f4", 2)
    span = '<tupletSpan num="3" numbase="2" startid="#a" endid="#b"/>'
    found = [length for _, length, _ in sounding(tmp_path, mei(measure(layer, beside=span)))]
    assert found == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2])


# Definitions


@pytest.mark.parametrize(
    ("definition", "sharps", "mode"),
    [
        ('<scoreDef keysig="2f" key.mode="major">', -2, "major"),
        ('<scoreDef key.sig="3s" key.mode="minor">', 3, "minor"),
        ('<scoreDef key.pname="e" key.accid="f" key.mode="major">', -3, "major"),
        ('<scoreDef><keySig sig="1s" mode="dorian"/>', 1, "dorian"),
        ('<scoreDef><keySig><keyAccid pname="f" accid="s"/></keySig>', 1, None),
    ],
)
def test_keys_of_every_version_are_read(
    definition: str, sharps: int, mode: str | None, tmp_path: Path
) -> None:
    facts = parts(tmp_path, mei(measure(note("c4", 1)), definition))[0].facts
    assert (facts.sharps, facts.mode) == (sharps, mode)


@pytest.mark.parametrize(
    ("definition", "metre"),
    [
        (FOUR, "4/4"),
        ('<scoreDef meter.sym="cut">', "2/2"),
        ('<scoreDef meter.sym="common">', "4/4"),
        ('<scoreDef><meterSig count="6" unit="8"/>', "6/8"),
        ('<scoreDef><meterSigGrp><meterSig count="3" unit="4"/></meterSigGrp>', "3/4"),
    ],
)
def test_metres_of_every_form_are_read(definition: str, metre: str, tmp_path: Path) -> None:
    found = parts(tmp_path, mei(measure(note("c4", 1)), definition))[0].facts.metre
    assert found is not None
    assert found.name == metre


def test_definitions_between_measures_hold_from_there(tmp_path: Path) -> None:
    change = '<scoreDef meter.count="3" meter.unit="4" keysig="1f"/>'
    bars = measure(note("c4", 1)) + change + measure(note("c4", 2, 'dots="1"'))
    text = mei(bars, '<scoreDef meter.count="4" meter.unit="4" keysig="0">')
    assert parts(tmp_path, text)[0].facts.changes == ("metre", "key")


# Measures and what stands beside the staves


def test_repeats_and_endings_are_written(tmp_path: Path) -> None:
    bar = measure(note("c4", 1), attributes='n="1" left="rptstart"')
    first = measure(note("d4", 1), attributes='n="2" right="rptend"')
    last = measure(note("e4", 1), attributes='n="3" right="end"')
    text = mei(f'{bar}<ending n="1.">{first}</ending><ending n="2.">{last}</ending>')
    root = parse_xml(transcribe(write(tmp_path, text, "made.mei"))[0])
    assert [(e.get("number"), e.get("type")) for e in root.iter("ending")] == [
        ("1", "start"),
        ("1", "stop"),
        ("2", "start"),
        ("2", "discontinue"),
    ]
    assert [e.get("direction") for e in root.iter("repeat")] == ["forward", "backward"]


@pytest.mark.parametrize(
    ("fermata", "expected"),
    [
        ('<fermata startid="#a"/>', ((4, 8),)),
        ('<fermata tstamp="2" staff="1"/>', ((4, 8),)),
        ('<fermata tstamp="5" staff="1"/>', ((8, 16),)),
    ],
)
def test_fermatas_are_found_by_note_and_by_beat(
    fermata: str, expected: tuple[tuple[int, int], ...], tmp_path: Path
) -> None:
    layer = note("c4") + note("d4", 4, 'xml:id="a"') + note("e4", 2)
    assert parts(tmp_path, mei(measure(layer, beside=fermata)))[0].fermatas == expected


def test_ties_between_notes_join_them(tmp_path: Path) -> None:
    tie = '<tie startid="#a" endid="#b"/>'
    text = mei(
        measure(note("c4", 1, 'xml:id="a"'), beside=tie) + measure(note("c4", 1, 'xml:id="b"'))
    )
    assert sounding(tmp_path, text) == [(0, 8, 60)]


def test_chord_symbols_directions_and_tempo_stand_at_their_beats(tmp_path: Path) -> None:
    beside = (
        '<harm tstamp="1" staff="1">G7</harm><harm tstamp="3" staff="1">V</harm>'
        '<dir tstamp="1">dolce</dir><dynam tstamp="1">mf</dynam><reh tstamp="1">A</reh>'
        '<tempo tstamp="1" mm="60" mm.unit="2">Lento</tempo>'
        '<hairpin form="cres" tstamp="1" tstamp2="0m+3"/><breath startid="#a"/>'
        '<repeatMark func="daCapo" tstamp="4"/><trill startid="#a"/>'
    )
    text = mei(measure(note("c4", 1, 'xml:id="a"'), beside=beside))
    root = parse_xml(transcribe(write(tmp_path, text, "made.mei"))[0])
    assert [(e.findtext("root/root-step"), e.findtext("kind")) for e in root.iter("harmony")] == [
        ("G", "dominant")
    ]
    assert [e.text for e in root.iter("words")] == ["dolce", "Lento", "V", "D.C."]
    assert [e.get("type") for e in root.iter("wedge")] == ["crescendo", "stop"]
    names = {e.tag for e in root.iter()}
    assert {"mf", "rehearsal", "breath-mark", "trill-mark"} <= names
    assert parts(tmp_path, text)[0].facts.tempo_qpm == 120


def test_words_keep_their_syllables(tmp_path: Path) -> None:
    def sung(*verses: tuple[str, str]) -> str:
        inside = "".join(
            f'<verse n="{n}"><syl {more}>{text}</syl></verse>'
            for n, (text, more) in enumerate(verses, 1)
        )
        return note("c4", 4, inside=inside)

    layer = sung(("Al", 'con="d"'), ("Glo", 'wordpos="i"')) + sung(("le", 'con="d"'), ("ry", ""))
    layer += sung(("luia", 'con="u"')) + note("c4")
    root = parse_xml(transcribe(write(tmp_path, mei(measure(layer)), "made.mei"))[0])
    found = [
        (e.get("number"), e.findtext("text"), e.findtext("syllabic"), e.find("extend") is not None)
        for e in root.iter("lyric")
    ]
    assert found == [
        ("1", "Al", "begin", False),
        ("2", "Glo", "begin", False),
        ("1", "le", "middle", False),
        ("2", "ry", "end", False),
        ("1", "luia", "end", True),
    ]


# Editions


@pytest.mark.parametrize(
    "edition",
    [
        "<choice><sic>{wrong}</sic><corr>{right}</corr></choice>",
        "<choice><orig>{wrong}</orig><reg>{right}</reg></choice>",
        "<app><rdg>{wrong}</rdg><lem>{right}</lem></app>",
        "<app><rdg>{right}</rdg><rdg>{wrong}</rdg></app>",
        "<supplied>{right}</supplied><del>{wrong}</del>",
        "<subst><add>{right}</add><del>{wrong}</del></subst>",
    ],
)
def test_the_preferred_reading_is_read(edition: str, tmp_path: Path) -> None:
    layer = edition.format(right=note("c4", 1), wrong=note("d4", 1))
    assert sounding(tmp_path, mei(measure(layer))) == [(0, 4, 60)]


def test_the_first_of_several_movements_is_read(tmp_path: Path) -> None:
    text = mei(measure(note("c4", 1)))
    movement = text[text.index("<mdiv>") : text.index("</body>")]
    both = text.replace("</body>", f"{movement}</body>")
    assert sounding(tmp_path, both) == [(0, 4, 60)]
    assert notices(tmp_path, both) == [
        "the first of 2 movements read; put another in a file of its own to read it"
    ]


def test_elements_that_are_not_read_are_counted_and_layout_is_not(tmp_path: Path) -> None:
    beside = '<pedal tstamp="1"/><pedal tstamp="2"/><fing tstamp="1">1</fing>'
    text = mei("<pb/>" + measure(note("c4", 1), beside=beside))
    assert notices(tmp_path, text) == ["2 pedals left out"]


def test_prefixed_names_are_read(tmp_path: Path) -> None:
    text = mei(measure(note("c4", 1))).replace("<", "<m:").replace("<m:/", "</m:")
    text = text.replace("xmlns=", "xmlns:m=")
    assert sounding(tmp_path, text) == [(0, 4, 60)]


# Refusals and limits


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (mei(measure(note("c4", ""))), "a note without a length"),
        (mei(measure(note("c4", "semibrevis"))), '"semibrevis" as the length of a note'),
        (mei(measure(note("c4", 4, 'dots="99"'))), "99 dots after a note"),
        (mei(measure(f"<rest/>{note('c4')}<rest/>")), "a rest without a length"),
        (mei(measure(f"<rest/>{note('c4', 1)}")), "a rest without a length"),
        (mei("", '<scoreDef meter.count="0" meter.unit="4">'), '"0/4" as its metre'),
        (mei("", '<scoreDef keysig="x">'), '"x" as its key signature'),
        (mei(measure("<tuplet num='0'/>")), "a tuplet of 0 in the time of 2"),
        (mei(measure('<multiRest num="9999"/>')), "more than 1,000 measures in one part"),
        (mei("<measure/>" * 1_001), "more than 1,000 measures in one part"),
        (mei("", staves="".join(f'<staffDef n="{n}"/>' for n in range(101))), "100 staves"),
        (mei("<section>" * MAX_DEPTH), f"elements nested more than {MAX_DEPTH} deep"),
        (mei(measure("<note/>" * 60_001)), "more than 60,000 elements <note>"),
        (
            mei(measure(note("c4", 64) * 100) + measure("<mRpt/>") * 601),
            "more than 60,000 notes in",
        ),
        (mei("<octave/>" * 501), "more than 500 elements <octave>"),
        (mei("").replace("score>", "parts>"), "has no <score> but <parts> in it"),
        ("<html/>", "has <html> as its outermost element, not <mei>"),
        ('<!DOCTYPE mei [<!ENTITY a "b">]><mei>&a;</mei>', "definitions of its own (DOCTYPE)"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(ReadingError) as refused:
        read_mei(text, "a.mei")
    assert str(refused.value).startswith("a.mei has ")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_no_file_is_opened_for_an_entity(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    text = f'<!DOCTYPE mei SYSTEM "{secret.as_uri()}">{mei(measure(note("c4", 1)))}'
    assert read_music(write(tmp_path, text, "made.mei")).facts.title is None
