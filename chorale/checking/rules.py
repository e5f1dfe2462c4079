"""The rules of part-writing as textbooks state them.

The opportunities of a rule are the places where it could have been broken, and its unit names them.
How often Bach breaks each rule is in `chorale.checking.rates`.

Sources, as RULES abbreviates them:

    Fux                 J. J. Fux, Gradus ad Parnassum (1725)
    Piston              W. Piston, Harmony (1941)
    Kostka and Payne    S. Kostka and D. Payne, Tonal Harmony (1984), chapters by title
    Aldwell, Schachter  E. Aldwell and C. Schachter, Harmony and Voice Leading (1978)

The last group of rules, on music that stands still or goes in circles, is in no textbook. These
rules were made for faults that machines make and Bach does not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Rule:
    """A rule of part-writing.

    Attributes:
        name: name of the rule and of its findings, such as "parallel fifths".
        description: a sentence on how the rule is broken.
        unit: name of the rule's opportunities, in the plural.
        source: textbooks that state the rule.
        least_voices: number of voices that the rule needs; with fewer it is not applied.
        is_tolerated: whether textbooks only advise against breaking the rule, so that its findings
            are tendencies whatever Bach's rate.
    """

    name: str
    description: str
    unit: str
    source: str
    least_voices: int = 1
    is_tolerated: bool = False


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
        "unequal fifths",
        "Two voices move in the same direction from a diminished to a perfect fifth.",
        CHANGES,
        "Piston; Kostka and Payne, Principles of Voice Leading",
        TWO_VOICES,
        is_tolerated=True,
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
    Rule(
        "long crossing",
        "A voice sounds below its lower neighbour for a bar or longer.",
        CHORDS,
        BY_SPACING,
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
        "leap not turned back",
        "A voice above the lowest leaps by a sixth or more and goes on in the same direction.",
        "leaps of a sixth or more",
        "Fux; Kostka and Payne, Principles of Voice Leading",
    ),
    Rule(
        "doubled leading tone",
        "Two voices have the leading tone of a dominant.",
        "dominants",
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
        "dropped leading tone",
        "The leading tone of a dominant that resolves drops to the tonic's fifth, in an inner "
        "voice.",
        "inner leading tones",
        BY_DOMINANT,
        THREE_VOICES,
    ),
    Rule(
        "inner leading tone left",
        "The leading tone of a dominant that resolves neither rises nor drops a third, in an "
        "inner voice.",
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
        "unresolved diminished seventh",
        "The seventh of a diminished seventh chord that resolves does not fall by step.",
        "sevenths of diminished sevenths",
        "Piston; Kostka and Payne, Other Diatonic Seventh Chords",
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
        "chords on beats",
        BY_SPACING,
        THREE_VOICES,
    ),
    Rule(
        "doubled third",
        "The third of a major triad is doubled where no motion needs it.",
        "major triads on beats",
        BY_SPACING,
        THREE_VOICES,
    ),
    Rule(
        "unresolved cadential six-four",
        "The fourth of a cadential six-four chord does not fall by step, or its sixth leaps.",
        "cadential six-four chords",
        "Piston; Kostka and Payne, Triads in Second Inversion",
        THREE_VOICES,
    ),
    Rule(
        "free six-four",
        "A six-four chord is neither cadential nor passing, a pedal or arpeggiated.",
        "other six-four chords",
        "Piston; Kostka and Payne, Triads in Second Inversion",
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
