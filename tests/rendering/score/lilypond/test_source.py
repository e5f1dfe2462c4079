"""LilyPond source: read as text, and compiled by LilyPond where it is installed."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from lilypond_program import MISSING, compile_sources, find_lilypond, list_played
from made_up import made_up_chorale
from strategies import METRES, annotations, chorales
from verses import annotated_hymn

from chorale.music import REST, Annotations, Chorale, Metre, Note, Plan, notes
from chorale.music.annotations import Ending, Mark, Repeat
from chorale.music.spelling import Spelling
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import Remark, RenderOptions, ScoreColours, Staves
from chorale.rendering.score.lilypond.source import lilypond_bytes

METADATA = Metadata('A "title" \\with #(code) %{', ("seed 7", "model } %{ \\x"))
VALUES = {"1": 16, "2": 8, "4": 4, "8": 2, "16": 1}
NOTE = re.compile(r"(?:([a-g])((?:is|es)*)([',]*)|[rR])(\d+\.?(?:\*\d+)*)?(~?)(?:\\fermata)?")


def source(chorale: Chorale, staves: Staves = 2) -> str:
    return lilypond_bytes(chorale, METADATA, RenderOptions(staves=staves)).decode()


def content(text: str, name: str) -> list[str]:
    """Return the lines of a variable, without their indentation."""
    found = re.search(rf"^{name} = (?:\\\w+ )?{{\n(.*?)^}}", text, re.DOTALL | re.MULTILINE)
    assert found, name
    return [line.strip() for line in found[1].splitlines()]


def read_value(text: str) -> int:
    """Return the steps of a note value, such as "2." or "16*5"."""
    unit, *factors = text.split("*")
    steps = VALUES[unit.rstrip(".")]
    steps = steps * 3 // 2 if unit.endswith(".") else steps
    return int(np.prod([steps, *map(int, factors)]))


def read_notes(lines: Sequence[str]) -> list[Note]:
    """Read the notes of a voice without marks."""
    read: list[Note] = []
    now, value, tied = 0, 0, False
    for line in lines:
        if line.startswith("\\bar"):
            continue
        tokens = line.partition("%")[0].removesuffix("| ").split()
        for token in tokens:
            found = NOTE.fullmatch(token)
            assert found, token
            letter, accidental, octave, written, tie = found.groups()
            value = read_value(written) if written else value
            if letter:
                alter = (accidental.count("is") or -accidental.count("es")) if accidental else 0
                height = 3 + octave.count("'") - octave.count(",")
                pitch = Spelling(letter.upper(), alter, height).pitch
                if tied:
                    assert pitch == read[-1].pitch
                    read[-1] = replace(read[-1], length_steps=read[-1].length_steps + value)
                else:
                    read.append(Note(pitch, now, value))
            tied, now = bool(tie), now + value
    return read


@given(chorales())
def test_every_note_can_be_read_from_the_source(chorale: Chorale) -> None:
    text = source(chorale)
    sounding = (chorale.pitches != REST).any(axis=0)
    assume(sounding.any())
    for voice, name in enumerate(("soprano", "alto", "tenor", "bass")):
        if sounding[voice]:
            assert read_notes(content(text, name)) == notes(chorale, voice)
        else:
            assert f"\n{name} = " not in text


@given(chorales(), annotations(48))
def test_braces_match_whatever_the_annotations(chorale: Chorale, given: Annotations) -> None:
    text = source(replace(chorale, annotations=given))
    code = re.sub(r'"(?:\\.|[^"\\])*"|%.*', "", text)
    assert code.count("{") == code.count("}")
    assert len(re.findall("<<", code)) == len(re.findall(">>", code))


def test_a_voice_is_a_variable_with_a_line_per_measure() -> None:
    lines = content(source(made_up_chorale(40, 1)), "soprano")
    assert [line.partition("%")[2] for line in lines[:-1]] == [" 0", " 1", " 2", " 3"]
    assert all("|" in line for line in lines[:-2])
    assert lines[-1] == '\\bar "|."'


def test_key_metre_and_pickup_stand_once() -> None:
    assert content(source(annotated_hymn()), "global") == [
        "\\key g \\major",
        "\\time 3/4",
        "\\partial 4",
    ]


def test_title_comments_and_composer_are_strings_and_comments() -> None:
    text = source(made_up_chorale(16, 1))
    assert text.startswith("% Written by chorale ")
    assert "\n% seed 7\n% model } %{ \\x\n\\version" in text
    assert 'title = "A \\"title\\" \\\\with #(code) %{"\n  composer = "chorale"' in text


def test_the_same_chorale_gives_the_same_bytes() -> None:
    assert source(annotated_hymn()) == source(annotated_hymn())


def test_repeats_and_endings_nest_in_each_voice() -> None:
    text = source(annotated_hymn())
    for voice in ("soprano", "alto", "tenor", "bass"):
        outside_notes = [line for line in content(text, voice) if line.endswith(("{", "}"))]
        assert outside_notes == [
            *("\\repeat volta 2 {", "\\alternative {", "\\volta 1 {", "}", "\\volta 2 {"),
            *("}", "}", "}"),
        ]
    assert "repeatCommands" not in text


def test_a_repeat_that_divides_a_note_is_a_sign() -> None:
    hymn = annotated_hymn()
    text = source(replace(hymn, annotations=Annotations(repeats=(Repeat(4, 34),))))
    assert "\\repeat" not in text
    assert content(text, "marks") == [
        "s4 | % 0",
        "\\set Score.repeatCommands = #'(start-repeat) s2. | % 1",
        "s2. | % 2",
        "s4. \\set Score.repeatCommands = #'(end-repeat) s4. | % 3",
        "s2. % 4",
    ]


def test_music_that_ends_with_a_repeat_has_no_other_final_bar_line() -> None:
    hymn = annotated_hymn()
    assert '\\bar "|."' in source(hymn)
    repeated = replace(hymn, annotations=Annotations(repeats=(Repeat(28, 52),)))
    assert '\\bar "|."' not in source(repeated)


def test_marks_stand_at_their_notes_and_words_of_the_score_apart() -> None:
    text = source(annotated_hymn())
    assert content(text, "marks") == [
        '\\tempo "Andante" s4 | % 0',
        "\\segnoMark 1 s2. | % 1",
        "s2. | % 2",
        '\\mark \\markup \\box "B" s2. \\textEndMark "Fine" | % 3',
        's2. \\textEndMark "D.C. al Fine" % 4',
    ]
    soprano = content(text, "soprano")
    assert soprano[0] == "g'4\\mf | % 0"
    assert soprano[2] == "a'4\\< b' << c''4 { s8 s8\\! } >> | % 1"
    assert "d''4\\f b' a' \\breathe | % 2" in soprano
    assert "b'4 \\caesura a' g'\\fermata % 4" in soprano
    assert "d'4_\\markup \\italic \"dolce\" d' e' | % 1" in content(text, "alto")
    assert "g4 d\\> g\\fermata <>\\! % 4" in content(text, "bass")


def test_on_four_staves_every_voice_has_the_dynamics_of_the_score() -> None:
    text = source(annotated_hymn(), 4)
    for voice in ("soprano", "alto", "tenor", "bass"):
        assert "\\mf" in content(text, voice)[0]
    assert '\\clef "treble_8"' in text
    assert "\\voiceOne" not in text


def test_verses_are_variables_under_their_voice() -> None:
    text = source(annotated_hymn())
    assert content(text, "sopranoVerseOne") == [
        '\\set stanza = "1."',
        "Sing to the morn -- ing light a -- gain, __ ev -- er more, all",
    ]
    for verse in ("One", "Two", "Three"):
        assert f'\\new Lyrics \\lyricsto "soprano" \\sopranoVerse{verse}' in text


def test_words_that_two_voices_have_in_common_stand_once_on_two_staves() -> None:
    hymn = annotated_hymn()
    shared = tuple(
        replace(one, voice=voice) for voice in (0, 1) for one in hymn.annotations.syllables
    )
    hymn = replace(hymn, annotations=replace(hymn.annotations, syllables=shared))
    assert "altoVerse" not in source(hymn)
    assert "altoVerseOne" in source(hymn, 4)


def test_a_voice_has_its_name_from_the_file() -> None:
    assert 'instrumentName = \\markup \\center-column { "Cantus" "Alto" }' in source(
        annotated_hymn()
    )


def test_a_spelling_of_the_file_is_kept() -> None:
    hymn = annotated_hymn()
    assert hymn.pitches[16, 2] == 57
    spelled = replace(hymn.annotations.spellings[0], spelling=Spelling("B", -2, 3))
    given = replace(hymn, annotations=replace(hymn.annotations, spellings=(spelled,)))
    assert any(line.startswith("beses4") for line in content(source(given), "tenor"))


def test_rests_of_many_measures_are_one() -> None:
    chorale = made_up_chorale(80, 1)
    pitches, onsets = chorale.pitches.copy(), chorale.onsets.copy()
    pitches[20:68, 1], onsets[20:68, 1] = REST, False
    onsets[68, 1] = True
    silent = Chorale(pitches, onsets, chorale.plan)
    assert "R1*3 | % 2-4" in content(source(silent), "alto")


def test_short_measures_are_partial() -> None:
    plan = Plan(64, Metre(4, 4), 0, early_downbeats=(40,))
    chorale = made_up_chorale(64, 2)
    text = source(Chorale(chorale.pitches, chorale.onsets, plan))
    assert content(text, "soprano")[2].startswith("\\partial 2 ")
    plan = Plan(64, Metre(4, 4), 0, early_downbeats=(4,))
    text = source(Chorale(chorale.pitches, chorale.onsets, plan))
    assert "\\set Timing.measurePosition = #(ly:make-moment 3/4)" in content(text, "global")


def test_coloured_notes_have_a_legend() -> None:
    chorale = made_up_chorale(16, 1)
    colours = ScoreColours(
        tuple(tuple(["#D55E00"] * len(notes(chorale, voice))) for voice in range(4)),
        (("likely", ""), ("surprising", "#D55E00")),
    )
    text = lilypond_bytes(chorale, METADATA, RenderOptions(colours=colours)).decode()
    assert content(text, "soprano")[0].startswith('\\tweak color "#D55E00" ')
    assert '  \\with-color "#D55E00" "surprising" \\hspace #2\n' in text


def test_tempo_and_instrument_are_those_of_the_options() -> None:
    text = lilypond_bytes(made_up_chorale(16, 1), METADATA, RenderOptions(72.5, 75)).decode()
    assert "tempoWholesPerMinute = #(ly:make-moment 145/8)" in text
    assert "(= (cdr each) 75)" in text
    text = source(made_up_chorale(16, 1))
    assert "\\tempo 4 = 80\n" in text
    assert 'midiInstrument = "church organ"' in text


def hard_cases() -> list[tuple[Chorale, RenderOptions]]:
    """Return chorales in every metre, with pickups, short bars, rests, repeats and three verses."""
    found = []
    for number, metre in enumerate((None, *METRES)):
        chorale = made_up_chorale(70, number)
        pickup = 3 if metre else 0
        chorale = Chorale(
            chorale.pitches, chorale.onsets, replace(chorale.plan, metre=metre, pickup_steps=pickup)
        )
        found.append((chorale, RenderOptions(72.5, 75, staves=4 if number % 2 else 2)))
    plan = Plan(96, Metre(4, 4), 4, early_downbeats=(28, 64))
    chorale = made_up_chorale(96, 3)
    found.append((Chorale(chorale.pitches, chorale.onsets, plan), RenderOptions()))
    hymn = annotated_hymn()
    found += [(hymn, RenderOptions()), (hymn, RenderOptions(staves=4))]
    third = replace(
        hymn.annotations,
        repeats=(Repeat(4, 28, 3),),
        endings=(Ending(16, 28, (1, 2)), Ending(28, 40, (3,))),
    )
    found.append((replace(hymn, annotations=third), RenderOptions()))
    at_notes = replace(hymn.annotations, repeats=(Repeat(0, 26), Repeat(40, 52, 3)), endings=())
    found.append((replace(hymn, annotations=at_notes), RenderOptions()))
    voices = tuple(
        replace(one, voice=voice, text=f"{one.text}{voice}")
        for voice in range(4)
        for one in hymn.annotations.syllables
    )
    marks = (
        *hymn.annotations.marks,
        Mark("coda", 12),
        Mark("to coda", 12),
        Mark("dynamic", 6, "so"),
    )
    everywhere = replace(hymn.annotations, syllables=voices, marks=marks)
    found.append((replace(hymn, annotations=everywhere), RenderOptions()))
    return found


@pytest.mark.skipif(find_lilypond() is None, reason=MISSING)
def test_lilypond_compiles_every_case_without_a_warning_and_plays_the_same_notes(
    tmp_path: Path,
) -> None:
    cases = hard_cases()
    reported = compile_sources([lilypond_bytes(one, METADATA, how) for one, how in cases], tmp_path)
    assert reported == ""
    for number, (chorale, _) in enumerate(cases):
        expected = [
            [(note.onset_step, note.pitch) for note in notes(chorale, voice)] for voice in range(4)
        ]
        assert list_played(tmp_path / f"{number}.midi") == sorted(expected)


@pytest.mark.parametrize("step", range(1, 32))
def test_a_repeat_may_end_anywhere(step: int) -> None:
    chorale = replace(made_up_chorale(32, 1), annotations=Annotations(repeats=(Repeat(0, step),)))
    source = lilypond_bytes(chorale).decode()
    assert source.count("{") == source.count("}")


def test_labels_stand_at_their_notes_and_in_the_legend_below() -> None:
    remarks = (
        Remark(0, 1, (0, 3), "bar 1, beat 1", 'a "fault"', "[1]"),
        Remark(0, 1, (3,), "bar 1, beat 1", "a habit", "(2)"),
    )
    chorale = made_up_chorale(32, 0)
    options = RenderOptions(remarks=remarks)
    text = lilypond_bytes(chorale, METADATA, options).decode()
    assert r'^\markup \bold "[1]"' in content(text, "soprano")[0]
    assert r'_\markup \bold "[1] (2)"' in content(text, "bass")[0]
    below = text[text.index(r"\score") :]
    assert r'\wordwrap-string "[1] bar 1, beat 1: a \"fault\""' in below
    assert below.index("[1]") < below.index("(2)")
