"""What was found in a chorale's part-writing, in words and as facts for JSON.

Of a file JSON has

    findings        each with rule, kind ("fault" or "tendency"), weight (nats), step, end_step
                    (exclusive; null for a moment), bar, beat (from 1), place ("bar 3, beat 2"),
                    voices, notes (of each voice, spelled), and text, all in words; faults first,
                    then by weight, then in order of time
    rules           all of them, each with rule, says, unit, source, kind, weight, found, among (the
                    places where it looked), expected (findings that Bach would have among as many;
                    null with fewer than four voices) and bach (findings, opportunities, rate,
                    chorales_share)
    faults, tendencies                      how many there are
    expected_faults, expected_tendencies    how many Bach would have; null like expected
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chorale.checking import RULES, Checked, Finding, bachs_rates
from chorale.music import VOICES, Metre, Plan

FAULT, TENDENCY = "fault", "tendency"
GAP = "  "  # between columns
LEAST_TEXT = 24  # columns for the notes; where there are fewer, they stand in a line of their own
DIGITS = 6  # after the point, of figures for JSON
PERCENT = 100


@dataclass(frozen=True)
class Report:
    """A chorale that was checked, and what is to be told of it.

    Attributes:
        plan: of it.
        checked: what was found in it.
        voices: how many sing.
        start: first step that is told of.
        end: exclusive.
    """

    plan: Plan
    checked: Checked
    voices: int
    start: int
    end: int

    @property
    def whole(self) -> bool:
        """Whether all is told."""
        return (self.start, self.end) == (0, self.plan.length_steps)

    @property
    def comparable(self) -> bool:
        """Whether Bach's figures, which are of four voices, can be laid beside it."""
        return self.voices == len(VOICES)

    @property
    def faults(self) -> list[Finding]:
        """Those that are told."""
        return [found for found in self.checked.faults if self._is_told(found)]

    @property
    def tendencies(self) -> list[Finding]:
        """Those that are told."""
        return [found for found in self.checked.tendencies if self._is_told(found)]

    def found(self, kind: str) -> list[Finding]:
        """The faults or the tendencies that are told."""
        return self.faults if kind == FAULT else self.tendencies

    def expected(self, kind: str) -> float:
        """How many faults or tendencies Bach would have, in the whole."""
        return sum(self.checked.expected(rule) for rule in RULES if kind_of(rule) == kind)

    def _is_told(self, found: Finding) -> bool:
        return self.start <= found.step < self.end


def kind_of(rule: str) -> str:
    """Whether findings against a rule are faults, or tendencies of Bach's own."""
    return TENDENCY if bachs_rates()[rule].is_tendency else FAULT


def finding_lines(report: Report, kind: str, width: int) -> Iterator[str]:
    """The faults or the tendencies, a line each, in columns: where, what, and the notes.

    Args:
        report: whose; its columns are as wide for both.
        kind: FAULT or TENDENCY.
        width: in which lines are wrapped, in characters.
    """
    told = [*report.faults, *report.tendencies]
    places = max((len(report.plan.place(one.step)) for one in told), default=0)
    rules = max((len(one.rule) for one in told), default=0)
    indent = places + rules + 2 * len(GAP)
    for found in report.found(kind):
        place, rule, text = report.plan.place(found.step), found.rule, found.text
        if width - indent < LEAST_TEXT:
            yield from textwrap.wrap(f"{place}: {rule}", width, subsequent_indent=GAP)
            yield from textwrap.wrap(text, width, initial_indent=GAP, subsequent_indent=GAP)
            continue
        head = f"{place:{places}}{GAP}{rule:{rules}}{GAP}"
        lines = textwrap.wrap(text, width, initial_indent=head, subsequent_indent=" " * indent)
        yield from lines or [head.rstrip()]


def rule_rows(report: Report) -> list[tuple[str, str, str, str, str]]:
    """The rules with findings, those of the whole: what, how many, Bach's, his rate, the weight."""
    rates, counts = bachs_rates(), _counts(report.checked)
    return [
        (
            rule,
            str(count),
            number(report.checked.expected(rule)) if report.comparable else "",
            rate_in_words(rule),
            f"{rates[rule].weight:.1f}",
        )
        for rule, count in sorted(counts.items(), key=lambda one: _order(one[0]))
    ]


def rest_in_words(report: Report) -> str:
    """What is to be said of the rules without findings."""
    others = [rule for rule in RULES if rule not in _counts(report.checked)]
    said = f"{len(others)} other rules: nothing"
    if not report.comparable:
        return said
    return f"{said}, where Bach would have {number(sum(map(report.checked.expected, others)))}"


def rate_in_words(rule: str) -> str:
    """Bach's rate, such as "0.12% of changes of chord"."""
    rate, unit = bachs_rates()[rule], RULES[rule].unit
    if not rate.findings:
        return f"none in {rate.opportunities:,} {unit}"
    percent = PERCENT * rate.per_opportunity
    return f"{percent:.2g}% of {unit}"


def said_of_rules(report: Report) -> list[str]:
    """What the rules with findings say, and who says it."""
    return [
        f"{rule}: {RULES[rule].says} ({RULES[rule].source})"
        for rule in sorted(_counts(report.checked), key=_order)
    ]


def total_in_words(reports: Sequence[Report]) -> str:
    """The closing line, over several chorales.

    Such as "3 faults where Bach would have 4.1; 9 tendencies where Bach would have 8.3".
    """
    told = []
    for kind, plural in ((FAULT, "faults"), (TENDENCY, "tendencies")):
        count = sum(len(report.found(kind)) for report in reports)
        said = f"{count or 'no'} {kind if count == 1 else plural}"
        if all(report.comparable and report.whole for report in reports):
            expected = sum(report.expected(kind) for report in reports)
            said += f" where Bach would have {number(expected)}"
        told.append(said)
    return "; ".join(told)


def number(expected: float) -> str:
    """Such as "4.1", "0.03" or "<0.01"."""
    if 0 < expected < 0.01:
        return "<0.01"
    return f"{expected:.2g}" if expected < 1 else f"{expected:.1f}"


def facts(report: Report) -> dict[str, Any]:
    """Everything, for JSON; see the module's description."""
    found = [*report.faults, *report.tendencies]
    return {
        "findings": [_finding_facts(one, report.plan) for one in found],
        "rules": [_rule_facts(rule, report) for rule in RULES],
        **totals([report]),
    }


def totals(reports: Sequence[Report]) -> dict[str, Any]:
    """The last four of the keys of a file, over several."""
    comparable = all(report.comparable and report.whole for report in reports)
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


def _counts(checked: Checked) -> Mapping[str, int]:
    """How many findings there are by rule, where there are some."""
    names = [found.rule for found in checked.findings]
    return {name: names.count(name) for name in dict.fromkeys(names)}


def _order(rule: str) -> tuple[bool, float]:
    rate = bachs_rates()[rule]
    return rate.is_tendency, -rate.weight


def _finding_facts(found: Finding, plan: Plan) -> dict[str, Any]:
    metre = plan.metre or Metre(4, 4)
    place = (found.step - plan.pickup_steps) % metre.steps_per_bar
    return {
        "rule": found.rule,
        "kind": kind_of(found.rule),
        "weight": round(bachs_rates()[found.rule].weight, DIGITS),
        "step": found.step,
        "end_step": found.end_step,
        "bar": plan.bar_at(found.step),
        "beat": 1 + place / metre.steps_per_beat,
        "place": plan.place(found.step),
        "voices": [VOICES[voice] for voice in found.voices],
        "notes": [list(names) for names in found.notes],
        "text": found.text,
    }


def _rule_facts(rule: str, report: Report) -> dict[str, Any]:
    rate, checked = bachs_rates()[rule], report.checked
    return {
        "rule": rule,
        "says": RULES[rule].says,
        "unit": RULES[rule].unit,
        "source": RULES[rule].source,
        "kind": kind_of(rule),
        "weight": round(rate.weight, DIGITS),
        "found": _counts(checked).get(rule, 0),
        "among": checked.opportunities[rule],
        "expected": round(checked.expected(rule), DIGITS) if report.comparable else None,
        "bach": {
            "findings": rate.findings,
            "opportunities": rate.opportunities,
            "rate": round(rate.per_opportunity, DIGITS),
            "chorales_share": round(rate.chorales_share, DIGITS),
        },
    }
