"""Check a chorale against all rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from chorale.checking import (
    cadences,
    chords,
    leading_tones,
    leaps,
    motion,
    sevenths,
    six_fours,
    standstill,
    voicing,
)
from chorale.checking.context import CheckContext
from chorale.checking.findings import Finding, RuleResult
from chorale.checking.profiles import FAULT, Profile, bach_profile
from chorale.checking.rates import bach_rates
from chorale.checking.rules import RULES
from chorale.music import Chorale, Key
from chorale.music.voicings import SATB, Voicing, check_voices

GROUPS = (motion, voicing, leaps, leading_tones, sevenths, chords, six_fours, cadences, standstill)


@dataclass(frozen=True)
class CheckResult:
    """The findings in a chorale.

    Attributes:
        findings: faults, then tendencies; each by decreasing weight of the rule, then by time.
        opportunities: number of places where each rule could have been broken, by name of the rule,
            for the rules of the profile.
        profile: rules that were applied, with their weights and kinds.
    """

    findings: tuple[Finding, ...]
    opportunities: Mapping[str, int]
    profile: Profile = field(default_factory=bach_profile)

    @property
    def faults(self) -> tuple[Finding, ...]:
        """Findings against rules that Bach observes in most chorales, or as the profile says."""
        kind = self.profile.find_kind
        return tuple(found for found in self.findings if kind(found.rule) == FAULT)

    @property
    def tendencies(self) -> tuple[Finding, ...]:
        """Findings against rules that Bach breaks in half of his chorales or more, by default."""
        return self.findings[len(self.faults) :]

    @property
    def weight(self) -> float:
        """Sum of the weights of all findings; lower is nearer to the textbook.

        In nats by default.
        """
        return sum(self.profile.weights[found.rule] for found in self.findings)

    def expected(self, rule: str) -> float:
        """Return the number of findings that Bach's rate predicts for a rule, in this chorale."""
        return bach_rates()[rule].per_opportunity * self.opportunities.get(rule, 0)


def examine(
    chorale: Chorale,
    key: Key | None = None,
    fermatas: NDArray[np.bool_] | None = None,
    voicing: Voicing = SATB,
    profile: Profile | None = None,
    open_end: bool = False,
) -> CheckResult:
    """Check a chorale, or music of fewer voices, against the rules of a profile.

    Rules on several voices are applied to the voices that have notes, those on neighbours to
    neighbours among these; a rule that needs more voices (`Rule.least_voices`) is not applied. If
    fermatas are unknown, phrases are estimated, so that motion between phrases is not judged; the
    cadences of estimated phrases are not judged either.

    Args:
        chorale: the chorale.
        key: home key of the music, for dominants, cadences and the spelling of notes. By default
            that of the plan, or the estimated one.
        fermatas: steps under a fermata, (T,), that end the phrases between which motion is not
            judged. By default those of the plan, or estimated ones.
        voicing: the choir, which gives the voices their ranges and names.
        profile: the rules to apply, with their weights and kinds, and the ranges of voices that
            differ from those of the choir; None for `bach`, which has all RULES.
        open_end: whether the music may end on a half close, as an exercise may; then the rules on
            the end of the music are not applied to one.

    Raises:
        OptionError: a voice has notes that the choir does not have.
    """
    profile = profile or bach_profile()
    applied = apply_rules(chorale, key, fermatas, profile.fit_ranges(voicing), open_end)
    results = {result.rule: result for result in applied if result.rule in profile.rules}

    def order(found: Finding) -> tuple[bool, float, str, int, tuple[int, ...]]:
        return *profile.sort_key(found.rule), found.rule, found.step, found.voices

    findings = sorted((each for result in results.values() for each in result.findings), key=order)
    opportunities = {
        rule: results[rule].opportunities if rule in results else 0 for rule in profile.rules
    }
    return CheckResult(tuple(findings), MappingProxyType(opportunities), profile)


def apply_rules(
    chorale: Chorale,
    key: Key | None = None,
    fermatas: NDArray[np.bool_] | None = None,
    voicing: Voicing = SATB,
    open_end: bool = False,
) -> list[RuleResult]:
    """Return the result of each rule; the arguments are those of `examine`.

    Bach's rates are not used, but computed from such results.
    """
    context = CheckContext(chorale, key, fermatas, voicing, open_end)
    check_voices(context.voices, voicing)
    results = [result for group in GROUPS for result in group.apply_rules(context)]
    return [
        result
        if len(context.voices) >= RULES[result.rule].least_voices
        else RuleResult(result.rule, 0, [])
        for result in results
    ]
