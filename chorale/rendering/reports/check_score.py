"""The findings of `check` in a score: colours of the notes, and remarks with numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType

from chorale.checking import Finding
from chorale.checking.profiles import FAULT, TENDENCY
from chorale.music import VOICES, Chorale, Note, notes
from chorale.rendering.pictures.colours import LEVEL_COLOURS
from chorale.rendering.render_options import Remark, ScoreColours
from chorale.rendering.reports.check_report import CheckReport

_, TENDENCY_COLOUR, _, FAULT_COLOUR = LEVEL_COLOURS
ALTERED_COLOUR = LEVEL_COLOURS[2]
ALTERED = "altered"
LABELS = MappingProxyType({FAULT: "[{}]", TENDENCY: "({})", ALTERED: "<{}>"})


def colour_findings(chorale: Chorale, report: CheckReport) -> ScoreColours:
    """Choose the colours of the notes: those in a fault, an altered note, a tendency, and others.

    A note has the colour of the first of these that it is in.

    Args:
        chorale: the chorale.
        report: the report on it; what is outside its steps is left out.
    """
    colours = {FAULT: FAULT_COLOUR, ALTERED: ALTERED_COLOUR, TENDENCY: TENDENCY_COLOUR}
    if report.comparison is None:
        del colours[ALTERED]
    remarks = [*_describe_findings(report), *_describe_alterations(report)]
    by_colour = {
        colour: [each for each in remarks if each.label == kind] for kind, colour in colours.items()
    }

    def choose(note: Note, voice: int) -> str:
        fitting = (colour for colour, own in by_colour.items() if _concern(own, note, voice))
        return next(fitting, "")

    return ScoreColours(
        tuple(
            tuple(choose(note, voice) for note in notes(chorale, voice))
            for voice in range(len(VOICES))
        ),
        tuple((f"{LABELS[kind].format(' ')} {kind}", colour) for kind, colour in colours.items()),
    )


def list_remarks(report: CheckReport) -> Iterator[Remark]:
    """Yield the findings and altered notes of a report as remarks, in order of time.

    They are numbered from 1; the number of a fault is in square brackets, that of a tendency in
    round ones, that of an altered note in pointed ones, so that they differ without colour too.
    """
    remarks = [*_describe_findings(report), *_describe_alterations(report)]
    ordered = sorted(remarks, key=lambda each: each.step)
    for number, remark in enumerate(ordered, start=1):
        yield replace(remark, label=LABELS[remark.label].format(number))


def _describe_findings(report: CheckReport) -> Iterator[Remark]:
    """Yield the faults and tendencies of a report, with their kinds as labels."""
    for finding in (*report.faults, *report.tendencies):
        place, text = report.plan.place(finding.step), f"{finding.rule}: {finding.text}"
        kind = report.profile.find_kind(finding.rule)
        yield Remark(finding.step, _find_end(finding), finding.voices, place, text, kind)


def _describe_alterations(report: CheckReport) -> Iterator[Remark]:
    """Yield the altered notes in the steps of a report, with ALTERED as their labels."""
    for each in report.comparison.alterations if report.comparison else ():
        if report.start <= each.step < report.end:
            voice = report.voicing.part_at(each.voice).name
            text = f"{voice}: {each.given} given, {each.found} found"
            place = report.plan.place(each.step)
            yield Remark(each.step, each.step + 1, (each.voice,), place, text, ALTERED)


def _concern(remarks: Sequence[Remark], note: Note, voice: int) -> bool:
    """Return whether a note of a voice sounds while one of some remarks on the voice lasts."""
    end = note.onset_step + note.length_steps
    return any(
        voice in remark.voices and note.onset_step < remark.end and remark.step < end
        for remark in remarks
    )


def _find_end(finding: Finding) -> int:
    return finding.step + 1 if finding.end_step is None else finding.end_step
