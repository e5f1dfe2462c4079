"""Repairs of MusicXML that music21 would misread."""

from pathlib import Path

import pytest
from scores import FERMATA, FOUR_FOUR, attributes, lyric, note, pitch, score, tied, write

from chorale.music import REST, notes
from chorale.reading import Reading, read_music
from chorale.reading.musicxml import read_musicxml
from chorale.reading.parts import Part

LOUD = "<direction><direction-type><dynamics><f/></dynamics></direction-type></direction>"
CUE, CHORD = "<cue/>", "<chord/>"
BACK = "<backup><duration>16</duration></backup>"


def read(folder: Path, *parts: list[str], part: str | None = None) -> Reading:
    return read_music(write(folder, score(*parts)), part)


def read_parts(folder: Path, *parts: list[str]) -> list[Part]:
    return read_musicxml(write(folder, score(*parts)))


def line(reading: Reading, voice: int) -> list[tuple[int, int]]:
    """Return onset and pitch of a voice's notes."""
    return [(each.onset_step, each.pitch) for each in notes(reading.chorale, voice)]


# Parts


@pytest.mark.parametrize(
    "missing", [["<part id='X1'>"], ["<part id='X1'>", "<score-part id='X1'>"]]
)
def test_a_part_without_an_id_is_that_of_the_part_list(tmp_path: Path, missing: list[str]) -> None:
    parts = [[attributes() + note(name, 16, lyric(name))] for name in ("C5", "G4")]
    text = score(*parts, names=("Sopran", "Basso"))
    for tag in missing:
        text = text.replace(tag, tag.partition(" ")[0] + ">")
    found = read_music(write(tmp_path, text)).chorale.annotations
    assert found.names == ("Sopran", "", "", "Basso")
    assert [(each.voice, each.text) for each in found.syllables] == [(0, "C5"), (3, "G4")]


# Chords


def test_a_direction_between_the_notes_of_a_chord_does_not_divide_it(tmp_path: Path) -> None:
    upper = note("G4", 8) + LOUD + note("D4", 8, before=CHORD)
    lower = note("A4", 8) + note("E4", 8, before=CHORD) + LOUD + LOUD + note("C4", 8, before=CHORD)
    [part] = read_parts(tmp_path, [attributes() + upper + lower + LOUD])
    assert [(each.start, each.pitch) for each in part.notes] == [
        *[(0, 67), (0, 62), (8, 69), (8, 64), (8, 60)]
    ]
    assert [mark.step for mark, _ in part.annotations.marks] == [0, 8, 8, 16]


def test_two_lines_of_chords_with_directions_between_are_two_voices(tmp_path: Path) -> None:
    chords = [
        note(high, 8) + LOUD + note(low, 8, before=CHORD)
        for high, low in (("G4", "D4"), ("A4", "E4"))
    ]
    reading = read(tmp_path, [attributes() + "".join(chords)])
    assert (line(reading, 0), line(reading, 3)) == ([(0, 67), (8, 69)], [(0, 62), (8, 64)])


# Cues and grace notes


def test_cue_notes_are_rests(tmp_path: Path) -> None:
    cues = note("E3", 8, before=CUE) + note("G3", 8, before=CUE + CHORD)
    reading = read(tmp_path, [attributes() + cues + note("C5", 8)])
    assert line(reading, 0) == [(8, 72)]
    assert (reading.chorale.pitches[:8] == REST).all()
    assert "2 cue notes left out" in reading.change_notices


def test_cue_notes_in_a_second_voice_are_no_voice(tmp_path: Path) -> None:
    measure = attributes() + note("rest") + BACK + note("E3", before=CUE, voice=2)
    reading = read(tmp_path, [measure, note("D5")])
    assert (reading.voices, line(reading, 0)) == (("soprano",), [(16, 74)])


def test_of_a_chord_with_a_cue_the_other_notes_sound(tmp_path: Path) -> None:
    chord = note("E3", 16, before=CUE) + note("C5", 16, before=CHORD)
    assert line(read(tmp_path, [attributes() + chord]), 0) == [(0, 72)]


def test_cue_rests_are_rests_without_a_notice(tmp_path: Path) -> None:
    reading = read(tmp_path, [attributes() + note("rest", 8, before=CUE) + note("C5", 8)])
    assert line(reading, 0) == [(8, 72)]
    assert not [notice for notice in reading.change_notices if "cue" in notice]


@pytest.mark.parametrize(
    "inside", ["<type>eighth</type>", "", "<duration>2</duration><type>eighth</type>"]
)
@pytest.mark.parametrize("before", ["<grace/>", "<grace/><cue/>"])
def test_grace_notes_are_silent_and_last_no_time(tmp_path: Path, before: str, inside: str) -> None:
    grace = f"<note>{before}{pitch('D5')}<voice>1</voice>{inside}</note>"
    reading = read(tmp_path, [attributes() + note("C5", 8) + grace + note("E5", 8)])
    assert line(reading, 0) == [(0, 72), (8, 76)]
    notice = "1 cue note left out" if "cue" in before else "1 ornament left out"
    assert notice in reading.change_notices


# Staves


def staff(number: int) -> str:
    return f"<staff>{number}</staff>"


TWO_STAVES = attributes("<staves>2</staves>" + FOUR_FOUR)


def test_a_note_without_a_staff_is_on_the_first(tmp_path: Path) -> None:
    measure = TWO_STAVES + note("C5") + BACK + note("C3", 16, staff(2), voice=2)
    upper, lower = read_parts(tmp_path, [measure])
    assert [[each.pitch for each in part.notes] for part in (upper, lower)] == [[72], [48]]
    assert upper.notices == ()


def test_a_note_without_a_staff_stays_in_its_voice(tmp_path: Path) -> None:
    bass = note("C3", 8, staff(2), voice=2) + note("G3", 8, voice=2)
    reading = read(tmp_path, [TWO_STAVES + note("C5", 16, staff(1)) + BACK + bass])
    assert (line(reading, 0), line(reading, 3)) == ([(0, 72)], [(0, 48), (8, 55)])
    assert "1 note without a staff put on the staff of its voice" in reading.change_notices


# Ties


def test_notes_whose_tie_is_only_drawn_are_one(tmp_path: Path) -> None:
    def drawn(length: int, *kinds: str) -> str:
        signs = "".join(f"<tied type='{kind}'/>" for kind in kinds)
        return note("C5", length, f"<notations>{signs}</notations>")

    chain = drawn(4, "start") + drawn(4, "continue") + drawn(4, "stop", "start") + drawn(4, "stop")
    assert line(read(tmp_path, [attributes() + chain]), 0) == [(0, 72)]
    ringing = drawn(8, "let-ring") + note("C5", 8)
    assert line(read(tmp_path, [attributes() + ringing]), 0) == [(0, 72), (8, 72)]


def test_a_drawn_tie_after_a_sounding_one_continues_it(tmp_path: Path) -> None:
    end = note("C5", 8, "<notations><tied type='stop'/></notations>")
    assert line(read(tmp_path, [attributes() + tied("C5", 8, "start") + end]), 0) == [(0, 72)]


# Fermatas


def barline(location: str, more: str = "") -> str:
    place = f" location='{location}'" if location else ""
    return f"<barline{place}><bar-style>light-light</bar-style><fermata/>{more}</barline>"


@pytest.mark.parametrize(
    "measures",
    [
        [note("C5", 8) + note("D5", 8) + barline("right"), note("E5")],
        [note("C5", 8) + note("D5", 8) + barline(""), note("E5")],
        [note("C5", 8) + note("D5", 8), barline("left") + note("E5")],
        [
            note("C5", 8) + note("D5", 8) + barline("right", "<repeat direction='backward'/>"),
            barline("left") + note("E5"),
        ],
        [note("C5", 8) + note("D5", 8) + barline("middle") + note("E5", 8)],
        [note("C5", 8) + note("D5", 8, FERMATA) + barline("right"), note("E5")],
    ],
    ids=["right", "by default right", "left", "at a repeat", "middle", "on the note too"],
)
def test_a_fermata_on_a_barline_holds_the_note_before_it(
    tmp_path: Path, measures: list[str]
) -> None:
    [part] = read_parts(tmp_path, [attributes() + measures[0], *measures[1:]])
    assert part.fermatas == ((8, 16),)


def test_a_fermata_on_a_barline_holds_all_voices_that_end_there(tmp_path: Path) -> None:
    low = note("C4", 4, voice=2) + note("E4", 12, voice=2)
    measure = attributes() + note("C5", 8) + note("D5", 8) + BACK + low + barline("right")
    upper, lower = read_parts(tmp_path, [measure])
    assert (upper.fermatas, lower.fermatas) == (((8, 16),), ((4, 16),))


# Tempo


@pytest.mark.parametrize(
    ("text", "tempo"),
    [
        ("c. 72", 72),
        ("ca.72", 72),
        ("circa 72", 72),
        ("72 ca", 72),
        ("(72)", 72),
        ("60-66", 63),
        ("60 \u2013 66", 63),
        ("c. 60 to 70", 65),
        ("72,5", 72.5),
        ("72.5", 72.5),
    ],
)
def test_a_tempo_in_words_is_its_number_or_the_middle_of_two(
    tmp_path: Path, text: str, tempo: float
) -> None:
    mark = f"<metronome><beat-unit>quarter</beat-unit><per-minute>{text}</per-minute></metronome>"
    direction = f"<direction><direction-type>{mark}</direction-type></direction>"
    reading = read(tmp_path, [attributes() + direction + note("C5")])
    assert reading.facts.tempo_qpm == tempo
    notices = [] if text == "72.5" else [f'tempo "{text}" read as {tempo:g}']
    assert [notice for notice in reading.change_notices if "tempo" in notice] == notices


def test_a_tempo_without_a_number_stays_unknown(tmp_path: Path) -> None:
    mark = "<metronome><beat-unit>quarter</beat-unit><per-minute>slow</per-minute></metronome>"
    direction = f"<direction><direction-type>{mark}</direction-type></direction>"
    assert read(tmp_path, [attributes() + direction + note("C5")]).facts.tempo_qpm is None
