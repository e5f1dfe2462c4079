"""The findings in a chorale's part-writing beside Bach's rates, as JSON.

For each file, `check --json` has these keys:

    findings                findings in the requested bars: faults first, then by weight, then in
                            order of time
    rules                   all rules of the profile, with or without findings
    profile                 name of the profile
    faults, tendencies      number of findings of each kind in the requested bars
    expected_faults, expected_tendencies
                            number that Bach would have in music of the same length; null if
                            some bars were left out, or with fewer than four voices
    weight                  weight of the faults in the requested bars
    points                  points by the profile; null if it has none
    against                 the given notes of an exercise; null without one

Each of the findings has:

    rule            name of the rule, such as "parallel fifths"
    kind            "fault" or "tendency"
    weight          its weight by the profile: by default, how surprising it would be in Bach, in
                    nats
    step, end_step  first step and end; end_step is exclusive, and null for a moment
    bar, beat       measure and beat of the first step, beats from 1
    place           measure and beat in words, such as "bar 3, beat 2"
    voices          names of the voices
    notes           spelled notes of each of the voices
    text            voices and notes in words

Each of the rules has:

    rule, kind, weight      as for findings
    says            what to avoid, in a sentence
    unit            the places that the rule checks, in the plural, such as "changes of chord"
    source          textbooks that state the rule
    least_voices    number of voices that the rule needs; it is not applied to fewer
    found           number of findings in all bars
    among           number of places that the rule checked
    expected        number of findings that Bach would have in as many places; null with fewer than
                    four voices
    bach            Bach's own findings, opportunities (places), rate (findings per place) and
                    chorales_share (share of his chorales with a finding)

The given notes of an exercise have:

    voices          names of the voices that were given
    notes           number of given notes
    altered         given notes that were not kept, each with step, bar, place, voice, given (the
                    note) and found (the notes in its place)
"""

from collections.abc import Sequence
from typing import Any

from chorale.checking import RULES, Finding, bach_rates
from chorale.checking.profiles import FAULT, TENDENCY, Kind
from chorale.rendering.reports.check_report import CheckReport, count_by_rule

DIGITS = 6  # after the decimal point


def collect_facts(report: CheckReport) -> dict[str, Any]:
    """Collect the JSON facts of a chorale; see the module's docstring."""
    reported = [*report.faults, *report.tendencies]
    return {
        "profile": report.profile.name,
        "findings": [_finding_facts(finding, report) for finding in reported],
        "rules": [_rule_facts(rule, report) for rule in report.profile.rules],
        **collect_totals([report]),
        "weight": round(report.weight, DIGITS),
        "points": report.points,
        "against": _comparison_facts(report),
    }


def collect_totals(reports: Sequence[CheckReport]) -> dict[str, Any]:
    """Collect the JSON totals over several chorales: faults, tendencies and those expected."""
    comparable = all(report.is_comparable and report.is_whole for report in reports)
    kinds: tuple[Kind, ...] = (FAULT, TENDENCY)
    expected = {
        kind: round(sum(report.expected(kind) for report in reports), DIGITS)
        if comparable
        else None
        for kind in kinds
    }
    return {
        "faults": sum(len(report.faults) for report in reports),
        "tendencies": sum(len(report.tendencies) for report in reports),
        "expected_faults": expected[FAULT],
        "expected_tendencies": expected[TENDENCY],
    }


def _finding_facts(finding: Finding, report: CheckReport) -> dict[str, Any]:
    plan = report.plan
    metre = plan.counted_metre
    place = plan.step_in_bar(finding.step)
    return {
        "rule": finding.rule,
        "kind": report.profile.find_kind(finding.rule),
        "weight": round(report.profile.weights[finding.rule], DIGITS),
        "step": finding.step,
        "end_step": finding.end_step,
        "bar": plan.bar_at(finding.step),
        "beat": 1 + place / metre.steps_per_beat,
        "place": plan.place(finding.step),
        "voices": list(finding.voice_names),
        "notes": [list(names) for names in finding.notes],
        "text": finding.text,
    }


def _rule_facts(rule: str, report: CheckReport) -> dict[str, Any]:
    rate, result = bach_rates()[rule], report.result
    return {
        "rule": rule,
        "says": RULES[rule].description,
        "unit": RULES[rule].unit,
        "source": RULES[rule].source,
        "least_voices": RULES[rule].least_voices,
        "kind": report.profile.find_kind(rule),
        "weight": round(report.profile.weights[rule], DIGITS),
        "found": count_by_rule(result.findings)[rule],
        "among": result.opportunities[rule],
        "expected": round(result.expected(rule), DIGITS) if report.is_comparable else None,
        "bach": {
            "findings": rate.findings,
            "opportunities": rate.opportunities,
            "rate": round(rate.per_opportunity, DIGITS),
            "chorales_share": round(rate.chorales_share, DIGITS),
        },
    }


def _comparison_facts(report: CheckReport) -> dict[str, Any] | None:
    if report.comparison is None:
        return None
    plan, voicing = report.plan, report.voicing
    return {
        "voices": [voicing.part_at(voice).name for voice in report.comparison.voices],
        "notes": report.comparison.notes,
        "altered": [
            {
                "step": each.step,
                "bar": plan.bar_at(each.step),
                "place": plan.place(each.step),
                "voice": voicing.part_at(each.voice).name,
                "given": each.given,
                "found": each.found,
            }
            for each in report.comparison.alterations
        ],
    }
