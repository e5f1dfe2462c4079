"""Tempo words, such as "Andante", and tempos in words, such as "q = 72"."""

import re
from typing import NamedTuple

from chorale.reading.names import fold

# Words of which one makes a direction a tempo word, without accents; "*" for any ending.
_WORDS = """
    larg* grav* lent* adag* andant* moderat* allegr* vivac* presto prestissim* maestos* animat*
    comodo tempo tranquill* sostenut* rit rall ritard* ritenut* rallent* acceler* accel stringendo
    allarg* mosso
    slow* fast faster quick* livel* brisk* majestic* moderately flowing steadily broadly
    langsam* massig* schnell* ruhig* bewegt* lebhaft* feierlich* getragen* fliessend* gehend* breit
    breiter frisch*
    modere vif vite anime cedez
"""
_TEMPO_WORD = re.compile("|".join(_WORDS.split()).replace("*", r"\w*"))
_MAX_WORDS = 8  # of a tempo word; a longer text is an instruction

_NUMBER = r"(\d{1,4}(?:[.,]\d+)?)"
_RANGE = rf"{_NUMBER}(?:\s*(?:-|\u2013|\u2014|/|to|bis|a|à)\s*{_NUMBER})?"
_TEMPO = re.compile(_RANGE)
# Note values before the equals sign: as signs, and as letters, which music fonts show as notes.
_UNITS = {
    "half": r"h|half(?:[ -]note)?|minim|\U0001d15e|\ue1d3|\ueca3",
    "quarter": (
        r"q|quarter(?:[ -]note)?|crotchet|viertel|\u2669|\U0001d15f|\ue1d5|\ueca5|m\.? ?m\.?"
    ),
    "eighth": r"e|eighth(?:[ -]note)?|quaver|achtel|\u266a|\U0001d160|\ue1d7|\ueca7",
}
_DOT = r"\s?(\.|\u00b7|\U0001d16d|\ue1e7|\uecb7)?"
_EQUATION = re.compile(
    r"(?:m\.? ?m\.?\s*)?[(\[]?\s*(?<!\w)(?:"
    + "|".join(f"(?P<{unit}>{names})" for unit, names in _UNITS.items())
    + rf"){_DOT}\s*(?:=|\u2248)\s*(?:ca?\.?|circa)?\s*{_RANGE}\s*[)\]]?",
    re.IGNORECASE,
)


class TempoText(NamedTuple):
    """A tempo in words.

    Attributes:
        unit: note value that is counted, in MusicXML's name: "half", "quarter" or "eighth".
        dotted: whether the note value has a dot.
        number: the number, in these note values a minute; the middle of two numbers.
        exact: whether the text has a single number.
        words: the text without the tempo: "Andante" of "Andante (q = 72)"; may be empty.
    """

    unit: str
    dotted: bool
    number: float
    exact: bool
    words: str


def is_tempo_word(text: str) -> bool:
    """Check whether a text is a tempo word, such as "Andante", "Sehr langsam" or "rit."."""
    words = re.findall(r"[^\W\d_]+", fold(text.replace("ß", "ss")))
    return len(words) <= _MAX_WORDS and any(map(_TEMPO_WORD.fullmatch, words))


def parse_number(text: str) -> tuple[float, bool] | None:
    """Return the first number of a text and whether it is alone; None if there is none.

    Of two numbers, such as "60-66", the middle is returned.
    """
    found = _TEMPO.search(text)
    return None if found is None else _middle(found.groups())


def parse_tempo(text: str) -> TempoText | None:
    """Return the tempo in a text such as "Andante (q. = 60-66)"; None if there is none."""
    found = _EQUATION.search(text)
    if found is None:
        return None
    *_, dot, first, second = found.groups()
    number, exact = _middle((first, second))
    unit = next(unit for unit in _UNITS if found[unit])
    around = text[: found.start()].rstrip(" ,;"), text[found.end() :].strip(" ,;")
    words = ", ".join(filter(None, around))
    return TempoText(unit, bool(dot), number, exact, words)


def _middle(texts: tuple[str | None, ...]) -> tuple[float, bool]:
    numbers = [float(text.replace(",", ".")) for text in texts if text]
    return sum(numbers) / len(numbers), len(numbers) == 1
