"""Parse the values of MEI: keys, metres, lengths, accidentals and texts.

Source: the MEI guidelines 5, chapters 3 and 4. Earlier versions name some attributes differently.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from types import MappingProxyType
from xml.etree import ElementTree as ET

from chorale.music import MAX_BEATS
from chorale.music.spelling import LETTERS_BY_FIFTHS
from chorale.reading.limits import MAX_TEXT
from chorale.reading.transcribing.score import ScoreKey, ScoreMetre
from chorale.untrusted import make_printable

ALTERS = MappingProxyType(
    {"n": 0, "s": 1, "f": -1, "ss": 2, "x": 2, "ff": -2, "xs": 3, "sx": 3, "ts": 3, "tf": -3}
    | {"ns": 1, "nf": -1}
)
_LENGTHS = MappingProxyType(
    {"long": Fraction(16), "breve": Fraction(8)}
    | {str(2**power): Fraction(4, 2**power) for power in range(11)}
)
_SIGNATURE = re.compile(r"(\d{1,2})([sf])")
_SIGNS = MappingProxyType({"common": ScoreMetre("4", 4), "cut": ScoreMetre("2", 2)})
_MAJOR_OF_MODE = MappingProxyType(
    {
        **dict.fromkeys(("major", "ionian"), 0),
        **dict.fromkeys(("minor", "aeolian"), -3),
        "dorian": -2,
        "phrygian": -4,
        "lydian": 1,
        "mixolydian": -1,
        "locrian": -5,
    }
)
MAX_DOTS = 8
_CHOSEN = ("lem", "corr", "reg", "expan")  # the preferred ones of several readings
_EDITORIAL = ("app", "choice", "subst")
_TRANSPARENT = (
    "lem",
    "rdg",
    "sic",
    "corr",
    "orig",
    "reg",
    "abbr",
    "expan",
    "supplied",
    "add",
    "unclear",
    "restore",
    "damage",
)


def iterate(element: ET.Element) -> Iterator[ET.Element]:
    """Yield the children of an element; of editorial alternatives, those of the preferred one."""
    for child in element:
        if child.tag in _EDITORIAL:
            options = [each for each in child if each.tag in _CHOSEN] or list(child)
            if options:
                yield from iterate(options[0])
        elif child.tag in _TRANSPARENT:
            yield from iterate(child)
        else:
            yield child


def parse_key(element: ET.Element) -> ScoreKey | None:
    """Parse the key of a keySig, scoreDef or staffDef; None if it states none.

    Raises:
        ValueError: the signature is not possible.
    """
    prefix = "" if element.tag == "keySig" else "key."
    get = element.get
    mode = get(f"{prefix}mode", "")
    mode = mode if mode in _MAJOR_OF_MODE else ""
    signature = get("sig") if not prefix else get("keysig", get("key.sig"))
    if signature is not None:
        found = _SIGNATURE.fullmatch(signature.strip())
        if found:
            return ScoreKey(int(found[1]) * (1 if found[2] == "s" else -1), mode)
        if signature.strip() in ("0", "0n"):
            return ScoreKey(0, mode)
    accidentals = [ALTERS.get(each.get("accid", ""), 0) for each in element.iter("keyAccid")]
    if accidentals:
        return ScoreKey(sum(accidentals), mode)
    name = get(f"{prefix}pname", "").upper()
    if name and name in LETTERS_BY_FIFTHS and mode:
        alter = ALTERS.get(get(f"{prefix}accid", "n"), 0)
        fifths = LETTERS_BY_FIFTHS.index(name) - 1 + 7 * alter
        return ScoreKey(fifths + _MAJOR_OF_MODE[mode], mode)
    if signature is not None:
        raise ValueError(f'"{signature[:20]}" as its key signature')
    return None


def parse_metre(element: ET.Element) -> ScoreMetre | None:
    """Parse the metre of a meterSig, scoreDef or staffDef; None if it states none.

    Raises:
        ValueError: the metre is not possible.
    """
    prefix = "" if element.tag == "meterSig" else "meter."
    count, unit = element.get(f"{prefix}count"), element.get(f"{prefix}unit")
    if count is None or unit is None:
        return _SIGNS.get(element.get(f"{prefix}sym", ""))
    count = re.sub(r"\s", "", count)
    if not re.fullmatch(r"\d{1,2}(\+\d{1,2}){0,8}", count) or unit not in _LENGTHS:
        raise ValueError(f'"{count[:20]}/{unit[:20]}" as its metre')
    if not 0 < sum(map(int, count.split("+"))) <= MAX_BEATS or int(unit) > 128:
        raise ValueError(f'"{count}/{unit}" as its metre')
    return ScoreMetre(count, int(unit))


def parse_length(value: str, dots: int) -> Fraction:
    """Parse a length, in quarters.

    Raises:
        ValueError: it is not a length of modern notation.
    """
    if value not in _LENGTHS:
        raise ValueError(f'"{value[:20]}" as the length of a note')
    if not 0 <= dots <= MAX_DOTS:
        raise ValueError(f"{dots} dots after a note")
    return _LENGTHS[value] * (2 - Fraction(1, 2**dots))


def parse_int(value: str | None, default: int) -> int:
    """Parse a whole number of at most four digits; the default if it is none."""
    return int(value) if value and re.fullmatch(r"\s*[-+]?\d{1,4}\s*", value) else default


def parse_number(value: str | None) -> float | None:
    """Parse a number; None if it is none."""
    return float(value) if value and re.fullmatch(r"\d{1,6}(\.\d{1,12})?", value.strip()) else None


def parse_text(element: ET.Element) -> str:
    """Return the text in an element, in one line."""
    for each in element.iter("lb"):
        each.text = " "
    return " ".join(make_printable("".join(element.itertext())[:MAX_TEXT]).split())


def parse_ratio(element: ET.Element) -> Fraction:
    """Parse the share of their written length that the notes of a tuplet last.

    Raises:
        ValueError: it is not above 0.
    """
    many, time = parse_int(element.get("num"), 3), parse_int(element.get("numbase"), 2)
    if many <= 0 or time <= 0:
        raise ValueError(f"a tuplet of {many} in the time of {time}")
    return Fraction(time, many)


def find_alter(letter: str, key: ScoreKey | None) -> int:
    """Return by how many semitones a key signature alters a letter."""
    place = LETTERS_BY_FIFTHS.index(letter)
    return ((key.sharps if key else 0) + 6 - place) // 7
