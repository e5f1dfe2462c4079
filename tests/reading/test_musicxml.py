"""MusicXML files as parts and chorales."""

import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from scores import (
    FERMATA,
    FOUR_FOUR,
    PITCHES,
    THREE_FOUR,
    attributes,
    note,
    pitch,
    quartet,
    score,
    tied,
    write,
)

from chorale.errors import ReadingError
from chorale.music import REST, Key, Metre, notes
from chorale.music.annotations import Repeat
from chorale.reading import read_chorale, read_music, read_score
from chorale.reading.facts import COMPOSED_BY_CHORALE
from chorale.reading.musicxml import read_musicxml
from chorale.reading.parts import Part


def test_ties_become_holds_and_repeated_notes_onsets(tmp_path: Path) -> None:
    soprano = [
        attributes() + note("C5", 4) + note("C5", 4) + tied("C5", 8, "start"),
        tied("C5", 4, "stop") + note("C5", 12),
    ]
    chorale = read_chorale(write(tmp_path, quartet(soprano)))
    assert [(n.onset_step, n.length_steps) for n in notes(chorale, 0)] == [
        (0, 4),
        (4, 4),
        (8, 12),
        (20, 12),
    ]


def test_a_note_tied_to_nothing_is_an_onset(tmp_path: Path) -> None:
    soprano = [attributes() + note("B4", 8) + tied("C5", 8, "stop")]
    chorale = read_chorale(write(tmp_path, quartet(soprano)))
    assert [n.pitch for n in notes(chorale, 0)] == [71, 72]


def test_a_step_is_under_a_fermata_while_a_note_with_one_sounds_in_any_voice(
    tmp_path: Path,
) -> None:
    soprano = [attributes() + note("C5", 4) + note("D5", 4, FERMATA) + note("E5", 8)]
    alto = [attributes() + note("G4", 6) + note("F4", 2, FERMATA) + note("G4", 8)]
    rest = [attributes() + note("C4")]
    chorale = read_chorale(write(tmp_path, score(soprano, alto, rest, rest)))
    assert chorale.plan.fermatas is not None
    assert np.flatnonzero(chorale.plan.fermatas).tolist() == [4, 5, 6, 7]


RESTING = note("rest", 4, FERMATA)


@pytest.mark.parametrize(
    ("measures", "fermatas"),
    [
        ([note("C5", 12) + RESTING, note("D5")], ((0, 16),)),
        ([note("C5", 8) + note("rest", 4) + RESTING], ((0, 16),)),
        ([RESTING + note("C5", 12)], ((0, 4),)),
        ([note("C5"), note("rest"), RESTING + note("D5", 12)], ((32, 36),)),
    ],
    ids=["after a note", "after a rest", "at the beginning", "after a silent bar"],
)
def test_a_fermata_on_a_rest_holds_the_rest_and_the_note_before_it(
    tmp_path: Path, measures: list[str], fermatas: tuple[tuple[int, int], ...]
) -> None:
    [part] = read(tmp_path, score([attributes() + measures[0], *measures[1:]]))
    assert part.fermatas == fermatas


def test_a_file_without_any_fermata_leaves_them_unknown(tmp_path: Path) -> None:
    assert read_chorale(write(tmp_path, quartet([attributes() + note("C5")]))).plan.fermatas is None


def test_grace_notes_and_chord_symbols_are_dropped(tmp_path: Path) -> None:
    grace = f"<note><grace/>{pitch('D5')}<voice>1</voice><type>eighth</type></note>"
    symbol = "<harmony><root><root-step>A</root-step></root><kind>major</kind></harmony>"
    chorale = read_chorale(
        write(tmp_path, quartet([attributes() + symbol + grace + note("C5", 16)]))
    )
    assert [(n.pitch, n.length_steps) for n in notes(chorale, 0)] == [(72, 16)]


def test_of_a_chord_the_soprano_keeps_the_top_and_the_bass_the_bottom(tmp_path: Path) -> None:
    chord = [attributes() + note("C4") + note("E4", 16, before="<chord/>")]
    chorale = read_chorale(write(tmp_path, score(chord, chord, chord, chord)))
    assert tuple(chorale.pitches[0]) == (64, 64, 64, 60)


def test_off_grid_notes_go_to_the_nearest_step(tmp_path: Path) -> None:
    divided = attributes().replace("<divisions>4", "<divisions>8")
    ornament = divided + note("C5", 6) + note("D5", 1) + note("E5", 1) + note("F5", 24)
    chorale = read_chorale(write(tmp_path, quartet([ornament])))
    assert [(n.pitch, n.onset_step) for n in notes(chorale, 0)] == [(72, 0), (74, 3), (77, 4)]


@pytest.mark.parametrize(
    ("marked", "tempo"),
    [
        ("<metronome><beat-unit>quarter</beat-unit><per-minute>72</per-minute></metronome>", 72.0),
        ("<metronome><beat-unit>half</beat-unit><per-minute>50</per-minute></metronome>", 100.0),
        ("<words>Allegro</words>", None),
        ("<words>Andante</words></direction-type><sound tempo='66'/><direction-type>", 66.0),
    ],
)
def test_the_tempo_is_that_of_the_beginning(
    tmp_path: Path, marked: str, tempo: float | None
) -> None:
    direction = f"<direction><direction-type>{marked}</direction-type></direction>"
    text = quartet([attributes() + direction + note("C5")])
    assert read_music(write(tmp_path, text)).facts.tempo_qpm == tempo


def test_a_note_moved_by_a_fifth_of_a_step_has_a_notice(tmp_path: Path) -> None:
    in_fifths = attributes().replace("<divisions>4", "<divisions>5")
    path = write(tmp_path, score([in_fifths + note("C5", 1) + note("D5", 19)]))
    reading = read_music(path)
    notice = "1 note moved to the nearest sixteenth, by at most 0.20 of a sixteenth"
    assert notice in reading.change_notices


def test_a_short_first_measure_is_the_pickup(tmp_path: Path) -> None:
    soprano = [attributes() + note("C5", 4), note("D5"), note("E5"), note("F5", 12)]
    plan = read_chorale(write(tmp_path, quartet(soprano))).plan
    assert (plan.metre, plan.pickup_steps, plan.length_steps) == (Metre(4, 4), 4, 48)


def test_a_bar_divided_by_a_repeat_sign_is_regular(tmp_path: Path) -> None:
    soprano = [attributes() + note("C5", 4), note("D5"), note("E5", 12), note("F5", 4), note("G5")]
    plan = read_chorale(write(tmp_path, quartet(soprano))).plan
    assert (plan.metre, plan.pickup_steps) == (Metre(4, 4), 4)


@pytest.mark.parametrize(
    ("lengths", "early"),
    [
        ([4, 16, 16, 12, 12, 4, 16, 12], (48,)),
        ([4, 16, 16, 12, 16, 16], (48,)),
        ([4, 16, 12, 4, 16, 12], ()),
        ([16, 16, 4, 16, 12], (36,)),
    ],
    ids=["endings", "a refrain", "a divided bar", "a pickup after a full bar"],
)
def test_a_bar_that_is_not_full_is_no_change_of_metre(
    tmp_path: Path, lengths: list[int], early: tuple[int, ...]
) -> None:
    bars = [note("C5", length) for length in lengths]
    plan = read_music(write(tmp_path, score([attributes() + bars[0], *bars[1:]]))).chorale.plan
    pickup = lengths[0] % 16
    assert (plan.metre, plan.pickup_steps, plan.early_downbeats) == (Metre(4, 4), pickup, early)


@pytest.mark.parametrize(
    "soprano",
    [
        [attributes() + note("C5"), attributes(THREE_FOUR) + note("D5", 12), note("E5", 12)],
        [attributes() + note("C5"), note("D5", 6), note("E5"), note("F5")],
        [attributes("") + note("C5"), note("D5")],
    ],
    ids=["it changes", "bars are irregular", "there is none"],
)
def test_the_metre_is_unknown_if(tmp_path: Path, soprano: list[str]) -> None:
    plan = read_chorale(write(tmp_path, quartet(soprano, ""))).plan
    assert (plan.metre, plan.pickup_steps) == (None, 0)


@pytest.mark.parametrize(
    ("signature", "bass", "key"),
    [
        ("<key><fifths>-2</fifths><mode>minor</mode></key>", "C3", Key(7, "minor")),
        ("<key><fifths>-2</fifths><mode>major</mode></key>", "G3", Key(10, "major")),
        ("<key><fifths>0</fifths></key>", "C3", Key(0, "major")),
        ("<key><fifths>0</fifths></key>", "A3", Key(9, "minor")),
        ("<key><fifths>-1</fifths><mode>dorian</mode></key>", "G3", Key(7, "dorian")),
        ("<key><fifths>0</fifths></key>", "F3", None),
        ("", "C3", None),
    ],
)
def test_the_key_is_the_written_one_or_inferred_from_the_close(
    tmp_path: Path, signature: str, bass: str, key: Key | None
) -> None:
    soprano = [attributes(signature + FOUR_FOUR) + note("C5")]
    assert read_chorale(write(tmp_path, quartet(soprano, bass=bass))).plan.key == key


def test_a_key_that_changes_is_unknown(tmp_path: Path) -> None:
    soprano = [
        attributes("<key><fifths>0</fifths></key>") + note("C5"),
        attributes("<key><fifths>1</fifths></key>") + note("D5"),
    ]
    assert read_chorale(write(tmp_path, quartet(soprano))).plan.key is None


def test_four_of_more_parts_are_found_by_their_names(tmp_path: Path) -> None:
    names = (
        "Horn",
        "Soprano 1",
        "Soprano 2",
        "Alto&#13;Violin 2",
        "Tenor",
        "Bass Continuo",
        "Bass",
    )
    lines = [[attributes() + note(f"{step}4")] for step in "CDEFGAB"]
    chorale = read_chorale(write(tmp_path, score(*lines, names=names)))
    assert tuple(chorale.pitches[0]) == (62, 65, 67, 71)


BACK = "<backup><duration>16</duration></backup>"
UNISON = "1 single note read as a unison of voices (bar 2, beat 1)"
BOTH = note("G4") + BACK + note("D4", voice=2)


def chord(high: str, low: str) -> str:
    return note(high) + note(low, before="<chord/>")


@pytest.mark.parametrize(
    ("bar", "lower", "notices"),
    [
        (note("A4"), [62, 69, 62], (UNISON,)),
        (note("A4") + BACK + note("rest", voice=2), [62, 62], ()),
        (chord("A4", "E4"), [62, 64, 62], ()),
        (chord("E4", "A4"), [62, 64, 62], ()),
    ],
    ids=["unison", "rest", "chord", "chord from below"],
)
def test_a_voice_that_is_absent_in_a_bar_moves_with_the_other_one(
    tmp_path: Path, bar: str, lower: list[int], notices: tuple[str, ...]
) -> None:
    reading = read_music(write(tmp_path, score([attributes() + BOTH, bar, BOTH])))
    assert [n.pitch for n in notes(reading.chorale, 3)] == lower
    assert len(notes(reading.chorale, 0)) == 3
    assert reading.change_notices == notices


def test_a_voice_for_the_lower_notes_of_two_bars_only_is_read_with_chords(tmp_path: Path) -> None:
    moving = note("A4") + BACK + note("E4", 8, voice=2) + note("D4", 8, voice=2)
    bars = [attributes() + chord("G4", "D4"), moving, chord("G4", "D4")]
    chorale = read_music(write(tmp_path, score(bars))).chorale
    assert [n.pitch for n in notes(chorale, 0)] == [67, 69, 67]
    assert [n.pitch for n in notes(chorale, 3)] == [62, 64, 62, 62]


def test_staves_named_after_several_voices_are_separated_beside_others(tmp_path: Path) -> None:
    piano = attributes() + note("C5") + note("G4", before="<chord/>")
    women, men = attributes() + BOTH, attributes() + BOTH.replace(">4<", ">3<")
    text = score([women], [men], [piano], [piano], names=("Women", "Men", "Piano", "Piano"))
    reading = read_music(write(tmp_path, text))
    assert tuple(reading.chorale.pitches[0]) == (67, 62, 55, 50)
    assert reading.notices == ["left out: Piano"]


def test_two_staves_of_two_voices_each_are_four_parts(tmp_path: Path) -> None:
    def staff(high: str, low: str) -> list[str]:
        back = "<backup><duration>16</duration></backup>"
        key = "<key><fifths>0</fifths><mode>major</mode></key>"
        return [
            attributes(key + FOUR_FOUR) + note(high) + back + note(low, voice=2),
            note(high) + back + note(low, 8, voice=2) + note(low, 8, voice=2),
        ]

    chorale = read_chorale(write(tmp_path, score(staff("C5", "G4"), staff("E4", "C3"))))
    assert [tuple(frame) for frame in chorale.pitches] == [(72, 67, 64, 48)] * 32
    assert [len(notes(chorale, voice)) for voice in range(4)] == [2, 3, 2, 3]
    assert (chorale.plan.metre, chorale.plan.key) == (Metre(4, 4), Key(0, "major"))


def test_a_transposing_part_is_read_as_it_sounds(tmp_path: Path) -> None:
    octave_up = (
        "<transpose><diatonic>0</diatonic><chromatic>0</chromatic>"
        "<octave-change>-1</octave-change></transpose>"
    )
    parts = [[attributes() + note(name)] for name in PITCHES]
    parts[2] = [attributes(FOUR_FOUR + octave_up) + note("E5")]
    assert tuple(read_chorale(write(tmp_path, score(*parts))).pitches[0]) == (72, 67, 64, 48)


def test_drums_without_pitch_are_left_out(tmp_path: Path) -> None:
    drum = (
        "<note><unpitched><display-step>E</display-step><display-octave>4</display-octave>"
        "</unpitched><duration>16</duration><voice>1</voice></note>"
    )
    parts = [[attributes() + note(name)] for name in PITCHES]
    chorale = read_chorale(write(tmp_path, score(*parts, [attributes() + drum])))
    assert tuple(chorale.pitches[0]) == (72, 67, 64, 48)


def test_repeats_are_not_played_out(tmp_path: Path) -> None:
    repeat = "<barline location='right'><repeat direction='backward'/></barline>"
    chorale = read_chorale(write(tmp_path, quartet([attributes() + note("C5") + repeat])))
    assert chorale.plan.length_steps == 16


def test_rests_at_the_end_are_cut_and_those_before_kept(tmp_path: Path) -> None:
    lines = [[attributes() + note("rest"), note(name), note("rest")] for name in PITCHES]
    chorale = read_chorale(write(tmp_path, score(*lines)))
    assert chorale.plan.length_steps == 32
    assert (chorale.pitches[:16] == REST).all()


def test_a_compressed_file_reads_as_the_plain_one(tmp_path: Path) -> None:
    text = quartet([attributes() + note("C5")])
    plain = write(tmp_path, text)
    packed = tmp_path / "made.mxl"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(
            "META-INF/container.xml",
            "<container><rootfiles><rootfile full-path='made.xml'/></rootfiles></container>",
        )
        archive.writestr("made.xml", text)
    np.testing.assert_array_equal(read_chorale(packed).pitches, read_chorale(plain).pitches)


def test_three_parts_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, score(*([attributes() + note("C4")] for _ in range(3))))
    with pytest.raises(ReadingError, match=r"has 3 parts with notes \(P0, P1, P2\)"):
        read_chorale(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(tmp_path: Path, share: float) -> None:
    text = quartet([attributes() + note("C5")])
    path = write(tmp_path, text[: int(share * len(text))])
    with pytest.raises(ReadingError, match=r"made\.musicxml cannot be read as MusicXML"):
        read_chorale(path)


def test_a_note_out_of_range_is_refused(tmp_path: Path) -> None:
    soprano = [attributes() + note("C5").replace("<octave>5", "<octave>19")]
    with pytest.raises(
        ReadingError, match=r"MIDI note 240 is out of range \(0 to 127\); the file may be damaged"
    ):
        read_chorale(write(tmp_path, quartet(soprano)))


def test_a_music21_score_reads_like_its_file() -> None:
    from music21 import note as m21_note
    from music21 import stream

    parts = []
    for name in PITCHES:
        part = stream.Part()
        part.append(m21_note.Note(name, quarterLength=4))
        parts.append(part)
    chorale = read_score(stream.Score(parts), "made here")
    assert tuple(chorale.pitches[0]) == (72, 67, 64, 48)
    assert chorale.source == "made here"
    assert chorale.plan.metre is None


# Title, comments, ornaments, key, metre and tempo


def read(folder: Path, text: str) -> list[Part]:
    return read_musicxml(write(folder, text))


def comments(*texts: str) -> str:
    fields = "".join(
        f"<miscellaneous-field name='comment {number:02}'>{text}</miscellaneous-field>"
        for number, text in enumerate(texts, start=1)
    )
    other = "<miscellaneous-field name='x'>y</miscellaneous-field>"
    return f"<miscellaneous>{fields}{other}</miscellaneous>"


def identified(text: str, title: str = "", more: str = "") -> str:
    """Add a title and an identification to a score."""
    named = f"<work><work-title>{title}</work-title></work>" if title else ""
    return text.replace("<part-list>", f"{named}<identification>{more}</identification><part-list>")


LINE = score([attributes() + note("C5")])


def test_title_composer_and_our_own_comments_are_read(tmp_path: Path) -> None:
    composer = "<creator type='composer'>L. Bourgeois</creator>"
    text = identified(LINE, "Old Hundredth", composer + comments(COMPOSED_BY_CHORALE, "seed 1"))
    [part] = read(tmp_path, text)
    assert (part.facts.title, part.facts.composer) == ("Old Hundredth", "L. Bourgeois")
    assert part.facts.comments == (COMPOSED_BY_CHORALE, "seed 1")


@pytest.mark.parametrize("title", ["", "made.musicxml"])
def test_a_file_without_title_and_composer_has_none(tmp_path: Path, title: str) -> None:
    [part] = read(tmp_path, identified(LINE, title))
    assert (part.facts.title, part.facts.composer, part.facts.comments) == (None, None, ())


def test_the_comments_of_others_are_not_read(tmp_path: Path) -> None:
    [part] = read(tmp_path, identified(LINE, more=comments("seed 1", COMPOSED_BY_CHORALE)))
    assert part.facts.comments == ()


def test_whatever_is_left_out_of_a_part_is_reported(tmp_path: Path) -> None:
    grace = f"<note><grace/>{pitch('D5')}<voice>1</voice><type>eighth</type></note>"
    trill = "<notations><ornaments><trill-mark/></ornaments><slur type='start'/></notations>"
    full = attributes() + (grace + note("C5", 8, trill)) * 2
    decorated, plain = read(tmp_path, score([full], [attributes() + note("C4")]))
    assert (decorated.ornaments, decorated.annotations.left_out) == (4, (("slur", 2),))
    assert (plain.ornaments, plain.annotations.left_out) == (0, ())


def test_a_repeat_at_the_start_of_a_measure_is_found_beside_a_barline_at_its_end(
    tmp_path: Path,
) -> None:
    begins = "<barline location='left'><repeat direction='forward'/></barline>"
    ends = "<barline location='right'><bar-style>light-light</bar-style></barline>"
    repeats = "<barline><repeat direction='backward'/></barline>"
    bars = [attributes() + note("C5"), begins + note("C5") + ends, note("C5") + repeats]
    chorale = read_music(write(tmp_path, score(bars))).chorale
    assert chorale.annotations.repeats == (Repeat(16, 48),)


def test_chord_symbols_are_not_notes(tmp_path: Path) -> None:
    symbol = "<harmony><root><root-step>A</root-step></root><kind>major</kind></harmony>"
    [part] = read(tmp_path, score([attributes() + symbol + note("C5")]))
    assert [note.pitch for note in part.notes] == [72]


def test_voices_of_a_staff_are_parts_only_where_there_are_one_or_two_staves(
    tmp_path: Path,
) -> None:
    back = "<backup><duration>16</duration></backup>"
    staves = [
        [attributes() + note(high) + back + note(low, voice=2)]
        for high, low in (("C5", "G4"), ("E4", "C4"), ("G3", "C3"))
    ]
    assert len(read(tmp_path, score(*staves[:2]))) == 4
    assert len(read(tmp_path, score(*staves))) == 3


def test_a_note_tied_twice_and_the_notes_of_a_tied_chord_are_one_each(tmp_path: Path) -> None:
    both = "<tie type='stop'/><tie type='start'/>"
    signs = "<notations><tied type='stop'/><tied type='start'/></notations>"
    middle = f"<note>{pitch('C5')}<duration>4</duration>{both}<voice>1</voice>{signs}</note>"
    twice = attributes() + tied("C5", 4, "start") + middle + tied("C5", 8, "stop")
    [part] = read(tmp_path, score([twice]))
    assert [(note.start, note.end) for note in part.notes] == [(0, 16)]
    high, low = (
        tied("E5", 8, kind) + tied("C5", 8, kind).replace("<note>", "<note><chord/>")
        for kind in ("start", "stop")
    )
    [part] = read(tmp_path, score([attributes() + high + low]))
    assert sorted((note.pitch, note.start, note.end) for note in part.notes) == [
        (72, 0, 16),
        (76, 0, 16),
    ]


def test_changes_of_key_and_metre_are_reported(tmp_path: Path) -> None:
    sharper = "<key><fifths>1</fifths></key>"
    first = attributes("<key><fifths>0</fifths></key>" + FOUR_FOUR) + note("C5")
    [part] = read(tmp_path, score([first, attributes(sharper + THREE_FOUR) + note("D5", 12)]))
    assert part.facts.changes == ("metre", "key")


def test_changes_of_the_key_signature_are_counted_with_their_bars(tmp_path: Path) -> None:
    flats, sharp, none = (
        attributes(f"<key><fifths>{sharps}</fifths></key>") for sharps in (-3, 1, 0)
    )
    one = score([flats + note("C5"), flats + note("C5"), none + note("C5")])
    notice = "1 change of key signature not kept (bar 3: 3 flats to none)"
    assert notice in read_music(write(tmp_path, one)).change_notices
    bars = [each + note("C5") for each in (none, sharp, flats, none, sharp)]
    shown = "bar 2: none to 1 sharp; bar 3: 1 sharp to 3 flats; bar 4: 3 flats to none; and 1 more"
    for part in read(tmp_path, score(bars, bars)):
        assert part.notices == (f"4 changes of key signature not kept ({shown})",)


def test_a_key_signature_of_two_voices_on_a_staff_changes_once(tmp_path: Path) -> None:
    back = "<backup><duration>16</duration></backup>"
    voices = note("C5") + back + note("G4", voice=2)
    flat, none = (attributes(f"<key><fifths>{sharps}</fifths></key>") for sharps in (-1, 0))
    reading = read_music(write(tmp_path, score([flat + voices, voices, none + voices])))
    assert reading.change_notices == ("1 change of key signature not kept (bar 3: 1 flat to none)",)


def test_notes_between_the_semitones_are_reported(tmp_path: Path) -> None:
    quarter_tones = note("C#5", 8).replace("<alter>1<", "<alter>0.5<") + note("D#5", 8)
    reading = read_music(write(tmp_path, score([attributes() + quarter_tones])))
    assert reading.change_notices == ("1 note between the semitones moved to the nearest",)
    assert [each.pitch for each in notes(reading.chorale, 0)] == [72, 75]


@pytest.mark.parametrize(
    "measures",
    [
        [attributes("<time><beats>4</beats><beat-type>64</beat-type></time>") + note("C5", 1)],
        [attributes() + note("C5"), note("C5"), note("C5", 10), note("C5"), note("C5")],
    ],
    ids=["off the grid", "bars are irregular"],
)
def test_an_unusable_metre_is_reported_as_changing(tmp_path: Path, measures: list[str]) -> None:
    [part] = read(tmp_path, score(measures))
    assert (part.facts.metre, part.facts.changes) == (None, ("metre",))


@pytest.mark.parametrize(
    ("lengths", "pickup"), [((16,), 0), ((4, 16), 4), ((4, 16, 16), 4), ((16, 16), 0)]
)
def test_the_pickup_is_the_length_of_a_short_first_bar(
    tmp_path: Path, lengths: tuple[int, ...], pickup: int
) -> None:
    bars = [note("C5", length) for length in lengths]
    [part] = read(tmp_path, score([attributes() + bars[0], *bars[1:]]))
    assert (part.facts.metre, part.facts.pickup_steps) == (Metre(4, 4), pickup)


def tempo(quarters: int) -> str:
    return (
        "<direction><direction-type><metronome><beat-unit>quarter</beat-unit>"
        f"<per-minute>{quarters}</per-minute></metronome></direction-type></direction>"
    )


def test_the_tempo_is_that_of_the_beginning_in_whichever_part(tmp_path: Path) -> None:
    later = [attributes() + note("C5", 2) + tempo(90) + note("D5", 14)]
    first = [attributes() + tempo(60) + note("C4")]
    assert read(tmp_path, score(later))[0].facts.tempo_qpm is None
    assert [part.facts.tempo_qpm for part in read(tmp_path, score(later, first))] == [60, 60]


def test_programs_are_those_that_the_file_states(tmp_path: Path) -> None:
    def instrument(inside: str) -> str:
        return f"<midi-instrument id='I'>{inside}</midi-instrument></score-part>"

    path = tmp_path / "a.musicxml"
    text = quartet([attributes() + note("C5")])
    path.write_text(text)
    assert read_musicxml(path)[0].facts.programs == ()
    for inside in (
        "<midi-channel>1</midi-channel><midi-program>53</midi-program>",
        "<midi-program>20</midi-program>",
        "<midi-program>129</midi-program>",
        "<midi-program>1</midi-program><midi-unpitched>37</midi-unpitched>",
    ):
        text = re.sub(
            r"</part-name></score-part>", f"</part-name>{instrument(inside)}", text, count=1
        )
    path.write_text(text)
    assert [part.facts.programs for part in read_musicxml(path)] == 4 * [(19, 52)]


def test_the_error_about_a_damaged_file_states_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as caught:
        read(tmp_path, LINE[:-40])
    path = tmp_path / "made.musicxml"
    assert re.fullmatch(
        rf"{path} cannot be read as MusicXML \(unclosed token: line \d+, column \d+\); "
        "export it again from your score editor, or as MIDI",
        str(caught.value),
    )


def test_a_part_without_a_name_has_none(tmp_path: Path) -> None:
    [part] = read(tmp_path, score([attributes() + note("C5")], names=("",)))
    assert part.name == ""
