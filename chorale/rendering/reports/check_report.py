"""The findings in a chorale's part-writing beside Bach's rates, as text and as JSON.

For each file, `check --json` has these keys:

    findings                findings in the requested bars: faults first, then by weight, then in
                            order of time
    rules                   all rules, with or without findings
    faults, tendencies      number of findings of each kind in the requested bars
    expected_faults, expected_tendencies
                            number that Bach would have in music of the same length; null if
                            some bars were left out, or with fewer than four voices

Each of the findings has:

    rule            name of the rule, such as "parallel fifths"
    kind            "fault" or "tendency"
    weight          how surprising it would be in Bach, in nats
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
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chorale.checking import RULES, CheckResult, Finding, bach_rates
from chorale.music import VOICES, Plan
from chorale.wording import count, join_names

FAULT, TENDENCY = "fault", "tendency"
GAP = "  "  # between columns
MIN_TEXT_WIDTH = 24  # narrowest column of notes; below this, notes get their own lines
DIGITS = 6  # after the decimal point, in JSON
PERCENT = 100


@dataclass(frozen=True)
class CheckReport:
    """The result of checking a chorale, and the part of it to report.

    Attributes:
        plan: plan of the chorale.
        result: findings in the whole chorale.
        voices: number of voices that sing.
        start: first step whose findings are reported.
        end: exclusive end of those steps.
    """

    plan: Plan
    result: CheckResult
    voices: int
    start: int
    end: int

    @property
    def is_whole(self) -> bool:
        """Whether all steps are reported."""
        return (self.start, self.end) == (0, self.plan.length_steps)

    @property
    def is_comparable(self) -> bool:
        """Whether Bach's rates, which are for four voices, apply."""
        return self.voices == len(VOICES)

    @property
    def unchecked_rules(self) -> list[str]:
        """Rules that need more voices than there are."""
        return [name for name, rule in RULES.items() if rule.least_voices > self.voices]

    @property
    def faults(self) -> list[Finding]:
        """The faults in the reported steps."""
        return [finding for finding in self.result.faults if self._is_reported(finding)]

    @property
    def tendencies(self) -> list[Finding]:
        """The tendencies in the reported steps."""
        return [finding for finding in self.result.tendencies if self._is_reported(finding)]

    def findings(self, kind: str) -> list[Finding]:
        """Return the faults or the tendencies in the reported steps."""
        return self.faults if kind == FAULT else self.tendencies

    def expected(self, kind: str) -> float:
        """Return how many faults or tendencies Bach would have in the whole chorale."""
        return sum(self.result.expected(rule) for rule in RULES if finding_kind(rule) == kind)

    def _is_reported(self, finding: Finding) -> bool:
        return self.start <= finding.step < self.end


def finding_kind(rule: str) -> str:
    """Return the kind of a rule: FAULT, or TENDENCY if Bach has such findings too."""
    return TENDENCY if bach_rates()[rule].is_tendency else FAULT


def format_findings(report: CheckReport, kind: str, width: int) -> Iterator[str]:
    """Yield the faults or the tendencies as lines in columns: place, rule, voices and notes.

    Args:
        report: the report; its faults and tendencies have columns of the same width.
        kind: FAULT or TENDENCY.
        width: width of the lines, in characters.
    """
    reported = [*report.faults, *report.tendencies]
    place_width = max((len(report.plan.place(one.step)) for one in reported), default=0)
    rule_width = max((len(one.rule) for one in reported), default=0)
    indent = place_width + rule_width + 2 * len(GAP)
    for finding in report.findings(kind):
        place, rule, text = report.plan.place(finding.step), finding.rule, finding.text
        if width - indent < MIN_TEXT_WIDTH:
            yield from textwrap.wrap(f"{place}: {rule}", width, subsequent_indent=GAP)
            yield from textwrap.wrap(text, width, initial_indent=GAP, subsequent_indent=GAP)
            continue
        head = f"{place:{place_width}}{GAP}{rule:{rule_width}}{GAP}"
        lines = textwrap.wrap(text, width, initial_indent=head, subsequent_indent=" " * indent)
        yield from lines or [head.rstrip()]


def tabulate_rules(report: CheckReport) -> list[tuple[str, str, str, str, str]]:
    """Tabulate the rules that have findings in the whole chorale.

    Returns:
        For each rule its name, the number of findings, the number that Bach would have (empty if
        not comparable), Bach's rate in words, and the weight.
    """
    rates, counts = bach_rates(), _count_by_rule(report.result)
    return [
        (
            rule,
            str(number),
            format_expected(report.result.expected(rule)) if report.is_comparable else "",
            describe_rate(rule),
            f"{rates[rule].weight:.1f}",
        )
        for rule, number in sorted(counts.items(), key=lambda one: _order(one[0]))
    ]


def describe_other_rules(report: CheckReport) -> str:
    """Describe the rules without findings: how many, and what Bach would have."""
    excluded = [*_count_by_rule(report.result), *report.unchecked_rules]
    others = [rule for rule in RULES if rule not in excluded]
    text = f"{count(len(others), 'other rule')}: no findings"
    if not report.is_comparable:
        return text
    expected = sum(map(report.result.expected, others))
    return f"{text}, where Bach would have {format_expected(expected)}"


def describe_unchecked(report: CheckReport) -> str:
    """Describe the rules that need more voices; empty if there are none."""
    unchecked = join_names(report.unchecked_rules)
    return f"not checked, since more voices are needed: {unchecked}" if unchecked else ""


def describe_rate(rule: str) -> str:
    """Describe Bach's rate, such as "0.12% of changes of chord"."""
    rate, unit = bach_rates()[rule], RULES[rule].unit
    if not rate.findings:
        return f"none in {rate.opportunities:,} {unit}"
    return f"{PERCENT * rate.per_opportunity:.2g}% of {unit}"


def describe_rules(report: CheckReport) -> list[str]:
    """Return name, description and source of each rule with findings, a line each."""
    return [
        f"{rule}: {RULES[rule].description} ({RULES[rule].source})"
        for rule in sorted(_count_by_rule(report.result), key=_order)
    ]


def describe_totals(reports: Sequence[CheckReport]) -> str:
    """Return the closing line over several chorales.

    Such as "3 faults where Bach would have 4.1; 9 tendencies where Bach would have 8.3".
    """
    texts = []
    for kind, plural in ((FAULT, "faults"), (TENDENCY, "tendencies")):
        number = sum(len(report.findings(kind)) for report in reports)
        text = f"{number or 'no'} {kind if number == 1 else plural}"
        if all(report.is_comparable and report.is_whole for report in reports):
            expected = sum(report.expected(kind) for report in reports)
            text += f" where Bach would have {format_expected(expected)}"
        texts.append(text)
    return "; ".join(texts)


def format_expected(expected: float) -> str:
    """Format an expected number of findings, such as "4.1", "0.03" or "<0.01"."""
    if 0 < expected < 0.01:
        return "<0.01"
    return f"{expected:.2g}" if expected < 1 else f"{expected:.1f}"


def collect_facts(report: CheckReport) -> dict[str, Any]:
    """Collect the JSON facts of a chorale; see the module's docstring."""
    reported = [*report.faults, *report.tendencies]
    return {
        "findings": [_finding_facts(finding, report.plan) for finding in reported],
        "rules": [_rule_facts(rule, report) for rule in RULES],
        **collect_totals([report]),
    }


def collect_totals(reports: Sequence[CheckReport]) -> dict[str, Any]:
    """Collect the JSON totals over several chorales: faults, tendencies and those expected."""
    comparable = all(report.is_comparable and report.is_whole for report in reports)
    expected = {
        kind: round(sum(report.expected(kind) for report in reports), DIGITS)
        if comparable
        else None
        for kind in (FAULT, TENDENCY)
    }
    return {
        "faults": sum(len(report.faults) for report in reports),
        "tendencies": sum(len(report.tendencies) for report in reports),
        "expected_faults": expected[FAULT],
        "expected_tendencies": expected[TENDENCY],
    }


def _count_by_rule(result: CheckResult) -> Mapping[str, int]:
    """Count findings by rule, for the rules that have any."""
    names = [finding.rule for finding in result.findings]
    return {name: names.count(name) for name in dict.fromkeys(names)}


def _order(rule: str) -> tuple[bool, float]:
    """Return a sort key: faults before tendencies, then heavier rules first."""
    rate = bach_rates()[rule]
    return rate.is_tendency, -rate.weight


def _finding_facts(finding: Finding, plan: Plan) -> dict[str, Any]:
    metre = plan.counted_metre
    place = plan.step_in_bar(finding.step)
    return {
        "rule": finding.rule,
        "kind": finding_kind(finding.rule),
        "weight": round(bach_rates()[finding.rule].weight, DIGITS),
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
        "kind": finding_kind(rule),
        "weight": round(rate.weight, DIGITS),
        "found": _count_by_rule(result).get(rule, 0),
        "among": result.opportunities[rule],
        "expected": round(result.expected(rule), DIGITS) if report.is_comparable else None,
        "bach": {
            "findings": rate.findings,
            "opportunities": rate.opportunities,
            "rate": round(rate.per_opportunity, DIGITS),
            "chorales_share": round(rate.chorales_share, DIGITS),
        },
    }
