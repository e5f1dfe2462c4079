"""Read the words under a note of a MusicXML score."""

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from chorale.music.annotations import Syllable
from chorale.reading.limits import MAX_LYRICS, MAX_TEXT
from chorale.reading.tree import find_text
from chorale.untrusted import make_printable

ELISION = "\u203f"  # a tie between the syllables of two words
_NAMED_VERSE = re.compile(r"(?:verse|strophe|vers)\W?[0-9]{1,3}", re.IGNORECASE)
_CONTINUED = ("begin", "middle")  # syllables that a hyphen follows


def read_syllables(lyrics: Iterable[ET.Element], step: int) -> tuple[Syllable, ...]:
    """Read the <lyric> elements of a note that starts at a step, in order of their verses.

    A lyric is of the verse that its name, or else its number, has as its last digits: 2 for
    "verse 2", whatever the number of its line, and for "part1verse2". If a verse is taken, or has
    no number, the lyric is of the next verse that is free. Lyrics without a text, such as those
    that end an extender, are no syllables.
    """
    found: dict[int, Syllable] = {}
    for lyric in lyrics:
        text = _read_text(lyric)
        if not text.strip() or len(text) > MAX_TEXT:
            continue
        name = lyric.get("name", "")
        numbered = name if _NAMED_VERSE.fullmatch(name.strip()) else lyric.get("number", "")
        digits = re.findall(r"[0-9]{1,3}", numbered)
        verse = int(digits[-1]) if digits else 1
        verse = verse if 1 <= verse <= MAX_LYRICS else 1
        while verse in found:
            verse += 1
        syllabics = [(each.text or "").strip() for each in lyric.findall("syllabic")]
        extend = lyric.find("extend")
        found[verse] = Syllable(
            0,
            step,
            verse,
            text.strip(" \n\t"),
            hyphen=syllabics[-1:] != [] and syllabics[-1] in _CONTINUED,
            extender=extend is not None and extend.get("type") != "stop",
        )
    return tuple(found[verse] for verse in sorted(found))


def _read_text(lyric: ET.Element) -> str:
    """Return the text of a lyric; an elision without a sign of its own becomes ELISION."""
    texts = []
    for child in lyric:
        if child.tag == "text":
            texts.append(child.text or "")
        elif child.tag == "elision" and texts:
            sign = child.text or ""
            texts.append(sign if sign not in ("", "_") else ELISION)
    return make_printable("".join(texts))


def count_unread(lyrics: Iterable[ET.Element]) -> int:
    """Count the syllables among lyrics that are too long to be read."""
    return sum(len(_read_text(lyric)) > MAX_TEXT for lyric in lyrics)


def has_words(note: ET.Element) -> bool:
    """Check whether a note has a lyric with a text."""
    return any(find_text(lyric, "text") for lyric in note.findall("lyric"))
