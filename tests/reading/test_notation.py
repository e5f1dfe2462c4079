"""Annotations of MusicXML files."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from scores import (
    FOUR_FOUR,
    attributes,
    barline,
    direction,
    lyric,
    note,
    pitch,
    quartet,
    score,
    tied,
    words,
    write,
)

from chorale.music import Annotations
from chorale.music.annotations import (
    BassFigure,
    BassFigures,
    ChordSymbol,
    Ending,
    Mark,
    MarkKind,
    Repeat,
    Syllable,
)
from chorale.reading import Reading, read_music

BACK = "<backup><duration>16</duration></backup>"
EXTEND = "<extend/>"
FORWARD, BACKWARD = "<repeat direction='forward'/>", "<repeat direction='backward'/>"
CHORD = "<chord/>"


def read(folder: Path, *parts: list[str], names: tuple[str, ...] = ()) -> Reading:
    return read_music(write(folder, score(*parts, names=names)))


def annotations(folder: Path, *parts: list[str]) -> Annotations:
    return read(folder, *parts).chorale.annotations


def bars(*measures: str) -> list[str]:
    return [attributes() + measures[0], *measures[1:]]


def sung(voice: int, verse: int, found: Annotations) -> str:
    """Return the words of a voice and verse, with their steps, hyphens and extenders."""
    return " ".join(
        f"{each.step}:{each.text}{'-' * each.hyphen}{'_' * each.extender}"
        for each in found.syllables
        if (each.voice, each.verse) == (voice, verse)
    )


# Words


def test_three_verses_on_two_staves_stay_under_their_notes(tmp_path: Path) -> None:
    def verses(*texts: str) -> str:
        """Return lyrics; "-" after a text is a hyphen, "_" an extender."""
        return "".join(
            lyric(
                text.strip("-_"),
                verse,
                {"-": "begin", "_": "end"}.get(text[-1], "single"),
                EXTEND if text.endswith("_") else "",
            )
            for verse, text in enumerate(texts, start=1)
        )

    upper = [
        note("C5", 8, verses("Praise", "A-", "Glo-")) + note("D5", 4, verses("to", "men_", "ry"))
        + note("E5", 4) + BACK + note("G4", 16, voice=2),
        note("F5", 16, verses("God", "so", "be_")) + BACK + note("A4", 16, voice=2),
    ]  # fmt: skip
    lower = [
        note("E4", 16) + BACK + note("C3", 16, verses("Bless-", "Him", "ye_"), voice=2),
        note("F4", 16) + BACK + note("F3", 16, verses("ed", "all", "saints"), voice=2),
    ]
    reading = read(tmp_path, bars(*upper), bars(*lower))
    found = reading.chorale.annotations
    assert [sung(0, verse, found) for verse in (1, 2, 3)] == [
        "0:Praise 8:to 16:God",
        "0:A- 8:men_ 16:so",
        "0:Glo- 8:ry 16:be_",
    ]
    assert [sung(3, verse, found) for verse in (1, 2, 3)] == [
        "0:Bless- 16:ed",
        "0:Him 16:all",
        "0:ye_ 16:saints",
    ]
    assert len(found.syllables) == 15
    assert reading.notices == ["4 lines, read in order as soprano, alto, tenor and bass"]


def test_words_of_a_chord_are_those_of_its_highest_note(tmp_path: Path) -> None:
    chords = note("E4", 8, lyric("one")) + note("G4", 8, before=CHORD)
    chords += note("F4", 8, lyric("two")) + note("A4", 8, before=CHORD)
    found = annotations(tmp_path, bars(chords))
    assert (sung(0, 1, found), sung(3, 1, found)) == ("0:one 8:two", "")


def test_words_stay_with_their_voice_in_a_unison(tmp_path: Path) -> None:
    high = note("G4", 8, lyric("high")) + note("F4", 8, lyric("same"))
    low = note("E4", 8, lyric("low"), voice=2) + note("F4", 8, lyric("other"), voice=2)
    both = annotations(tmp_path, bars(high + BACK + low))
    assert (sung(0, 1, both), sung(3, 1, both)) == ("0:high 8:same", "0:low 8:other")
    silent = note("G4", 8) + note("F4", 8)
    lower = annotations(tmp_path, bars(silent + BACK + low))
    assert (sung(0, 1, lower), sung(3, 1, lower)) == ("", "0:low 8:other")


def test_words_under_a_single_note_of_two_voices_are_those_of_the_upper_one(tmp_path: Path) -> None:
    both = note("G4", 16, lyric("two")) + BACK + note("E4", voice=2)
    found = annotations(tmp_path, bars(both, note("F4", 16, lyric("one")), both))
    assert (sung(0, 1, found), sung(3, 1, found)) == ("0:two 16:one 32:two", "")


def test_words_that_no_note_has_are_counted(tmp_path: Path) -> None:
    grace = f"<note><grace/>{pitch('D5')}<voice>1</voice>{lyric('grace')}</note>"
    held = tied("C5", 4, "stop").replace("</note>", lyric("held") + "</note>")
    rest = note("rest", 4, lyric("rest"))
    measure = grace + note("D5", 4) + tied("C5", 4, "start") + held + rest
    reading = read(tmp_path, bars(measure))
    assert reading.chorale.annotations.syllables == ()
    assert reading.left_out_notice == "3 syllables left out"


def test_words_under_a_note_that_was_moved_move_with_it(tmp_path: Path) -> None:
    third = "<divisions>3</divisions>"
    triplet = "".join(note(name, 1, lyric(name)) for name in ("C5", "D5", "E5"))
    text = score([f"<attributes>{third}{FOUR_FOUR}</attributes>" + triplet + note("F5", 9)])
    reading = read_music(write(tmp_path, text), approximate=True)
    assert sung(0, 1, reading.chorale.annotations) == "0:C5 1:D5 3:E5"


def test_words_of_a_chord_of_which_the_lowest_note_is_kept_are_kept(tmp_path: Path) -> None:
    line = bars(note("C3", 8, lyric("one")) + note("E3", 8, before=CHORD) + note("D3", 8))
    parts = [bars(note(name)) for name in ("C5", "G4", "E4")]
    text = score(*parts, line, names=("Soprano", "Alto", "Tenor", "Bass"))
    reading = read_music(write(tmp_path, text), approximate=True)
    assert reading.chorale.pitches[0].tolist() == [72, 67, 64, 48]
    assert sung(3, 1, reading.chorale.annotations) == "0:one"


# Repeats


def test_voltas_after_a_pickup_begin_and_end_at_their_barlines(tmp_path: Path) -> None:
    first = barline("<ending number='1' type='start'/>", "left") + note("E5", 12)
    first += barline("<ending number='1' type='stop'/>" + BACKWARD)
    second = barline("<ending number='2' type='start'/>", "left") + note("F5", 12)
    second += barline("<ending number='2' type='discontinue'/>")
    found = annotations(tmp_path, bars(note("C5", 4), note("D5"), first, second))
    assert found.repeats == (Repeat(0, 32),)
    assert found.endings == (Ending(20, 32, (1,)), Ending(32, 44, (2,)))


def test_a_bar_divided_by_repeat_signs_ends_one_section_and_begins_another(tmp_path: Path) -> None:
    end, start = barline(BACKWARD), barline(FORWARD, "left")
    parts = [
        bars(note(name, 4), note(name), note(name, 12) + end, start + note(name, 4), note(name, 12))
        for name in ("C5", "G4")
    ]
    parts[0][4] += barline("<repeat direction='backward' times='3'/>")
    assert annotations(tmp_path, *parts).repeats == (Repeat(0, 32), Repeat(32, 48, 3))


@pytest.mark.parametrize("times", ["x", "-1"])
def test_times_that_are_no_number_are_two(tmp_path: Path, times: str) -> None:
    end = barline(f"<repeat direction='backward' times='{times}'/>")
    [repeat] = annotations(tmp_path, bars(note("C5") + end)).repeats
    assert repeat.times == 2


def test_an_ending_of_two_passes_makes_the_section_sound_three_times(tmp_path: Path) -> None:
    first = barline("<ending number='1, 2' type='start'/>", "left") + note("E5")
    first += barline("<ending number='1, 2' type='stop'/>" + BACKWARD)
    last = barline("<ending number=' ' type='start'/>", "left") + note("F5")
    found = annotations(tmp_path, bars(note("C5"), first, last))
    assert found.repeats == (Repeat(0, 32, 3),)
    assert found.endings == (Ending(16, 32, (1, 2)), Ending(32, 48, (3,)))


def test_a_repeat_sign_inside_a_measure_stands_at_its_step(tmp_path: Path) -> None:
    measure = note("C5", 8) + barline(BACKWARD + FORWARD, "middle") + note("D5", 8)
    found = annotations(tmp_path, bars(measure + barline(BACKWARD)))
    assert found.repeats == (Repeat(0, 8), Repeat(8, 16))


def test_a_repeat_that_does_not_end_is_counted(tmp_path: Path) -> None:
    reading = read(tmp_path, bars(note("C5"), barline(FORWARD, "left") + note("D5")))
    assert reading.chorale.annotations.repeats == ()
    assert reading.left_out_notice == "1 repeat sign left out"


def test_repeats_end_with_the_last_note(tmp_path: Path) -> None:
    ending = "<ending number='1' type='{}'/>"
    last = note("D5", 4) + note("rest", 12) + barline(ending.format("stop") + BACKWARD)
    found = annotations(tmp_path, bars(note("C5"), barline(ending.format("start"), "left") + last))
    assert (found.repeats, found.endings) == ((Repeat(0, 20),), (Ending(16, 20, (1,)),))


# Chord symbols


def harmony(inside: str, more: str = "") -> str:
    return f"<harmony><root><root-step>G</root-step></root>{inside}{more}</harmony>"


def test_chord_symbols_stand_at_their_steps(tmp_path: Path) -> None:
    bass = "<bass><bass-step>B</bass-step><bass-alter>-1</bass-alter></bass>"
    degree = (
        "<degree><degree-value>9</degree-value><degree-alter>1</degree-alter>"
        "<degree-type>add</degree-type></degree>"
    )
    measure = harmony("<kind text='7'>dominant</kind>", bass + degree) + note("D5", 8)
    measure += harmony("<kind>minor</kind>", "<offset>4</offset>") + note("E5", 8)
    found = annotations(tmp_path, bars(note("C5"), measure))
    assert found.chord_symbols == (
        ChordSymbol(16, ("G", 0), "dominant", "7", ("B", -1), (("add", 9, 1),)),
        ChordSymbol(28, ("G", 0), "minor"),
    )


def test_chord_symbols_are_those_of_the_first_part_that_has_any(tmp_path: Path) -> None:
    symbol, other = harmony("<kind>major</kind>"), harmony("<kind>minor</kind>")
    parts = [bars(note("C5")), bars(symbol + note("G4")), bars(other + note("C3"))]
    text = score(*parts, names=("Soprano", "Alto", "Bass"))
    path = write(tmp_path, text)
    for part, kind in ((None, "major"), ("Soprano", "major"), ("Bass", "minor")):
        reading = read_music(path, part)
        [found] = reading.chorale.annotations.chord_symbols
        assert found.kind == kind
        assert reading.left_out_notice == ("" if part else "1 chord symbol left out")


def test_no_chord_in_words_is_a_chord_symbol(tmp_path: Path) -> None:
    found = annotations(tmp_path, bars(words("N.C.") + note("C5")))
    assert (found.chord_symbols, found.marks) == ((ChordSymbol(0, None, "none", "N.C."),), ())


# Figures under a bass


def figured(*figures: tuple[str, str], duration: int = 0) -> str:
    """Return a figured-bass of signs and numbers, either of which may be empty."""
    inside = "".join(
        "<figure>"
        + (f"<prefix>{sign}</prefix>" if sign else "")
        + (f"<figure-number>{number}</figure-number>" if number else "")
        + "</figure>"
        for sign, number in figures
    )
    length = f"<duration>{duration}</duration>" if duration else ""
    return f"<figured-bass>{inside}{length}</figured-bass>"


def test_figures_stand_at_their_notes_and_change_while_one_is_held(tmp_path: Path) -> None:
    measure = figured(("", "6"), ("", "5")) + note("B2", 4) + note("C3", 4)
    measure += figured(("", "4"), duration=4) + figured(("", "3")) + note("G2", 8)
    found = annotations(tmp_path, bars(measure))
    assert found.bass_figures == (
        BassFigures(0, (BassFigure(6), BassFigure(5))),
        BassFigures(8, (BassFigure(4),)),
        BassFigures(12, (BassFigure(3),)),
    )


@pytest.mark.parametrize(
    ("fifths", "sign", "alter"),
    [(0, "sharp", 1), (0, "flat", -1), (-1, "natural", 1), (2, "natural", -1), (0, "slash", 1)],
)
def test_a_sign_alone_alters_the_third_relative_to_the_signature(
    tmp_path: Path, fifths: int, sign: str, alter: int
) -> None:
    measure = attributes(f"<key><fifths>{fifths}</fifths></key>") + figured((sign, ""))
    [found] = annotations(tmp_path, [measure + note("A2")]).bass_figures
    assert found.figures == (BassFigure(3, alter),)


@pytest.mark.parametrize("number", ["x", "99", "6" * 5000])
def test_figures_that_cannot_be_read_are_counted(tmp_path: Path, number: str) -> None:
    measure = figured(("", number)) + note("A2")
    assert "1 bass figure left out" in read(tmp_path, bars(measure)).left_out_notice


# Marks


def marks(folder: Path, *measures: str) -> Sequence[Mark]:
    return annotations(folder, bars(*measures)).marks


def test_dynamics_hairpins_and_words_belong_to_their_voice(tmp_path: Path) -> None:
    loud = direction("<dynamics><mf/></dynamics>") + words("dolce")
    wedge, stop = (direction(f"<wedge type='{kind}'/>") for kind in ("crescendo", "stop"))
    alto = bars(loud + note("G4", 8) + wedge + note("A4", 8), note("G4", 8) + stop + note("G4", 8))
    assert annotations(tmp_path, bars(note("C5"), note("C5")), alto).marks == (
        Mark("dynamic", 0, "mf", 3),
        Mark("words", 0, "dolce", 3),
        Mark("crescendo", 8, "", 3, 24),
    )


def test_a_mark_of_a_staff_belongs_to_its_upper_voice_or_to_the_voice_it_names(
    tmp_path: Path,
) -> None:
    quiet = direction("<dynamics><p/></dynamics>")
    low = direction("<dynamics><f/></dynamics>", "<voice>2</voice>")
    measure = quiet + note("G4") + BACK + low + note("E4", voice=2)
    assert marks(tmp_path, measure) == (Mark("dynamic", 0, "p", 0), Mark("dynamic", 0, "f", 3))


def test_a_hairpin_without_an_end_is_counted(tmp_path: Path) -> None:
    reading = read(tmp_path, bars(direction("<wedge type='diminuendo'/>") + note("C5")))
    assert reading.left_out_notice == "1 hairpin left out"


def test_breath_marks_and_caesuras_stand_at_the_end_of_their_note(tmp_path: Path) -> None:
    def marked(name: str) -> str:
        return f"<notations><articulations><{name}/></articulations></notations>"

    measure = note("C5", 4, marked("breath-mark")) + note("D5", 12, marked("caesura"))
    assert marks(tmp_path, measure) == (Mark("breath", 4, "", 0), Mark("caesura", 16, "", 0))
    held = tied("C5", 4, "stop").replace(
        "<tied", "<articulations><breath-mark/></articulations><tied"
    )
    assert marks(tmp_path, tied("C5", 12, "start") + held) == (Mark("breath", 16, "", 0),)
    chord = note("E4", 16, marked("breath-mark")) + note("G4", 16, before=CHORD)
    assert marks(tmp_path, chord) == (Mark("breath", 16, "", 0),)


def test_dynamics_at_a_note_stand_at_its_start(tmp_path: Path) -> None:
    soft = "<notations><dynamics><pp/></dynamics></notations>"
    assert marks(tmp_path, note("C5", 8) + note("D5", 8, soft)) == (Mark("dynamic", 8, "pp", 0),)


@pytest.mark.parametrize(
    ("measures", "kind", "step"),
    [
        ([note("C5"), words("Fine") + note("D5"), note("E5")], "fine", 32),
        ([note("C5"), note("D5") + words("Fine"), note("E5")], "fine", 32),
        ([note("C5") + words("D.C.")], "da capo", 16),
        ([note("C5", 8) + words("Fine", "<sound fine='yes'/>") + note("D5", 8)], "fine", 8),
        ([note("C5"), words("D.S.", "<sound dalsegno='1'/>") + note("D5")], "dal segno", 16),
        ([note("C5"), direction("<segno/>") + note("D5")], "segno", 16),
        ([note("C5"), barline("<coda/>", "left") + note("D5")], "coda", 16),
        ([note("C5", 8) + words("rit.") + note("D5", 8)], "tempo", 8),
        ([note("C5", 8) + direction("<rehearsal>B</rehearsal>") + note("D5", 8)], "rehearsal", 8),
    ],
    ids=[
        *("before a bar", "after a bar", "at the end", "where a program ends"),
        *("where a program jumps", "a sign", "at a barline", "tempo", "rehearsal"),
    ],
)
def test_marks_of_the_score_stand(
    tmp_path: Path, measures: list[str], kind: MarkKind, step: int
) -> None:
    [mark] = marks(tmp_path, *measures)
    assert (mark.kind, mark.step, mark.voice) == (kind, step, None)


def test_the_same_mark_in_several_parts_counts_once(tmp_path: Path) -> None:
    parts = [bars(words("Andante") + note(name) + words("Fine")) for name in ("C5", "G4")]
    assert annotations(tmp_path, *parts).marks == (
        Mark("tempo", 0, "Andante"),
        Mark("fine", 16, "Fine"),
    )


def test_the_first_of_two_coda_signs_means_to_coda(tmp_path: Path) -> None:
    sign = direction("<coda/>")
    found = marks(tmp_path, note("C5") + sign, note("D5"), sign + note("E5"))
    assert [(mark.kind, mark.step) for mark in found] == [("to coda", 16), ("coda", 32)]


def test_marks_after_the_last_note_are_counted(tmp_path: Path) -> None:
    last = note("rest", 8) + words("dolce") + words("D.C.") + note("rest", 8)
    reading = read(tmp_path, bars(note("C5"), last))
    assert reading.chorale.annotations.marks == (Mark("da capo", 16, "D.C."),)
    assert reading.left_out_notice == "1 direction left out"


@pytest.mark.parametrize(
    ("text", "tempo", "word"),
    [("Andante (q = 72)", 72, "Andante"), ("\u2669. = 60", 90, ""), ("h = 50", 100, "")],
)
def test_a_tempo_in_words_is_read_as_the_tempo(
    tmp_path: Path, text: str, tempo: float, word: str
) -> None:
    reading = read(tmp_path, bars(words(text) + note("C5")))
    assert reading.facts.tempo_qpm == tempo
    assert [mark.text for mark in reading.chorale.annotations.marks] == ([word] if word else [])


def test_later_tempos_are_counted(tmp_path: Path) -> None:
    metronome = "<metronome><beat-unit>quarter</beat-unit><per-minute>60</per-minute></metronome>"
    later = direction(metronome) + note("D5", 8) + words("Presto q = 180") + note("E5", 8)
    reading = read(tmp_path, bars(words("q = 72") + note("C5"), later))
    assert reading.chorale.annotations.marks == (Mark("tempo", 24, "Presto"),)
    assert reading.left_out_notice == "2 tempo changes left out"


# Parts


def test_annotations_stand_at_the_aligned_barlines(tmp_path: Path) -> None:
    symbol = harmony("<kind>major</kind>")
    short = bars(note("G4", 12), symbol + note("A4", 16, lyric("on")) + barline(BACKWARD))
    found = annotations(tmp_path, bars(note("C5"), note("D5")), short)
    assert found.syllables == (Syllable(3, 16, 1, "on"),)
    assert found.chord_symbols[0].step == 16
    assert found.repeats == (Repeat(0, 32),)


def test_annotations_of_parts_that_are_left_out_are_not_kept(tmp_path: Path) -> None:
    choir = [bars(note(name, 16, lyric("la"))) for name in ("C5", "G4", "E4", "C3")]
    loud = direction("<dynamics><f/></dynamics>")
    slur = "<notations><slur type='start'/></notations>"
    piano = bars(loud + note("C5", 16, lyric("no") + slur) + words("Fine"))
    names = ("Soprano", "Alto", "Tenor", "Bass", "Piano")
    reading = read(tmp_path, *choir, piano, names=names)
    assert reading.notices == ["left out: Piano"]
    found = reading.chorale.annotations
    assert {each.text for each in found.syllables} == {"la"}
    assert found.marks == (Mark("fine", 16, "Fine"),)
    assert found.names == ("",) * 4  # those of the choir


def test_a_single_part_has_its_own_annotations(tmp_path: Path) -> None:
    parts = [bars(note(name, 16, lyric(name))) for name in ("C5", "G4")]
    path = write(tmp_path, score(*parts, names=("Sopran", "Alt")))
    found = read_music(path, "Alt").chorale.annotations
    assert (found.syllables, found.names) == (
        (Syllable(1, 0, 1, "G4"),),
        ("", "Alt", "", ""),
    )


def test_the_two_staves_of_a_part_have_their_own_annotations(tmp_path: Path) -> None:
    def on(staff: int, name: str) -> str:
        return note(name, 16, f"<staff>{staff}</staff>{lyric(name)}", voice=staff)

    loud = direction("<dynamics><f/></dynamics>", "<staff>2</staff>")
    measure = attributes("<staves>2</staves>" + FOUR_FOUR) + on(1, "C5") + BACK + loud
    found = annotations(tmp_path, [measure + on(2, "C3")])
    assert [(each.voice, each.text) for each in found.syllables] == [(0, "C5"), (3, "C3")]
    assert found.marks == (Mark("dynamic", 0, "f", 3),)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        *(("Women", ["Women", "Women"]), ("Gemeinde", ["Gemeinde", "Gemeinde"])),
        *(("S./A.", ["S.", "A."]), ("Sopran und Alt", ["Sopran", "Alt"])),
        *(("Choir", []), ("Piano", []), ("MusicXML Part", []), ("Part 1", []), ("", [])),
    ],
)
def test_two_voices_on_a_staff_have_its_name_unless_it_is_generic(
    tmp_path: Path, name: str, kept: list[str]
) -> None:
    staff = bars(note("G4") + BACK + note("E4", voice=2))
    names = read(tmp_path, staff, names=(name,)).chorale.annotations.names
    assert [each for each in names if each] == kept


def test_a_voice_of_its_own_has_its_name_unless_a_program_gave_it(tmp_path: Path) -> None:
    lines = [bars(note(name)) for name in ("C5", "G4", "E4", "C3")]
    names = ("Voice", "Oboe", "MusicXML Part", "P4")
    assert read(tmp_path, *lines, names=names).chorale.annotations.names == (
        "Voice",
        "Oboe",
        "",
        "",
    )


def test_what_is_left_out_is_counted_once_by_kind(tmp_path: Path) -> None:
    slurs = "<slur type='start'/><slur type='stop'/><slur type='continue'/>"
    signs = "<articulations><accent/><staccato/></articulations><arpeggiate/>"
    signs += "<technical><fingering>1</fingering><up-bow/></technical><glissando type='start'/>"
    signs += "<ornaments><tremolo type='start'>3</tremolo></ornaments>"
    full = note("C5", 8, f"<notations>{slurs}{signs}</notations>")
    low = note("A4", 8, "<notations><arpeggiate/></notations>", before=CHORD)
    figures = figured(("", "x"))
    diagram = harmony("<kind>major</kind>", "<frame><frame-strings>6</frame-strings></frame>")
    measure = figures + diagram + full + low + full + low
    assert read(tmp_path, bars(measure)).left_out_notice == (
        "1 bass figure, 1 chord diagram, 2 slurs, 4 articulations, 2 arpeggios, 2 fingerings, "
        "2 playing signs, 2 glissandos and 2 tremolos left out"
    )


def test_kept_annotations_have_no_notice(tmp_path: Path) -> None:
    loud = direction("<dynamics><f/></dynamics>")
    measure = loud + harmony("<kind>major</kind>") + note("C5", 16, lyric("la")) + barline(BACKWARD)
    reading = read_music(write(tmp_path, quartet(bars(measure))))
    assert reading.notices == ["4 lines, read in order as soprano, alto, tenor and bass"]
    assert reading.chorale.annotations
