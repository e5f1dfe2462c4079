"""The findings of `check` in a score: which notes are coloured, and what the remarks say."""

from dataclasses import replace

import numpy as np
import pytest

from chorale.checking import CheckResult, Finding, examine
from chorale.checking.comparing import Alteration, Comparison
from chorale.music import ALTO, BASS, SOPRANO, TENOR, Chorale, Key, Metre, Plan, from_pitches
from chorale.rendering.render_options import Remark
from chorale.rendering.reports.check_report import CheckReport
from chorale.rendering.reports.check_score import (
    ALTERED_COLOUR,
    FAULT_COLOUR,
    TENDENCY_COLOUR,
    colour_findings,
    list_remarks,
)

TONIC, FOURTH = (72, 67, 64, 48), (72, 69, 65, 53)
PARALLEL = (74, 69, 65, 50)  # after the tonic: all goes up by a step


@pytest.fixture
def music() -> Chorale:
    """A bar with parallel octaves and fifths from its first to its second beat."""
    pitches = np.repeat(np.array([TONIC, PARALLEL, FOURTH, TONIC], np.int16), 4, axis=0)
    return from_pitches(pitches, Plan(16, Metre(4, 4), key=Key(0, "major")))


def report_on(music: Chorale, result: CheckResult | None = None, end: int = 16) -> CheckReport:
    return CheckReport(music.plan, result or examine(music), 4, 0, end)


def test_the_notes_of_a_fault_have_its_colour_and_others_none(music: Chorale) -> None:
    colours = colour_findings(music, report_on(music))
    fault = FAULT_COLOUR
    assert colours.notes == (("", fault, ""), ("", fault, ""), ("", "", ""), ("", fault, "", ""))
    assert dict(colours.legend) == {"[ ] fault": FAULT_COLOUR, "( ) tendency": TENDENCY_COLOUR}


def test_a_note_of_a_tendency_has_its_colour_unless_a_fault_concerns_it(music: Chorale) -> None:
    found = examine(music)
    crossing = Finding("crossing", 8, 16, (SOPRANO, BASS), ((), ()))
    both = replace(found, findings=(*found.findings, crossing))
    colours = colour_findings(music, report_on(music, both))
    assert colours.notes[SOPRANO] == ("", FAULT_COLOUR, TENDENCY_COLOUR)
    assert colours.notes[BASS] == ("", FAULT_COLOUR, TENDENCY_COLOUR, TENDENCY_COLOUR)


def test_remarks_name_place_rule_and_notes_in_order_of_time(music: Chorale) -> None:
    assert list(list_remarks(report_on(music))) == [
        Remark(
            4,
            5,
            (SOPRANO, BASS),
            "bar 1, beat 2",
            "parallel octaves: soprano C5-D5, bass C3-D3",
            "[1]",
        ),
        Remark(
            4, 5, (ALTO, BASS), "bar 1, beat 2", "parallel fifths: alto G4-A4, bass C3-D3", "[2]"
        ),
    ]


def test_tendencies_and_altered_notes_have_other_brackets_and_colours(music: Chorale) -> None:
    found = examine(music)
    crossing = Finding("crossing", 8, 16, (SOPRANO, BASS), ((), ()))
    report = replace(
        report_on(music, replace(found, findings=(*found.findings, crossing))),
        comparison=Comparison((TENOR,), 4, (Alteration(TENOR, 12, "E4", "F4"),)),
    )
    labels = [remark.label for remark in list_remarks(report)]
    assert labels == ["[1]", "[2]", "(3)", "<4>"]
    *_, altered = list_remarks(report)
    assert (altered.place, altered.text) == ("bar 1, beat 4", "tenor: E4 given, F4 found")
    colours = colour_findings(music, report)
    assert colours.notes[TENOR][-1] == ALTERED_COLOUR
    assert [text for text, _ in colours.legend] == ["[ ] fault", "< > altered", "( ) tendency"]


def test_findings_outside_the_reported_steps_are_left_out(music: Chorale) -> None:
    report = report_on(music, end=4)
    assert list(list_remarks(report)) == []
    assert {colour for line in colour_findings(music, report).notes for colour in line} == {""}
