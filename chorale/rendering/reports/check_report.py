"""The findings in a chorale's part-writing beside Bach's rates, as text."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chorale.checking import RULES, CheckResult, Finding, bach_rates
from chorale.checking.comparing import Comparison
from chorale.checking.profiles import FAULT, TENDENCY, Kind, Profile
from chorale.music import VOICES, Plan
from chorale.music.voicings import SATB, Voicing
from chorale.wording import count, join_names

GAP = "  "  # between columns
MIN_TEXT_WIDTH = 24  # narrowest column of notes; below this, notes get their own lines
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
        comparison: given voices of an exercise in the chorale; None without an exercise.
        voicing: the choir, which names the voices.
    """

    plan: Plan
    result: CheckResult
    voices: int
    start: int
    end: int
    comparison: Comparison | None = None
    voicing: Voicing = SATB

    @property
    def profile(self) -> Profile:
        """Rules that were applied, with their weights and kinds."""
        return self.result.profile

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
        rules = self.profile.rules
        return [name for name in rules if RULES[name].least_voices > self.voices]

    @property
    def faults(self) -> list[Finding]:
        """The faults in the reported steps."""
        return [finding for finding in self.result.faults if self._is_reported(finding)]

    @property
    def tendencies(self) -> list[Finding]:
        """The tendencies in the reported steps."""
        return [finding for finding in self.result.tendencies if self._is_reported(finding)]

    @property
    def is_faulty(self) -> bool:
        """Whether there are faults in the reported steps, or altered notes anywhere."""
        altered = self.comparison is not None and bool(self.comparison.alterations)
        return bool(self.faults) or altered

    @property
    def weight(self) -> float:
        """Weight of the faults in the reported steps."""
        return self.profile.weigh(finding.rule for finding in self.faults)

    @property
    def points(self) -> float | None:
        """Points by the profile; None if it has none."""
        return self.profile.grade(self.weight)

    def findings(self, kind: Kind) -> list[Finding]:
        """Return the faults or the tendencies in the reported steps."""
        return self.faults if kind == FAULT else self.tendencies

    def expected(self, kind: Kind) -> float:
        """Return how many faults or tendencies Bach would have in the whole chorale."""
        profile = self.profile
        rules = [rule for rule in profile.rules if profile.find_kind(rule) == kind]
        return sum(map(self.result.expected, rules))

    def _is_reported(self, finding: Finding) -> bool:
        return self.start <= finding.step < self.end


def title_findings(profile: Profile, kind: Kind) -> str:
    """Return the title of the faults or the tendencies, which are sorted by weight."""
    if kind == FAULT:
        return f"Faults, the {'rarest in Bach' if profile.has_bachs_weights else 'heaviest'} first"
    if profile.has_bachs_kinds:
        return "Tendencies, found in at least half of Bach's chorales or tolerated"
    return f"Tendencies, by the profile {profile.name}"


def format_findings(report: CheckReport, kind: Kind, width: int) -> Iterator[str]:
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
    profile, counts = report.profile, count_by_rule(report.result.findings)
    return [
        (
            rule,
            str(number),
            format_expected(report.result.expected(rule)) if report.is_comparable else "",
            describe_rate(rule),
            f"{profile.weights[rule]:.1f}",
        )
        for rule, number in sorted(counts.items(), key=lambda one: profile.sort_key(one[0]))
    ]


def describe_other_rules(report: CheckReport) -> str:
    """Describe the rules without findings: how many, and what Bach would have."""
    excluded = [*count_by_rule(report.result.findings), *report.unchecked_rules]
    others = [rule for rule in report.profile.rules if rule not in excluded]
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


def describe_rules(reports: Sequence[CheckReport]) -> list[str]:
    """Return name, description and source of each rule with findings in a report, a line each."""
    found = {finding.rule for report in reports for finding in report.result.findings}
    return [
        f"{rule}: {RULES[rule].description} ({RULES[rule].source})"
        for rule in sorted(sorted(found), key=reports[0].profile.sort_key if reports else None)
    ]


def describe_weights(profile: Profile) -> str:
    """Describe the unit of the weights of a profile."""
    if profile.has_bachs_weights:
        return (
            "weight: minus the natural logarithm of Bach's rate, which measures how surprising a "
            "finding is"
        )
    return f"weight: of each fault, by the profile {profile.name}"


def describe_points(report: CheckReport) -> str:
    """Describe the points, such as "14 of 20 points"; empty if the profile has none."""
    if report.points is None or report.profile.points is None:
        return ""
    return f"{report.points:g} of {count(report.profile.points, 'point')}"


def title_alterations(report: CheckReport) -> str:
    """Return the title of the alterations; empty without an exercise."""
    if report.comparison is None:
        return ""
    names = [report.voicing.part_at(voice).name for voice in report.comparison.voices]
    given = f"{count(report.comparison.notes, 'given note')} of the {join_names(names)}"
    altered = len(report.comparison.alterations)
    return f"Altered: {altered} of {given}" if altered else f"All {given} kept"


def format_alterations(report: CheckReport) -> Iterator[str]:
    """Yield a line for each given note that was not kept: its place, its voice, and the notes."""
    for each in report.comparison.alterations if report.comparison else ():
        voice = report.voicing.part_at(each.voice).name
        place = report.plan.place(each.step)
        yield f"{place}{GAP}{voice}{GAP}{each.given} given, {each.found} found"


def describe_totals(reports: Sequence[CheckReport]) -> str:
    """Return the closing line over several chorales.

    Such as "3 faults where Bach would have 4.1; 9 tendencies where Bach would have 8.3".
    """
    texts = []
    plurals: tuple[tuple[Kind, str], ...] = ((FAULT, "faults"), (TENDENCY, "tendencies"))
    profile = reports[0].profile
    applied = {profile.find_kind(rule) for rule in profile.rules}
    for kind, plural in plurals:
        if kind not in applied:
            continue
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


def count_by_rule(findings: Iterable[Finding]) -> Counter[str]:
    """Count findings by rule, for the rules that have any."""
    return Counter(finding.rule for finding in findings)
