"""Exercises of four chords: each rule of a textbook broken in one, and kept in its right twin."""

import json
import re
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest
from command import Run

from chorale.checking import CheckResult, examine
from chorale.music import REST, Chorale, Key, Metre, Plan, from_pitches
from chorale.music.spelling import Spelling
from chorale.rendering.metadata import Metadata
from chorale.rendering.score.musicxml import musicxml_bytes

END_RULES = {"end off the tonic", "end without a cadence"}  # an exercise may stop anywhere

# What is wrong, key, chords from the top (a rest is "-"), the rules that are broken.
WRONG = [
    (
        "V-I with the leading tone in soprano and tenor, the tenor's falling to the third",
        "C",
        "C5 E4 G3 C3, C5 F4 A3 F2, B4 D4 B3 G2, C5 C4 E3 C3",
        ["doubled leading tone", "inner leading tone left"],
    ),
    (
        "V-I with the soprano's leading tone falling to the fifth",
        "C",
        "C5 G4 E4 C3, C5 A4 F4 F2, B4 G4 D4 G2, G4 E4 C4 C3",
        ["unresolved leading tone"],
    ),
    (
        "viio6-I with a doubled leading tone",
        "C",
        "C5 E4 G3 C3, C5 E4 A3 A2, B4 F4 B3 D3, C5 E4 G3 C3",
        ["doubled leading tone"],
    ),
    (
        "V-vi with the soprano's leading tone falling",
        "C",
        "C5 G4 E4 C3, C5 A4 F4 F3, B4 G4 D4 G3, A4 E4 C4 A3",
        ["unresolved leading tone"],
    ),
    (
        "V-i in minor with the soprano's leading tone falling to the fifth",
        "Am",
        "A4 E4 C4 A2, A4 F4 D4 D3, G#4 E4 B3 E3, E4 C4 A3 A3",
        ["unresolved leading tone"],
    ),
    (
        "V/V-V with the soprano's leading tone falling",
        "C",
        "G4 E4 C4 C3, F#4 D4 A3 D3, D4 B3 G3 G3, E4 C4 G3 C3",
        ["unresolved leading tone"],
    ),
    (
        "V7-I with a rising seventh",
        "C",
        "E5 C5 G4 C3, E5 C5 G4 C3, F5 B4 G4 G3, G5 C5 E4 C3",
        ["unresolved seventh"],
    ),
    (
        "viio7-i with a rising seventh",
        "Cm",
        "C5 G4 Eb4 C3, C5 Ab4 F4 F3, B4 Ab4 F4 D3, C5 C5 Eb4 C3",
        ["unresolved diminished seventh"],
    ),
    (
        "IV with a doubled third reached by leaps",
        "C",
        "C5 G4 E4 C3, A4 F4 A3 F3, G4 E4 C4 C3, G4 D4 B3 G2",
        ["doubled third"],
    ),
    ("I without a third", "C", "C5 G4 E4 C3, C5 A4 F4 F3, B4 G4 D4 G3, C5 G4 C4 C3", ["no third"]),
    (
        "V-I without a third, with the soprano's leading tone falling",
        "C",
        "C5 G4 E4 C3, C5 A4 F4 F2, B4 G4 D4 G2, G4 G4 C4 C3",
        ["no third", "unresolved leading tone"],
    ),
    (
        "a cadential six-four whose fourth rises",
        "C",
        "C5 A4 F4 F3, C5 G4 E4 G3, D5 G4 B3 G3, E5 G4 C4 C3",
        ["unresolved cadential six-four"],
    ),
    (
        "a six-four chord that a leaping bass reaches",
        "C",
        "C5 G4 E4 C3, B4 G4 D4 G3, C5 A4 E4 E3, D5 A4 F4 D3",
        ["free six-four"],
    ),
    (
        "a soprano that rises after the leap of a sixth",
        "C",
        "E4 C4 G3 C3, C5 E4 G3 C3, D5 G4 G3 B2, E5 G4 G3 C3",
        ["leap not turned back"],
    ),
    (
        "a tenor above the alto for a bar",
        "C",
        "C5 E4 G4 C3, B4 D4 G4 G3, C5 E4 G4 C3, B4 D4 G4 G3",
        ["long crossing"],
    ),
    (
        "IV-V with parallel fifths",
        "C",
        "E5 G4 C4 C3, F5 A4 C4 F3, D5 B4 D4 G3, C5 C5 E4 C3",
        ["parallel fifths"],
    ),
    (
        "iv6-V with an augmented second in the alto",
        "Am",
        "A4 E4 C4 A2, A4 F4 D4 F3, B4 G#4 B3 E3, C5 A4 A3 A2",
        ["augmented leap"],
    ),
    (
        "a soprano that leaps by a seventh",
        "C",
        "E4 C4 G3 C3, D5 G4 G3 B2, C5 E4 G3 C3, B4 D4 G3 G2",
        ["leap of a seventh"],
    ),
    (
        "V-I of three voices with the soprano's leading tone falling",
        "C",
        "C5 E4 - C3, A4 F4 - F2, B4 D4 - G2, G4 E4 - C3",
        ["unresolved leading tone"],
    ),
    (
        "V6-I6 with the bass leaving the leading tone",
        "C",
        "C5 E4 G3 C3, D5 G4 G3 B2, C5 G4 C4 E3, C5 A4 C4 F3",
        ["unresolved leading tone"],
    ),
    (
        "V7/IV-IV with the soprano's leading tone falling",
        "C",
        "C5 G4 E4 C3, E5 G4 C4 C3, E5 G4 Bb3 C3, C5 A4 A3 F3",
        ["unresolved leading tone"],
    ),
    (
        "V9-I with the soprano's leading tone falling",
        "C",
        "C5 G4 E4 C3, C5 A4 F4 F2, B4 A4 F4 G2, G4 G4 E4 C3",
        ["unresolved leading tone"],
    ),
    (
        "V-i with a doubled leading tone, reached by an augmented second",
        "Dm",
        "D5 F4 A3 D3, D5 G4 Bb3 G2, C#5 E4 C#4 A2, D5 D4 F3 D3",
        ["augmented leap", "doubled leading tone", "inner leading tone left"],
    ),
    (
        "I6-V65/ii with a false relation",
        "C",
        "C5 G4 E4 C3, C5 G4 C4 E3, A4 G4 E4 C#3, A4 F4 D4 D3",
        ["false relation"],
    ),
]

RIGHT = [
    ("C", "C5 E4 G3 C3, C5 F4 A3 F2, B4 D4 G3 G2, C5 E4 G3 C3"),
    ("C", "C5 G4 E4 C3, C5 A4 F4 F2, B4 G4 D4 G2, C5 G4 E4 C3"),
    ("C", "C5 E4 G3 C3, C5 E4 A3 A2, B4 D4 F3 D3, C5 E4 G3 C3"),
    ("C", "C5 G4 E4 C3, C5 A4 F4 F3, B4 G4 D4 G3, C5 E4 C4 A3"),
    ("Am", "A4 E4 C4 A2, A4 F4 D4 D3, G#4 E4 B3 E3, A4 E4 C4 A2"),
    ("C", "G4 E4 C4 C3, F#4 D4 A3 D3, G4 D4 B3 G2, G4 E4 C4 C3"),
    ("C", "E5 C5 G4 C3, E5 C5 G4 C3, F5 B4 G4 G3, E5 C5 G4 C3"),
    ("Cm", "C5 G4 Eb4 C3, C5 Ab4 F4 F3, B4 Ab4 F4 D3, C5 G4 Eb4 C3"),
    ("C", "C5 G4 E4 C3, A4 F4 C4 F3, G4 E4 C4 C3, G4 D4 B3 G2"),
    ("C", "C5 G4 E4 C3, C5 A4 F4 F3, B4 G4 D4 G3, C5 G4 E4 C3"),
    ("C", "C5 A4 F4 F3, C5 G4 E4 G3, B4 G4 D4 G3, C5 G4 E4 C3"),
    ("C", "C5 G4 E4 C3, B4 G4 D4 G3, C5 E4 C4 A3, D5 F4 A3 D3"),
    ("C", "E4 C4 G3 C3, C5 E4 G3 C3, B4 D4 G3 G2, C5 E4 G3 C3"),
    ("C", "E5 G4 C4 C3, F5 A4 C4 F3, D5 G4 B3 G3, E5 G4 C4 C3"),
    ("C", "E4 C4 G3 C3, G4 D4 G3 B2, E4 C4 G3 C3, D4 B3 G3 G2"),
    ("C", "C5 E4 - C3, A4 F4 - F2, B4 D4 - G2, C5 E4 - C3"),
    ("C", "C5 E4 G3 C3, D5 G4 G3 B2, E5 G4 G3 C3, D5 G4 G3 B2"),
    ("C", "C5 G4 E4 C3, E5 G4 C4 C3, E5 G4 Bb3 C3, F5 A4 A3 F3"),
    ("C", "C5 G4 E4 C3, C5 A4 F4 F2, B4 A4 F4 G2, C5 G4 E4 C3"),
    ("Dm", "D5 F4 A3 D3, D5 G4 Bb3 G2, C#5 E4 A3 A2, D5 F4 A3 D3"),
    ("C", "C5 G4 E4 C3, C5 G4 E4 C3, A4 G4 E4 C#3, A4 F4 D4 D3"),
    ("C", "C5 E4 G3 C3, D5 G4 G3 B2, C5 E4 A3 A2, C5 F4 A3 F2"),
    ("Cm", "C5 G4 Eb4 C3, C5 F#4 Eb4 Ab2, C5 G4 Eb4 G2, B4 G4 D4 G2"),  # a German sixth
]


def parse_exercise(text: str, key: str) -> Chorale:
    """Return an exercise in 4/4, a quarter a chord, from the names of its notes."""
    rows = [[_parse_note(name) for name in chord.split()] for chord in text.split(",")]
    pitches = np.repeat(np.array(rows, np.int16), 4, axis=0)
    return from_pitches(pitches, Plan(len(pitches), Metre(4, 4), key=Key.parse(key)))


def _parse_note(name: str) -> int:
    found = re.fullmatch(r"([A-G])([#b]*)(\d)", name)
    if not found:
        return REST
    letter, accidentals, octave = found.groups()
    alter = accidentals.count("#") - accidentals.count("b")
    return Spelling(letter, alter, int(octave)).pitch


def broken(result: CheckResult) -> list[str]:
    """Return the rules that an exercise breaks, those on the end of music left out."""
    return sorted({found.rule for found in result.faults} - END_RULES)


@pytest.mark.parametrize(("wrong", "key", "chords", "rules"), WRONG)
def test_an_exercise_has_exactly_the_faults_that_were_put_in(
    wrong: str, key: str, chords: str, rules: Collection[str]
) -> None:
    assert broken(examine(parse_exercise(chords, key))) == rules, wrong


@pytest.mark.parametrize(("key", "chords"), RIGHT)
def test_a_right_exercise_has_no_faults(key: str, chords: str) -> None:
    assert broken(examine(parse_exercise(chords, key))) == []


@pytest.mark.parametrize(("wrong", "key", "chords", "rules"), WRONG[:4])
def test_an_exercise_in_a_file_has_the_same_faults(
    run: Run, tmp_path: Path, wrong: str, key: str, chords: str, rules: Collection[str]
) -> None:
    file = tmp_path / "exercise.musicxml"
    file.write_bytes(musicxml_bytes(parse_exercise(chords, key), Metadata(wrong)))
    status, out, _ = run("check", str(file), "--key", key, "--json")
    (checked,) = json.loads(out)["files"]
    assert status == 0
    faults = {found["rule"] for found in checked["findings"] if found["kind"] == "fault"}
    assert sorted(faults - END_RULES) == rules
    assert checked["key"] == "C major"


HALF_CLOSE = "C5 G4 E4 C3, C5 A4 F4 F3, C5 A4 D4 F3, B4 G4 D4 G3"


def test_a_half_close_is_a_fault_at_the_end_unless_it_is_allowed() -> None:
    exercise = parse_exercise(HALF_CLOSE, "C")
    assert [found.rule for found in examine(exercise).faults] == ["end off the tonic"]
    assert examine(exercise, open_end=True).faults == ()


@pytest.mark.parametrize("last", ["C5 E4 C4 A3", "B4 G4 D4 B3"])
def test_an_open_end_is_nothing_but_a_dominant_in_root_position(last: str) -> None:
    exercise = parse_exercise(f"C5 G4 E4 C3, B4 G4 D4 G3, {last}", "C")
    assert "end off the tonic" in {found.rule for found in examine(exercise, open_end=True).faults}


@pytest.mark.parametrize("key", ["D dorian", "D mixolydian", "D phrygian", "D lydian"])
def test_a_church_mode_is_checked_in_its_own_name(key: str) -> None:
    exercise = parse_exercise("D5 A4 F4 D3, C5 G4 E4 C3, D5 A4 F4 D3", key)
    assert {"parallel fifths", "parallel octaves"} <= set(broken(examine(exercise)))
    assert f"(in {key})" in examine(parse_exercise("C5 G4 E4 C3, D5 G4 B3 G2", key)).faults[-1].text


def test_the_command_allows_a_half_close_when_asked(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "exercise.musicxml"
    file.write_bytes(musicxml_bytes(parse_exercise(HALF_CLOSE, "C"), Metadata("exercise")))
    _, asked, _ = run("check", str(file), "--key", "C", "--open-end")
    _, plain, _ = run("check", str(file), "--key", "C")
    assert "end off the tonic" in plain
    assert "end off the tonic" not in asked


def test_one_key_stands_in_the_output_of_the_command(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "exercise.musicxml"
    file.write_bytes(musicxml_bytes(parse_exercise(HALF_CLOSE, "C"), Metadata("exercise")))
    for key in ("C", "F", "G", "A minor", "E minor"):
        _, out, _ = run("check", str(file), "--key", key)
        named = set(re.findall(r"\b([A-G][#b]? (?:major|minor))\b", out))
        assert named == {Key.parse(key).name}
        _, plain, _ = run("check", str(file))
        assert len(set(re.findall(r"\b([A-G][#b]? (?:major|minor))\b", plain))) == 1
