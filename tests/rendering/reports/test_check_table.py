"""The table of a class in CSV."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from chorale.checking import examine
from chorale.checking.comparing import Alteration, Comparison
from chorale.checking.profiles import Profile, find_profile
from chorale.music import Key, Metre, Plan, from_pitches
from chorale.rendering.reports.check_report import CheckReport
from chorale.rendering.reports.check_table import Row, write_table

CHORDS = [(72, 67, 64, 48), (74, 69, 65, 50), (72, 69, 65, 53), (72, 67, 64, 48)]
TEXTBOOK = find_profile("textbook")


def report(profile: Profile) -> CheckReport:
    """A bar with parallel octaves and fifths."""
    pitches = np.repeat(np.array(CHORDS, np.int16), 4, axis=0)
    chorale = from_pitches(pitches, Plan(16, Metre(4, 4), key=Key(0, "major")))
    return CheckReport(chorale.plan, examine(chorale, profile=profile), 4, 0, 16)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_a_row_has_the_findings_by_rule_the_weight_and_the_points() -> None:
    own = report(TEXTBOOK)
    [row] = read(write_table([Row("a.mid", own)], TEXTBOOK, with_exercise=False))
    assert list(row)[10:] == list(TEXTBOOK.rules)
    assert sum(int(row[rule]) for rule in TEXTBOOK.rules) == len(own.result.findings)
    assert (row["file"], row["key"], row["metre"], row["bars"]) == ("a.mid", "C major", "4/4", "1")
    assert int(row["faults"]) == len(own.faults) > 1
    assert float(row["points"]) == 20 - float(row["weight"]) == 20 - own.weight
    assert row["parallel fifths"] == row["parallel octaves"] == "1"


def test_without_points_in_the_profile_the_cell_is_empty() -> None:
    bach = find_profile("bach")
    [row] = read(write_table([Row("a.mid", report(bach))], bach, with_exercise=False))
    assert row["points"] == ""
    assert float(row["weight"]) == pytest.approx(report(bach).weight, abs=1e-3)


def test_a_file_that_could_not_be_checked_has_its_error_and_no_figures() -> None:
    [row] = read(write_table([Row("b.mid", None, "no, \nnot so")], TEXTBOOK, with_exercise=False))
    assert row["error"] == "no,  not so"
    assert {row[rule] for rule in TEXTBOOK.rules} == {""}


def test_an_exercise_adds_its_given_and_its_altered_notes() -> None:
    compared = replace(
        report(TEXTBOOK), comparison=Comparison((3,), 7, (Alteration(3, 4, "C3", "D3"),))
    )
    [row] = read(write_table([Row("a.mid", compared)], TEXTBOOK, with_exercise=True))
    assert (row["given"], row["altered"]) == ("7", "1")


@pytest.mark.parametrize("name", ["=1+1.mid", "+a", "-a", "@a", "\uff1da", "=a,b\nc"])
def test_no_text_can_be_taken_for_a_formula(name: str) -> None:
    [row] = read(write_table([Row(name, None, name)], TEXTBOOK, with_exercise=False))
    assert row["file"] == row["error"] == f"'{name}".replace("\n", " ")
