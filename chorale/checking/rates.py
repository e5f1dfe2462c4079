"""How often Bach breaks each rule, and what follows for its weight.

His findings and opportunities were counted by the same code in the 376 chorales of the `bach` data
set (`scripts/build/rule_rates.py`) and are shipped as `rates.json`. These counts alone set the
weights of the rules, without anyone's taste:

- The weight of a rule is the surprise of one more finding in Bach: minus the natural logarithm of
  his findings per opportunity, in nats. If Bach has no finding, half a finding is assumed.
- The findings of rules that Bach breaks in half of his chorales or more are tendencies, and so are
  those of rules that textbooks only advise (`Rule.is_tolerated`); all other findings are faults.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from types import MappingProxyType

from chorale.checking.rules import RULES

RATES = Path(__file__).parent / "rates.json"
SPLITS = ("train", "valid", "test")
NONE_FOUND = 0.5  # findings assumed where Bach has none
TENDENCY = 0.5  # least share of chorales with a finding that makes the findings tendencies


@dataclass(frozen=True)
class Rate:
    """Rate at which a collection of chorales breaks a rule.

    Attributes:
        findings: number of findings.
        opportunities: number of places where the rule could have been broken.
        chorales_with_finding: number of chorales with at least one finding.
        chorales: number of chorales.
        is_tolerated: as in the rule.
    """

    findings: int
    opportunities: int
    chorales_with_finding: int
    chorales: int
    is_tolerated: bool = False

    @property
    def per_opportunity(self) -> float:
        """Findings per opportunity; 0 if there are no opportunities."""
        return self.findings / max(1, self.opportunities)

    @property
    def chorales_share(self) -> float:
        """Share of the chorales with at least one finding."""
        return self.chorales_with_finding / max(1, self.chorales)

    @property
    def weight(self) -> float:
        """Surprise of one more finding, in nats."""
        return -log(self.smoothed_rate)

    @property
    def smoothed_rate(self) -> float:
        """Findings per opportunity, where NONE_FOUND takes the place of zero findings."""
        return max(self.findings, NONE_FOUND) / max(1, self.opportunities)

    @property
    def is_tendency(self) -> bool:
        """Whether half of the chorales or more have a finding, or textbooks tolerate it."""
        return self.is_tolerated or self.chorales_share >= TENDENCY


@cache
def bach_rates(split: str | None = None) -> Mapping[str, Rate]:
    """Return the rate at which Bach breaks each rule, by name.

    Args:
        split: one of SPLITS of the `bach` data set; None for all of it.
    """
    counted = json.loads(RATES.read_text("utf-8"))
    splits = SPLITS if split is None else (split,)
    chorales = sum(counted["chorales"][name] for name in splits)
    rates = {}
    for rule in RULES:
        by_split = zip(*(counted["rules"][rule][name] for name in splits), strict=True)
        findings, opportunities, chorales_with_finding = map(sum, by_split)
        rates[rule] = Rate(
            findings, opportunities, chorales_with_finding, chorales, RULES[rule].is_tolerated
        )
    return MappingProxyType(rates)
