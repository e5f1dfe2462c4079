"""Numerals of an analysis below the bass, in lyrics."""

from pathlib import Path

import pytest
from lilypond_program import MISSING, compile_sources, find_lilypond
from score_xml import four_voices

from chorale.music import Annotations, Key, Metre, Plan
from chorale.music.annotations import HarmonyLabel
from chorale.music.numerals import parse_numeral
from chorale.rendering.score.lilypond.labels import write_numerals
from chorale.rendering.score.lilypond.source import lilypond_bytes
from chorale.rendering.score.note_values import list_bars

BARS = list_bars(Plan(32, Metre(4, 4)))
LABELS = (
    HarmonyLabel(0, parse_numeral("I"), key=Key(0, "major")),
    HarmonyLabel(6, parse_numeral("viio65")),
    HarmonyLabel(16, parse_numeral("V"), cadence="HC"),
)


def test_numerals_last_until_the_next_or_the_end_of_the_measure() -> None:
    assert [str(line) for line in write_numerals(LABELS, BARS)] == [
        '\\markup { "C:" "I" }4. "vii°⁶₅"8*5 | % 1',
        '\\markup { "V" \\italic "HC" }1 % 2',
    ]


def test_without_labels_there_are_no_lines() -> None:
    assert write_numerals((), BARS) == []


@pytest.mark.skipif(find_lilypond() is None, reason=MISSING)
def test_lilypond_sets_the_labels_without_a_warning(tmp_path: Path) -> None:
    chorale = four_voices(2, Annotations(harmony_labels=LABELS))
    assert compile_sources([lilypond_bytes(chorale)], tmp_path) == ""
