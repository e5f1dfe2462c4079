"""A profile: the rules that are applied, their weights and kinds, points, and ranges of voices."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType
from typing import Literal

from chorale.checking.rates import bach_rates
from chorale.checking.rules import RULES
from chorale.errors import OptionError
from chorale.music.voicings import Voicing
from chorale.untrusted import shorten

Kind = Literal["fault", "tendency"]
FAULT: Kind = "fault"
TENDENCY: Kind = "tendency"
KIND_NAMES: Mapping[str, Kind] = MappingProxyType({"faults": FAULT, "tendencies": TENDENCY})


@dataclass(frozen=True)
class Profile:
    """How part-writing is judged.

    Attributes:
        name: name of the profile, such as "textbook".
        weights: weight of one finding against each of RULES, 0 or more: nats in the profile `bach`,
            points elsewhere.
        tendencies: rules against which findings are tendencies, which cost no points.
        ignored: rules that are not applied.
        points: points of an exercise without faults; None if there are no points.
        ranges: lowest and highest pitch, both inclusive, by the name or the kind of a voice; other
            voices have the ranges of their choir.
    """

    name: str
    weights: Mapping[str, float]
    tendencies: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    points: float | None = None
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def has_bachs_weights(self) -> bool:
        """Whether the weights are those of the profile `bach`, in nats."""
        return self.weights == bach_profile().weights

    @property
    def has_bachs_kinds(self) -> bool:
        """Whether faults and tendencies are those of the profile `bach`."""
        return self.tendencies == bach_profile().tendencies

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that are applied, in the order of RULES."""
        return tuple(rule for rule in RULES if rule not in self.ignored)

    def find_kind(self, rule: str) -> Kind:
        """Return the kind of the findings against a rule."""
        return TENDENCY if rule in self.tendencies else FAULT

    def sort_key(self, rule: str) -> tuple[bool, float]:
        """Return a key that sorts rules: faults before tendencies, then heavier rules first."""
        return rule in self.tendencies, -self.weights[rule]

    def weigh(self, rules: Iterable[str]) -> float:
        """Return the sum of the weights of faults, given by their rules; tendencies weigh nothing.

        Args:
            rules: the rule of each finding.
        """
        return sum(self.weights[rule] for rule in rules if rule not in self.tendencies)

    def grade(self, weight: float) -> float | None:
        """Return the points of an exercise whose faults have a weight; None without points."""
        return None if self.points is None else max(0.0, self.points - weight)

    def fit_ranges(self, voicing: Voicing) -> Voicing:
        """Return a choir whose voices have the ranges of the profile."""
        return replace(
            voicing,
            parts=tuple(
                replace(
                    part,
                    range=self.ranges.get(part.name, self.ranges.get(part.kind, part.range)),
                )
                for part in voicing.parts
            ),
        )

    def select(self, only: Sequence[str] = (), ignore: Sequence[str] = ()) -> "Profile":
        """Return the profile with other rules.

        Args:
            only: names of the rules to apply, even of those that the profile leaves out; none for
                the rules of the profile.
            ignore: names of rules to leave out.

        Names are as in `find_rules`.

        Raises:
            OptionError: a name fits no rule, or no rule remains.
        """
        chosen = set(self.find_rules(only) if only else self.rules)
        chosen -= set(self.find_rules(ignore))
        if not chosen:
            raise OptionError("no rule remains to be applied; leave out fewer rules")
        return replace(self, ignored=frozenset(RULES) - chosen)

    def find_rules(self, names: Iterable[str]) -> list[str]:
        """Find rules by their names.

        Args:
            names: names of rules in capital or small letters, with spaces or hyphens; the beginning
                of a name, for all rules that begin so; or "faults" or "tendencies", for the rules
                of this kind that the profile applies.

        Raises:
            OptionError: a name fits no rule.
        """
        return [rule for name in names for rule in self._find_rules(name)]

    def _find_rules(self, name: str) -> list[str]:
        wanted = _fold(name)
        if wanted in KIND_NAMES:
            return [rule for rule in self.rules if self.find_kind(rule) == KIND_NAMES[wanted]]
        folded = {_fold(rule): rule for rule in RULES}
        if wanted in folded:
            return [folded[wanted]]
        found = [rule for each, rule in folded.items() if wanted and each.startswith(wanted)]
        if not found:
            near = [folded[each] for each in get_close_matches(wanted, folded, n=2)]
            listed = "see `chorale check --list-rules`"
            hint = f"did you mean {' or '.join(near)}?" if near else listed
            raise OptionError(f"there is no rule {shorten(repr(name))}; {hint}")
        return found


def _fold(name: str) -> str:
    """Return a name in small letters, with spaces for hyphens."""
    return " ".join(name.replace("-", " ").lower().split())


@cache
def bach_profile() -> Profile:
    """Return the profile of Bach: his tendencies, and weights in nats by his rates."""
    rates = bach_rates()
    return Profile(
        "bach",
        MappingProxyType({rule: rate.weight for rule, rate in rates.items()}),
        frozenset(rule for rule, rate in rates.items() if rate.is_tendency),
    )
