"""The rules of part-writing as textbooks state them, and how often Bach breaks each.

The opportunities of a rule are the places where it could have been broken, and its unit names them.
Bach's findings and opportunities were counted by the same code in the 376 chorales of the `bach`
data set (`scripts/build/rule_rates.py`) and are shipped as `rates.json`. These counts alone set the
weights of the rules, without anyone's taste:

- The weight of a rule is the surprise of one more finding in Bach: minus the natural logarithm of
  his findings per opportunity, in nats. If Bach has no finding, half a finding is assumed.
- The findings of rules that Bach breaks in half of his chorales or more are tendencies; all other
  findings are faults.

Sources, as RULES abbreviates them:

    Fux                 J. J. Fux, Gradus ad Parnassum (1725)
    Piston              W. Piston, Harmony (1941)
    Kostka and Payne    S. Kostka and D. Payne, Tonal Harmony (1984), chapters by title
    Aldwell, Schachter  E. Aldwell and C. Schachter, Harmony and Voice Leading (1978)

The last group of rules, on music that stands still or goes in circles, is in no textbook. These
rules were made for faults that machines make and Bach does not.
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
NONE_FOUND = 0.5  # findings assumed where Bach has none
TENDENCY = 0.5  # least share of chorales with a finding that makes the findings tendencies


@dataclass(frozen=True)
class Rule:
    """A rule of part-writing.

    Attributes:
        name: name of the rule and of its findings, such as "parallel fifths".
        description: a sentence on how the rule is broken.
        unit: name of the rule's opportunities, in the plural.
        source: textbooks that state the rule.
        least_voices: number of voices that the rule needs; with fewer it is not applied.
    """

    name: str
    description: str
    unit: str
    source: str
    least_voices: int = 1


@dataclass(frozen=True)
class Rate:
    """Rate at which a collection of chorales breaks a rule.

    Attributes:
        findings: number of findings.
        opportunities: number of places where the rule could have been broken.
        chorales_with_finding: number of chorales with at least one finding.
        chorales: number of chorales.
    """

    findings: int
    opportunities: int
    chorales_with_finding: int
    chorales: int

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
        """Whether half of the chorales or more have a finding."""
        return self.chorales_share >= TENDENCY


TWO_VOICES, THREE_VOICES = 2, 3
CHANGES, CHORDS, NOTES = "changes of chord", "chords", "notes"
INTERVALS, QUARTERS, SPANS = "melodic intervals", "quarters", "held or repeated pitches"
BY_SPACING = "Piston; Kostka and Payne, Principles of Voice Leading"
BY_MOTION = "Fux; Piston; Kostka and Payne, Principles of Voice Leading"
BY_DOMINANT = "Piston; Kostka and Payne, The V7 Chord"
BY_CLOSE = "Piston; Aldwell, Schachter"
BACH_ALONE = "none: measured on Bach"

_RULES = (
    Rule(
        "parallel fifths",
        "Two voices move in the same direction from a fifth to a fifth.",
        CHANGES,
        BY_MOTION,
        TWO_VOICES,
    ),
    Rule(
        "parallel octaves",
        "Two voices move in the same direction from an octave or unison to another.",
        CHANGES,
        BY_MOTION,
        TWO_VOICES,
    ),
    Rule(
        "contrary fifths",
        "Two voices move in opposite directions from a fifth to a fifth, octaves ignored.",
        CHANGES,
        BY_MOTION,
        TWO_VOICES,
    ),
    Rule(
        "contrary octaves",
        "Two voices move in opposite directions from an octave or unison to another.",
        CHANGES,
        BY_MOTION,
        TWO_VOICES,
    ),
    Rule(
        "direct fifths",
        "The outer voices reach a fifth in the same direction, the upper one by a leap.",
        CHANGES,
        BY_MOTION,
        TWO_VOICES,
    ),
    Rule(
        "direct octaves",
        "The outer voices reach an octave in the same direction, the upper one by a leap.",
        CHANGES,
        BY_MOTION,
        TWO_VOICES,
    ),
    Rule(
        "overlap",
        "A voice passes the note that its neighbour has just left.",
        CHANGES,
        BY_SPACING,
        TWO_VOICES,
    ),
    Rule(
        "false relation",
        "A note is followed by its chromatic neighbour in another voice.",
        CHANGES,
        "Piston; Aldwell, Schachter",
        TWO_VOICES,
    ),
    Rule("crossing", "A voice sounds below its lower neighbour.", CHORDS, BY_SPACING, TWO_VOICES),
    Rule(
        "wide spacing",
        "Neighbours above the lowest voice are more than an octave apart.",
        CHORDS,
        BY_SPACING,
        THREE_VOICES,
    ),
    Rule(
        "chromatic clash",
        "A note sounds together with its own alteration, such as C with C sharp.",
        CHORDS,
        "Piston; Aldwell, Schachter",
        TWO_VOICES,
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
        TWO_VOICES,
    ),
    Rule(
        "unresolved leading tone",
        "The leading tone of a dominant that resolves does not rise, in an outer voice.",
        "outer leading tones",
        BY_DOMINANT,
        TWO_VOICES,
    ),
    Rule(
        "inner leading tone left",
        "The leading tone of a dominant that resolves does not rise, in an inner voice.",
        "inner leading tones",
        BY_DOMINANT,
        THREE_VOICES,
    ),
    Rule(
        "unresolved seventh",
        "The seventh of a chord does not fall by step.",
        "sevenths that are left",
        BY_DOMINANT,
        TWO_VOICES,
    ),
    Rule(
        "unprepared dissonance",
        "Two voices leap together into a second or seventh that belongs neither to a dominant "
        "seventh nor to a diminished chord.",
        CHANGES,
        "Fux; Piston; Kostka and Payne, Nonchord Tones",
        TWO_VOICES,
    ),
    Rule(
        "no third",
        "A chord of three voices or more has no third.",
        QUARTERS,
        BY_SPACING,
        THREE_VOICES,
    ),
    Rule(
        "phrase without a cadence",
        "A phrase does not end with a cadence under its fermata.",
        "phrases before the last",
        BY_CLOSE,
        THREE_VOICES,  # two do not make the chords of a cadence
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
        THREE_VOICES,
    ),
    Rule("standing chord", "A chord lasts for more than two quarters.", CHORDS, BACH_ALONE),
    Rule(
        "standing voice", "A voice stays on a pitch for more than six quarters.", SPANS, BACH_ALONE
    ),
    Rule(
        "much repeated note",
        "A voice strikes a pitch six times in a row or more.",
        SPANS,
        BACH_ALONE,
    ),
    Rule(
        "mechanical repetition",
        "All voices sing a figure of up to eight quarters three times in a row.",
        QUARTERS,
        BACH_ALONE,
    ),
)
RULES: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in _RULES})


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
        rates[rule] = Rate(findings, opportunities, chorales_with_finding, chorales)
    return MappingProxyType(rates)
