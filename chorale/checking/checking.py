"""A chorale, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chorale.checking import cadences as closes
from chorale.checking import chords, motion, voicing
from chorale.checking import leaps as lines
from chorale.checking import standstill as movement
from chorale.checking.context import CheckContext, Count, Finding
from chorale.checking.rules import RULES, bachs_rates
from chorale.music import Chorale, Key

ROOMS = (motion, voicing, lines, chords, closes, movement)


@dataclass(frozen=True)
class Checked:
    """What was found in a chorale.

    Attributes:
        findings: faults, then tendencies; of these the weightier rules first, then in order of
            time.
        opportunities: among how many places each rule looked, by its name.
    """

    findings: tuple[Finding, ...]
    opportunities: Mapping[str, int]

    @property
    def faults(self) -> tuple[Finding, ...]:
        """The findings that are no tendencies of Bach's."""
        rates = bachs_rates()
        return tuple(found for found in self.findings if not rates[found.rule].is_tendency)

    @property
    def tendencies(self) -> tuple[Finding, ...]:
        """The findings against rules that Bach often goes against."""
        return self.findings[len(self.faults) :]

    @property
    def weight(self) -> float:
        """That of all findings together, in nats; lower is nearer to the textbook."""
        rates = bachs_rates()
        return sum(rates[found.rule].weight for found in self.findings)

    def expected(self, rule: str) -> float:
        """How many findings against a rule Bach would have, with as many opportunities."""
        return bachs_rates()[rule].per_opportunity * self.opportunities.get(rule, 0)


def examine(chorale: Chorale, key: Key | None = None) -> Checked:
    """Check a chorale, or music of fewer voices, against all RULES.

    What takes several voices is looked for among those that sing. Where no fermatas are known,
    phrases are estimated for what is excused between them, and their cadences are not judged.

    Args:
        chorale: it.
        key: in which notes are spelled and closes heard. Else they are spelled in the plan's, and
            the closes heard in the estimated key, as they were in Bach's chorales.
    """
    counted = counts(chorale, key)
    rates = bachs_rates()

    def order(found: Finding) -> tuple[bool, float, str, int, tuple[int, ...]]:
        rate = rates[found.rule]
        return rate.is_tendency, -rate.weight, found.rule, found.step, found.voices

    findings = sorted((found for count in counted for found in count.findings), key=order)
    opportunities = {count.rule: count.opportunities for count in counted}
    in_order = {rule: opportunities.get(rule, 0) for rule in RULES}
    return Checked(tuple(findings), MappingProxyType(in_order))


def counts(chorale: Chorale, key: Key | None = None) -> list[Count]:
    """What each rule finds; needs no rates, which are made of it."""
    context = CheckContext(chorale, key)
    return [count for room in ROOMS for count in room.counts(context)]
