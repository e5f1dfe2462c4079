"""Parse the information fields of ABC: keys, metres, lengths, tempos and voices.

Source: the ABC standard 2.1, section 3.1, and section 4.6 on clefs.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from chorale.music import MAX_BEATS, OCTAVE
from chorale.music.spelling import LETTERS_BY_FIFTHS
from chorale.reading.transcribing.score import ScoreDirection, ScoreKey, ScoreMetre

_MODES = MappingProxyType(  # by their first three letters: fifths below the major key, and name
    {
        "": (0, "major"),
        "maj": (0, "major"),
        "ion": (0, "ionian"),
        "m": (-3, "minor"),
        "min": (-3, "minor"),
        "aeo": (-3, "aeolian"),
        "mix": (-1, "mixolydian"),
        "dor": (-2, "dorian"),
        "phr": (-4, "phrygian"),
        "lyd": (1, "lydian"),
        "loc": (-5, "locrian"),
    }
)
_KEY = re.compile(r"([A-G])([#b]?)\s*([A-Za-z]*)")
_EXPLICIT = re.compile(r"(\^\^|\^|__|_|=)([A-Ga-g])(?![A-Za-z])")
_PROPERTY = re.compile(r"""([\w-]+)\s*=\s*("[^"]*"|\S+)""")
_CLEF = re.compile(r"\b(treble|alto|tenor|bass|perc|none|[GCF][1-5])([-+]8(?:va)?)?(?=\s|$)")
_OCTAVE_SIGN = re.compile(r"(?:^|\s)()([-+]8(?:va)?)(?=\s|$)")  # of old files
_METRE = re.compile(r"\(?(\d{1,2}(?:\s*\+\s*\d{1,2})*)\)?\s*/\s*(\d{1,3})")
_COMMON = MappingProxyType({"C": ScoreMetre("4", 4), "C|": ScoreMetre("2", 2)})
_FRACTION = re.compile(r"(\d{1,4})\s*/\s*(\d{1,4})")
_TEMPO = re.compile(
    r"(?:(?P<beats>\d{1,3}/\d{1,3}(?:\s+\d{1,3}/\d{1,3}){0,8})|(?P<length>C(?P<many>\d?)))\s*="
    r"\s*(?P<number>\d{1,4}(?:\.\d{1,4})?)"
)
_OLD_TEMPO = re.compile(r"\d{1,4}(?:\.\d{1,4})?")
ALTERS = MappingProxyType({"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2})


@dataclass(frozen=True)
class AbcKey:
    """A key: its signature, and the alteration of each letter that it alters."""

    signature: ScoreKey
    alters: dict[str, int]


@dataclass(frozen=True)
class VoiceFields:
    """What the fields of a voice state; None for what they do not.

    Attributes:
        name: name of the voice.
        clef_octaves: octaves that the sign at the clef adds: -1 for "treble-8".
        octaves: octaves that `octave=` adds.
        semitones: semitones that `transpose=` adds.
    """

    name: str | None = None
    clef_octaves: int | None = None
    octaves: int | None = None
    semitones: int | None = None

    def shift(self) -> tuple[int, int]:
        """Octaves and further semitones from the written to the sounding pitch.

        A clef with an 8 below and transpose=-12 state the same.
        """
        octaves, semitones = self.clef_octaves or 0, self.semitones or 0
        if octaves and semitones == octaves * OCTAVE:
            semitones = 0
        whole = int(semitones / OCTAVE)
        return octaves + whole + (self.octaves or 0), semitones - whole * OCTAVE


def parse_key(text: str) -> AbcKey | None:
    """Parse the key of a K: field; None if the field states only a clef or other properties."""
    text = _PROPERTY.sub(" ", text).strip()
    if text.startswith(("HP", "Hp")):  # bagpipes, which sound F sharp and C sharp
        alters = {"F": 1, "C": 1}
        return AbcKey(ScoreKey(2 if text.startswith("Hp") else 0), alters)
    if text.lower().startswith("none") or not text:
        return AbcKey(ScoreKey(0), {}) if text else None
    found = _KEY.match(text)
    mode = _MODES.get(found[3].lower()[:3]) if found else None
    explicit = {letter.upper(): ALTERS[sign] for sign, letter in _EXPLICIT.findall(text)}
    if found is None or (mode is None and found[3].lower() != "exp"):
        if _CLEF.search(text) or not explicit:
            return None
        return AbcKey(ScoreKey(sum(explicit.values())), explicit)
    if mode is None:  # "D exp _b": the signature is what is stated
        return AbcKey(ScoreKey(sum(explicit.values())), explicit)
    fifths = LETTERS_BY_FIFTHS.index(found[1]) - 1 + {"#": 7, "b": -7, "": 0}[found[2]]
    sharps = fifths + mode[0]
    alters = {letter: alter for letter, alter in _signature(sharps).items() if alter}
    return AbcKey(ScoreKey(sharps, mode[1]), {**alters, **explicit})


def _signature(sharps: int) -> dict[str, int]:
    """Return the alteration of each letter in a key signature."""
    letters = LETTERS_BY_FIFTHS
    return {letter: (sharps + 6 - place) // 7 for place, letter in enumerate(letters)}


def parse_voice(text: str) -> VoiceFields:
    """Parse the properties in a V: or K: field."""
    properties = {key.lower(): value.strip('"') for key, value in _PROPERTY.findall(text)}
    bare = _PROPERTY.sub(" ", text)
    clef = _CLEF.search(properties.get("clef", "")) or _CLEF.search(bare)
    clef = clef or _OCTAVE_SIGN.search(bare)
    return VoiceFields(
        properties.get("name", properties.get("nm")),
        int(clef[2].removesuffix("va")) // 8 if clef and clef[2] else 0 if clef else None,
        _parse_int(properties.get("octave")),
        _parse_int(properties.get("transpose")),
    )


def _parse_int(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"[-+]?\d{1,2}", text) else None


def parse_metre(text: str) -> ScoreMetre | None:
    """Parse an M: field; None if the metre is free or is not one.

    Raises:
        ValueError: the metre has more beats than any metre.
    """
    text = text.strip()
    if text in _COMMON:
        return _COMMON[text]
    found = _METRE.match(text)
    if not found:
        return None
    count, unit = re.sub(r"\s", "", found[1]), int(found[2])
    if not (0 < sum(map(int, count.split("+"))) <= MAX_BEATS and unit in (1, 2, 4, 8, 16, 32)):
        raise ValueError(f"{text[:20]} as its metre")
    return ScoreMetre(count, unit)


def default_length(metre: ScoreMetre | None) -> Fraction:
    """Return the length of a note without a number, in quarters, where no L: field states it."""
    return Fraction(1, 4) if metre and metre.quarters < 3 else Fraction(1, 2)


def parse_length(text: str) -> Fraction | None:
    """Parse an L: field, in quarters; None if it is none."""
    found = _FRACTION.match(text.strip())
    if not found or not int(found[1]) or not int(found[2]):
        return Fraction(4) if text.strip() == "1" else None
    return Fraction(4 * int(found[1]), int(found[2]))


def parse_tempo(text: str, length: Fraction) -> ScoreDirection:
    """Parse a Q: field.

    Args:
        text: the field.
        length: length of a note without a number, in quarters, which is the beat of old fields.
    """
    words = " ".join(re.findall(r'"([^"]*)"', text)).strip()
    rest = re.sub(r'"[^"]*"', " ", text)
    found = _TEMPO.search(rest)
    if not found:
        old = _OLD_TEMPO.search(rest)  # "Q:120" counts quarters
        return ScoreDirection("tempo", words, float(old[0]) or None if old else None)
    beat = length
    if found["beats"]:
        parts = [each for each in map(parse_length, found["beats"].split()) if each]
        beat = sum(parts, Fraction()) or length
    elif found["many"]:
        beat = length * (int(found["many"]) or 1)
    return ScoreDirection("tempo", words, float(beat) * float(found["number"]) or None)
