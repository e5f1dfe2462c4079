"""The rules of part-writing as textbooks state them, and how often Bach goes against each.

What a rule counts over is its unit: a finding is weighed against the places where there could have
been one. Bach's own findings are counted, by the same code, on the 376 chorales of the `bach` data
set (`scripts/make_rule_rates.py`) and shipped as `rates.json`. From them comes all that is said of
a rule's weight: nothing was weighed by taste.

- The weight of a rule is how surprising one more finding would be in Bach: minus the natural
  logarithm of his findings by opportunity, in nats. Where he has none, half a finding is counted.
- A rule against which he goes in half of his chorales, or more, is a tendency; others find faults.

Sources, by the words that RULES has for them:

    Fux                 J. J. Fux, Gradus ad Parnassum (1725)
    Piston              W. Piston, Harmony (1941)
    Kostka and Payne    S. Kostka and D. Payne, Tonal Harmony (1984), chapters by their titles
    Aldwell, Schachter  E. Aldwell and C. Schachter, Harmony and Voice Leading (1978)

The last group of rules, on music that stands still or turns in circles, is in no textbook; it was
made for what machines do and Bach does not.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from types import MappingProxyType

RATES = Path(__file__).parent / "rates.json"
SPLITS = ("train", "valid", "test")
NONE_FOUND = 0.5  # counted where Bach has no finding
TENDENCY = 0.5  # share of Bach's chorales that have a finding, from which it is one


@dataclass(frozen=True)
class Rule:
    """A rule.

    Attributes:
        name: of what is found, such as "parallel fifths".
        says: what is to be avoided, in a sentence.
        unit: what its opportunities are, in the plural.
        source: who states it.
    """

    name: str
    says: str
    unit: str
    source: str


@dataclass(frozen=True)
class Rate:
    """How often chorales go against a rule.

    Attributes:
        findings: how many there are.
        opportunities: among how many places.
        with_finding: in how many chorales.
        chorales: of how many.
    """

    findings: int
    opportunities: int
    with_finding: int
    chorales: int

    @property
    def per_opportunity(self) -> float:
        """Findings by opportunity; 0 where there is none."""
        return self.findings / max(1, self.opportunities)

    @property
    def chorales_share(self) -> float:
        """Share of the chorales that have a finding."""
        return self.with_finding / max(1, self.chorales)

    @property
    def weight(self) -> float:
        """How surprising a finding is, in nats."""
        return -log(self.smoothed)

    @property
    def smoothed(self) -> float:
        """Findings by opportunity; where there is none, as if there were NONE_FOUND."""
        return max(self.findings, NONE_FOUND) / max(1, self.opportunities)

    @property
    def is_tendency(self) -> bool:
        """Whether half of the chorales, or more, have a finding."""
        return self.chorales_share >= TENDENCY


CHANGES, CHORDS, NOTES = "changes of chord", "chords", "notes"
INTERVALS, QUARTERS, SPANS = "melodic intervals", "quarters", "held or repeated pitches"
BY_SPACING = "Piston; Kostka and Payne, Principles of Voice Leading"
BY_MOTION = "Fux; Piston; Kostka and Payne, Principles of Voice Leading"
BY_DOMINANT = "Piston; Kostka and Payne, The V7 Chord"
BY_CLOSE = "Piston; Aldwell, Schachter"
BY_NOBODY = "none: measured on Bach"

_RULES = (
    Rule(
        "parallel fifths",
        "Two voices move in the same direction from a fifth to a fifth.",
        CHANGES,
        BY_MOTION,
    ),
    Rule(
        "parallel octaves",
        "Two voices move in the same direction from an octave or unison to another.",
        CHANGES,
        BY_MOTION,
    ),
    Rule(
        "contrary fifths",
        "Two voices move in opposite directions from a fifth to a fifth, octaves left out.",
        CHANGES,
        BY_MOTION,
    ),
    Rule(
        "contrary octaves",
        "Two voices move in opposite directions from an octave or unison to another.",
        CHANGES,
        BY_MOTION,
    ),
    Rule(
        "direct fifths",
        "The outer voices reach a fifth in the same direction, the upper one by a leap.",
        CHANGES,
        BY_MOTION,
    ),
    Rule(
        "direct octaves",
        "The outer voices reach an octave in the same direction, the upper one by a leap.",
        CHANGES,
        BY_MOTION,
    ),
    Rule(
        "overlap",
        "A voice goes beyond the note that its neighbour has just left.",
        CHANGES,
        BY_SPACING,
    ),
    Rule(
        "false relation",
        "A note is followed by its chromatic neighbour in another voice.",
        CHANGES,
        "Piston; Aldwell, Schachter",
    ),
    Rule("crossing", "A voice sounds below its lower neighbour.", CHORDS, BY_SPACING),
    Rule(
        "wide spacing",
        "Soprano and alto, or alto and tenor, are more than an octave apart.",
        CHORDS,
        BY_SPACING,
    ),
    Rule(
        "chromatic clash",
        "A note sounds together with its own alteration, such as C with C sharp.",
        CHORDS,
        "Piston; Aldwell, Schachter",
    ),
    Rule("out of range", "A note lies outside its voice's range.", NOTES, BY_SPACING),
    Rule(
        "augmented leap",
        "A voice leaps by an augmented interval, as it is spelled.",
        INTERVALS,
        "Fux; Piston; Kostka and Payne, Principles of Voice Leading",
    ),
    Rule("leap of a seventh", "A voice leaps by a seventh.", INTERVALS, BY_MOTION),
    Rule("wide leap", "A voice leaps beyond an octave.", INTERVALS, BY_MOTION),
    Rule(
        "doubled leading tone",
        "Two voices have the leading tone of a dominant that resolves.",
        "resolving dominants",
        BY_SPACING,
    ),
    Rule(
        "unresolved leading tone",
        "The leading tone of a dominant that resolves does not rise, in an outer voice.",
        "outer leading tones",
        BY_DOMINANT,
    ),
    Rule(
        "inner leading tone left",
        "The leading tone of a dominant that resolves does not rise, in an inner voice.",
        "inner leading tones",
        BY_DOMINANT,
    ),
    Rule(
        "unresolved seventh",
        "The seventh of a chord does not go down by step.",
        "sevenths that are left",
        BY_DOMINANT,
    ),
    Rule(
        "unprepared dissonance",
        "Two voices leap at once into a second or seventh that is not of a dominant seventh nor of "
        "a diminished chord.",
        CHANGES,
        "Fux; Piston; Kostka and Payne, Nonchord Tones",
    ),
    Rule("no third", "A chord of three voices or more has no third.", QUARTERS, BY_SPACING),
    Rule(
        "phrase without a cadence",
        "A phrase does not close with a cadence under its fermata.",
        "phrases before the last",
        BY_CLOSE,
    ),
    Rule(
        "end off the tonic",
        "The last chord is not the tonic's in root position.",
        "chorales",
        BY_CLOSE,
    ),
    Rule(
        "end without a cadence",
        "No cadence leads into the tonic at the end.",
        "chorales that end on the tonic",
        BY_CLOSE,
    ),
    Rule("standing chord", "A chord lasts for more than two quarters.", CHORDS, BY_NOBODY),
    Rule(
        "standing voice", "A voice stays on a pitch for more than six quarters.", SPANS, BY_NOBODY
    ),
    Rule(
        "much repeated note",
        "A voice strikes a pitch six times in a row or more.",
        SPANS,
        BY_NOBODY,
    ),
    Rule(
        "mechanical repetition",
        "All voices sing a figure of up to eight quarters three times in a row.",
        QUARTERS,
        BY_NOBODY,
    ),
)
RULES: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in _RULES})


@cache
def bachs_rates(split: str | None = None) -> Mapping[str, Rate]:
    """How often Bach goes against each rule, by its name: in all his chorales, or those of a split.

    Args:
        split: one of SPLITS, of the `bach` data set.
    """
    counted = json.loads(RATES.read_text("utf-8"))
    splits = SPLITS if split is None else (split,)
    chorales = sum(counted["chorales"][name] for name in splits)
    rates = {}
    for rule in RULES:
        of_splits = zip(*(counted["rules"][rule][name] for name in splits), strict=True)
        found, among, with_finding = map(sum, of_splits)
        rates[rule] = Rate(found, among, with_finding, chorales)
    return MappingProxyType(rates)
