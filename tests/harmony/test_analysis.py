"""Harmony named: chords, keys, cadences and non-chord tones of made-up phrases."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lines import from_lines
from strategies import chorales

from chorale.harmony import HarmonyAnalysis, analyze_harmony
from chorale.harmony.naming import _join_keys
from chorale.harmony.vocabulary import KEYS, load_vocabulary
from chorale.music import OCTAVE, REST, Chorale, Key, Plan
from chorale.music.keys import Mode
from chorale.music.numerals import parse_numeral

C_MAJOR, A_MINOR = Key(0, "major"), Key(9, "minor")
TENOR, BASS = "E4:4 G4:4 D4:4 E4:8", "C3:8 G3:4 C3:8"
SLOW, SHORT = "C3:4 F3:4 G3:8 C3:8", "C3:4 G3:4 C3:8"


def chorale_of(chords: str, steps: int = 4) -> Chorale:
    """Return a chorale of chords, the last twice as long, each "S,A,T,B"."""
    columns = [chord.split(",") for chord in chords.split()]
    lengths = [steps] * (len(columns) - 1) + [2 * steps]
    lines = [
        " ".join(
            f"{column[voice]}:{length}" for column, length in zip(columns, lengths, strict=True)
        )
        for voice in range(4)
    ]
    total = sum(lengths)
    return from_lines(*lines, fermatas=((total - 2 * steps, total),))


def numerals_of(analysis: HarmonyAnalysis) -> str:
    return " ".join(str(chord.numeral) for chord in analysis.chords)


@pytest.mark.parametrize(
    ("chords", "key", "numerals", "cadence"),
    [
        ("E5,G4,C4,C3 D5,G4,B3,G3 C5,G4,C4,C3", C_MAJOR, "I V I", "PAC"),
        ("C5,G4,E4,C3 D5,G4,B3,G3 E5,G4,C4,C3", C_MAJOR, "I V I", "IAC"),
        ("C5,G4,E4,C3 D5,F4,B3,D3 C5,G4,C4,E3", C_MAJOR, "I viio6 I6", "IAC"),
        ("C5,G4,E4,C3 C5,A4,F4,F3 B4,G4,D4,G3", C_MAJOR, "I IV V", "HC"),
        ("C5,G4,E4,C3 D5,G4,B3,G3 C5,E4,C4,A3", C_MAJOR, "I V vi", "DC"),
        ("G4,E4,C4,C3 A4,F4,C4,F3 G4,E4,C4,C3", C_MAJOR, "I IV I", "PC"),
        ("E5,C5,A4,A3 F5,D5,B4,D3 E5,C5,A4,C3", A_MINOR, "i iio6 i6", None),
        ("C5,A4,E4,A3 D5,A4,F4,D3 B4,G#4,E4,E3 C5,A4,E4,A2", A_MINOR, "i iv V i", "IAC"),
        ("C5,A4,E4,A3 A4,A4,D4,F3 G#4,B4,E4,E3", A_MINOR, "i iv6 V", "HC"),
        (
            "E5,G4,C4,C3 D5,F4,A3,D3 C5,G4,E4,G3 B4,G4,D4,G3 C5,G4,E4,C3",
            C_MAJOR,
            "I ii I64 V I",
            "PAC",
        ),
        ("C5,G4,E4,C3 C5,A4,D4,F#3 B4,G4,D4,G3 C5,G4,E4,C3", C_MAJOR, "I V65/V V I", "PAC"),
        ("C5,G4,E4,C3 C5,A4,D4,F3 D5,G4,B3,G3 C5,G4,E4,C3", C_MAJOR, "I ii65 V I", "PAC"),
        ("C5,A4,E4,A3 Bb4,F4,F4,D3 A4,E4,C4,E3 G#4,E4,B3,E3", A_MINOR, "i N6 i64 V", "HC"),
        ("C5,G4,E4,C3 D5,A4,F4,D3 C5,A4,F4,F3 B4,G4,D4,G3", C_MAJOR, "I ii IV V", "HC"),
        ("D5,G4,B3,G3 D5,G4,B3,E3 C5,F4,A3,F3 B4,G4,D4,G2", C_MAJOR, "V iii7 IV V", "HC"),
    ],
)
def test_a_phrase_has_numerals_and_a_cadence(
    chords: str, key: Key, numerals: str, cadence: str | None
) -> None:
    analysis = analyze_harmony(chorale_of(chords), key)
    assert (numerals_of(analysis), analysis.phrases[0].cadence) == (numerals, cadence)
    assert analysis.phrases[0].key == key


def test_a_phrase_may_be_in_another_key() -> None:
    home = "E5:4 D5:4 C5:8 "
    lines = (
        home + "D5:4 C5:4 B4:4 A4:4 G4:8 " + home,
        "G4:4 G4:4 G4:8 " + "G4:4 A4:4 G4:4 F#4:4 D4:8 " + "G4:4 G4:4 G4:8",
        "C4:4 B3:4 E4:8 " + "B3:4 D4:4 D4:4 D4:2 C4:2 B3:8 " + "C4:4 B3:4 E4:8",
        "C3:4 G3:4 C3:8 " + "G3:4 F#3:4 G3:4 D3:4 G3:8 " + "C3:4 G3:4 C3:8",
    )
    fermatas = ((8, 16), (32, 40), (48, 56))
    analysis = analyze_harmony(from_lines(*lines, fermatas=fermatas), C_MAJOR)
    assert [phrase.key.name for phrase in analysis.phrases] == ["C major", "G major", "C major"]
    assert [phrase.cadence for phrase in analysis.phrases] == ["PAC", "PAC", "PAC"]
    assert [key.name for _, key in analysis.key_changes] == ["G major", "C major"]


def test_a_cadence_is_in_the_key_that_the_phrase_reaches() -> None:
    lines = (
        "C5:4 D5:4 E5:4 C5:4 D5:4 C5:4 B4:4 C5:4 B4:4 A4:4 G4:8",
        "G4:4 G4:4 G4:4 G4:4 A4:4 A4:4 G4:4 G4:4 G4:4 F#4:4 D4:8",
        "E4:4 B3:4 C4:4 E4:4 F4:4 F4:4 D4:4 E4:4 D4:4 C4:4 B3:8",
        "C3:4 G3:4 C3:4 C3:4 F3:4 F3:4 G3:4 C3:4 D3:4 D3:4 G2:8",
    )
    (phrase,) = analyze_harmony(from_lines(*lines, fermatas=((40, 48),)), C_MAJOR).phrases
    names = (phrase.key.name, phrase.last_key.name, phrase.cadence)
    assert names == ("C major", "G major", "PAC")


@pytest.mark.parametrize("mode", get_args(Mode))
def test_chords_in_any_mode_are_named_in_major_or_minor(mode: Mode) -> None:
    analysis = analyze_harmony(chorale_of("D5,A4,F4,D3 C5,G4,E4,C3 D5,A4,F4,D3"), Key(2, mode))
    assert analysis.key == Key(2, mode)
    assert {chord.key.mode for chord in analysis.chords} <= {"major", "minor"}


@pytest.mark.parametrize(
    ("lines", "kind", "figures"),
    [
        (("G5:4 F5:2 E5:2 D5:4 C5:8", "C5:4 C5:4 B4:4 G4:8", TENOR, BASS), "passing", ""),
        (("E5:2 F5:2 E5:4 D5:4 C5:8", "C5:4 C5:4 B4:4 G4:8", TENOR, BASS), "neighbour", ""),
        (
            ("C5:4 C5:8 B4:4 C5:8", "E4:4 A4:4 G4:8 E4:8", "G4:4 D4:4 D4:8 G3:8", SLOW),
            "suspension",
            "4-3",
        ),
        (
            ("C5:4 B4:8 C5:12", "G4:4 G4:4 G4:16", "E4:4 D4:4 E4:16", "C3:4 G3:4 C3:16"),
            "retardation",
            "",
        ),
        (("E5:4 D5:2 C5:2 C5:8", "G4:4 G4:4 G4:8", "C4:4 B3:4 E4:8", SHORT), "anticipation", ""),
        (("E5:2 F5:2 D5:4 C5:8", "C5:4 B4:4 G4:8", "G4:4 G4:4 E4:8", SHORT), "escape", ""),
    ],
)
def test_nonchord_tones_have_kinds(lines: tuple[str, ...], kind: str, figures: str) -> None:
    analysis = analyze_harmony(from_lines(*lines), C_MAJOR)
    found = [(tone.voice, tone.kind, tone.figures) for tone in analysis.nonchord_tones]
    assert found == [(0, kind, figures)]


@settings(max_examples=25)
@given(chorales())
def test_chords_and_phrases_cover_any_music(chorale: Chorale) -> None:
    analysis = analyze_harmony(chorale)
    if (chorale.pitches == REST).all():
        assert (analysis.chords, analysis.phrases) == ((), ())
        return
    for spans in (analysis.chords, analysis.phrases):
        bounds = [0, *(span.end for span in spans)]
        assert bounds[:-1] == [span.step for span in spans]
        assert bounds[-1] == chorale.plan.length_steps
    for tone in analysis.nonchord_tones:
        assert (chorale.pitches[tone.step : tone.end, tone.voice] == tone.pitch).all()
        chord = analysis.chord_at(tone.step)
        assert chord is not None
        assert tone.pitch % OCTAVE not in chord.chord.members


@settings(max_examples=20)
@given(chorales(lowest=48, highest=72), st.integers(-12, 12))
def test_transposed_music_has_the_same_numerals(chorale: Chorale, semitones: int) -> None:
    key = Key(2, "minor")
    before = analyze_harmony(chorale, key)
    after = analyze_harmony(chorale.transposed(semitones), key.transposed(semitones))
    assert numerals_of(after) == numerals_of(before)
    assert [chord.key for chord in after.chords] == [
        chord.key.transposed(semitones) for chord in before.chords
    ]


@pytest.mark.parametrize("mode", ["dorian", "phrygian", "lydian", "mixolydian"])
def test_in_a_church_mode_chords_are_named_as_in_the_key_on_its_final(mode: Mode) -> None:
    chorale, home = chorale_of("C5,G4,E4,C3 B4,G4,D4,G3 C5,G4,E4,C3"), Key(0, mode)
    analysis = analyze_harmony(chorale, home)
    assert analysis.key == home
    assert analysis.chords == analyze_harmony(chorale, home.tonal).chords


def test_a_chord_alone_in_its_key_is_named_in_a_key_beside_it() -> None:
    vocabulary = load_vocabulary()

    def state(key: Key, text: str) -> int:
        numbers = zip(vocabulary.keys, vocabulary.numerals, strict=True)
        wanted = (KEYS.index(key), parse_numeral(text))
        return [(int(number), numeral) for number, numeral in numbers].index(wanted)

    g_major = Key(7, "major")
    chain = [state(A_MINOR, "i"), state(C_MAJOR, "I"), state(g_major, "V"), state(g_major, "I")]
    joined = _join_keys(chain)
    assert joined == [chain[0], state(g_major, "IV"), *chain[2:]]
    assert _join_keys(chain[1:]) == chain[1:]  # the first chord begins a key


def test_a_chord_that_goes_on_in_a_new_phrase_is_named_anew() -> None:
    lines = ("E5:4 D5:4 C5:8 C5:4 D5:4 E5:8", "G4:4 G4:4 G4:8 G4:4 G4:4 G4:8")
    more = ("C4:4 B3:4 E4:8 E4:4 B3:4 C4:8", "C3:4 G3:4 C3:8 C3:4 G3:4 C3:8")
    chorale = from_lines(*lines, *more, fermatas=((8, 16), (24, 32)))
    analysis = analyze_harmony(chorale, C_MAJOR)
    named = [(chord.step, str(chord.numeral)) for chord in analysis.chords]
    assert named == [(0, "I"), (4, "V"), (8, "I"), (16, "I"), (20, "V"), (24, "I")]


def test_silence_has_no_chords() -> None:
    pitches = np.full((8, 4), REST, np.int16)
    chorale = Chorale(pitches, np.zeros((8, 4), np.bool_), Plan(8))
    assert analyze_harmony(chorale, C_MAJOR) == HarmonyAnalysis(C_MAJOR, (), (), ())
    assert analyze_harmony(chorale).chord_at(0) is None


def test_the_chords_of_a_church_mode_are_named_in_the_key_on_its_final() -> None:
    dorian = Key(2, "dorian")
    music = from_lines("D5:8 C#5:8 D5:16", "A4:8 A4:8 A4:16", "F4:8 E4:8 F4:16", "D3:8 A3:8 D3:16")
    analysis = analyze_harmony(music, dorian)
    assert analysis.key == dorian
    assert {chord.key for chord in analysis.chords} == {dorian.tonal}
    assert numerals_of(analysis) == "i V i"
