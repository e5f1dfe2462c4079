"""The findings of `check` in a score: colours of the notes, and remarks in a page."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from chorale.checking import Finding
from chorale.checking.profiles import FAULT, TENDENCY, Kind
from chorale.music import VOICES, Chorale, Note, notes
from chorale.rendering.pictures.colours import LEVEL_COLOURS
from chorale.rendering.render_options import Remark, ScoreColours
from chorale.rendering.reports.check_report import CheckReport

_, TENDENCY_COLOUR, _, FAULT_COLOUR = LEVEL_COLOURS
LABELS: Mapping[Kind, str] = MappingProxyType({FAULT: "[{}]", TENDENCY: "({})"})


def colour_findings(chorale: Chorale, report: CheckReport) -> ScoreColours:
    """Choose the colours of the notes: those in a fault, those in a tendency only, and others.

    Args:
        chorale: the chorale.
        report: the report on it; the findings outside its steps are left out.
    """
    return ScoreColours(
        tuple(
            tuple(_choose_colour(note, voice, report) for note in notes(chorale, voice))
            for voice in range(len(VOICES))
        ),
        (
            (f"{LABELS[FAULT].format(' ')} fault", FAULT_COLOUR),
            (f"{LABELS[TENDENCY].format(' ')} tendency", TENDENCY_COLOUR),
        ),
    )


def list_remarks(report: CheckReport) -> Iterator[Remark]:
    """Yield the faults and tendencies of a report as remarks, in order of time.

    They are numbered from 1; the number of a fault is in square brackets, that of a tendency in
    round ones, so that they differ without colour too.
    """
    findings = [*report.faults, *report.tendencies]
    ordered = sorted(findings, key=lambda each: each.step)
    for number, finding in enumerate(ordered, start=1):
        yield Remark(
            finding.step,
            _find_end(finding),
            finding.voices,
            report.plan.place(finding.step),
            f"{finding.rule}: {finding.text}",
            LABELS[report.profile.find_kind(finding.rule)].format(number),
        )


def _choose_colour(note: Note, voice: int, report: CheckReport) -> str:
    for findings, colour in (
        (report.faults, FAULT_COLOUR),
        (report.tendencies, TENDENCY_COLOUR),
    ):
        if any(_concerns(finding, note, voice) for finding in findings):
            return colour
    return ""


def _concerns(finding: Finding, note: Note, voice: int) -> bool:
    """Return whether a note of a voice sounds while a finding lasts."""
    end = note.onset_step + note.length_steps
    return voice in finding.voices and note.onset_step < _find_end(finding) and finding.step < end


def _find_end(finding: Finding) -> int:
    return finding.step + 1 if finding.end_step is None else finding.end_step
