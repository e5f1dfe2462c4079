"""Read the directions of a MusicXML score: what each one means, from its signs and its words.

A direction has signs (a dynamic, a segno), words, or both ("D.S. al" and a segno). What a program
is to do at a direction (<sound>) decides before its words: "To" with a coda sign is To Coda.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from chorale.music.annotations import MarkKind
from chorale.reading.left_out import list_left_out
from chorale.reading.limits import MAX_TEXT
from chorale.reading.names import fold
from chorale.reading.tempos import is_tempo_word, parse_tempo
from chorale.untrusted import make_printable

# What a program does at a <sound>, by its attributes, with the words for it.
_JUMPS: dict[str, tuple[MarkKind, str]] = {
    "dacapo": ("da capo", "D.C."),
    "dalsegno": ("dal segno", "D.S."),
    "fine": ("fine", "Fine"),
    "tocoda": ("to coda", "To Coda"),
    "segno": ("segno", ""),
    "coda": ("coda", ""),
}
_SIGNS: dict[str, tuple[MarkKind, str]] = {"segno": ("segno", "Segno"), "coda": ("coda", "Coda")}
_WORDS: dict[MarkKind, re.Pattern[str]] = {
    "da capo": re.compile(r"\bd\. ?c\b|\bdc\b|da capo"),
    "dal segno": re.compile(r"\bd\. ?s\b|\bds\b|dal segno"),
    "fine": re.compile(r"\W*fine\W*"),
    "to coda": re.compile(r"\W*(?:to (?:the )?|alla |al )coda\W*"),
    "coda": re.compile(r"\W*coda\W*"),
    "segno": re.compile(r"\W*segno\W*"),
}
_HAIRPINS: dict[str, MarkKind] = {"crescendo": "crescendo", "diminuendo": "diminuendo"}
JUMPS = ("fine", "to coda", "da capo", "dal segno")  # which stand at the end of the music


@dataclass(frozen=True)
class Direction:
    """What a direction has.

    Attributes:
        marks: kinds of its marks, each with its text.
        hairpins: hairpins that begin, by their number, and None for one that ends.
        tempo: whether it sets the tempo.
        exact: whether its place is where a program is to jump.
        left_out: nouns of what is not kept.
    """

    marks: tuple[tuple[MarkKind, str], ...] = ()
    hairpins: tuple[tuple[str, MarkKind | None], ...] = ()
    tempo: bool = False
    exact: bool = False
    left_out: tuple[str, ...] = ()


def read_direction(direction: ET.Element) -> Direction:
    """Read a <direction>, or a <sound> that stands alone."""
    sounds = [direction] if direction.tag == "sound" else direction.findall("sound")
    jumps = [
        _JUMPS[key]
        for sound in sounds
        for key, value in sound.items()
        if key in _JUMPS and value != "no"
    ]
    tempo = any("tempo" in sound.keys() for sound in sounds)  # noqa: SIM118 (an XML element)
    children = [child for each in direction.findall("direction-type") for child in each]
    tempo = tempo or any(child.tag == "metronome" for child in children)
    text = _join_words(children)
    left_out = list_left_out(direction)
    if len(text) > MAX_TEXT:
        text = ""
        left_out.append("long text")
    parsed = parse_tempo(text)
    if parsed is not None:
        text, tempo = parsed.words, True
    marks = [*_read_signs(children), *_read_meaning(text, children, jumps, tempo)]
    hairpins = tuple(_read_hairpins(children))
    return Direction(tuple(marks), hairpins, tempo, bool(jumps), tuple(left_out))


def read_dynamics(dynamics: ET.Element) -> Iterator[tuple[MarkKind, str]]:
    """Yield each mark of a <dynamics> with its text."""
    for child in dynamics:
        text = child.text or "" if child.tag == "other-dynamics" else child.tag
        if text.strip():
            yield "dynamic", make_printable(text.strip())[:MAX_TEXT]


def _join_words(children: Sequence[ET.Element]) -> str:
    """Join the words of a direction, with the names of the signs among them; "" without words."""
    if all(child.tag != "words" for child in children):
        return ""
    texts = [
        _SIGNS[child.tag][1] if child.tag in _SIGNS else child.text or ""
        for child in children
        if child.tag == "words" or child.tag in _SIGNS
    ]
    return " ".join(make_printable(" ".join(texts)).split())


def _read_signs(children: Sequence[ET.Element]) -> Iterator[tuple[MarkKind, str]]:
    """Yield the marks that need no words."""
    for child in children:
        if child.tag == "dynamics":
            yield from read_dynamics(child)
        elif child.tag == "rehearsal" and (child.text or "").strip():
            yield "rehearsal", make_printable((child.text or "").strip())[:MAX_TEXT]


def _read_meaning(
    text: str, children: Sequence[ET.Element], jumps: Sequence[tuple[MarkKind, str]], tempo: bool
) -> Iterator[tuple[MarkKind, str]]:
    """Yield what a direction's words and signs mean together.

    Args:
        text: its words, with the names of the signs; "" without words.
        children: its signs and words.
        jumps: what a program is to do.
        tempo: whether it sets the tempo.
    """
    kinds = [kind for kind, _ in jumps]
    if text:
        kind = _classify(text)
        if kind in ("words", "coda", "segno") and kinds:
            kind = kinds[0]
        yield ("tempo" if kind == "words" and tempo else kind), text
        kinds.append(kind)
    for child in [] if text else children:
        if child.tag in _SIGNS:
            sign = _SIGNS[child.tag][0]
            jump: MarkKind = "to coda" if sign == "coda" else "dal segno"
            kind = jump if jump in kinds else sign
            yield kind, ""
            kinds.append(kind)
    for kind, words in jumps:
        if kinds.count(kind) == 1:  # neither words nor a sign
            yield kind, words


def _classify(text: str) -> MarkKind:
    """Classify the words of a direction."""
    folded = fold(text)
    for kind, pattern in _WORDS.items():
        if kind in ("da capo", "dal segno"):
            found = pattern.search(folded)
        else:
            found = pattern.fullmatch(folded)
        if found:
            return kind
    return "tempo" if is_tempo_word(text) else "words"


def _read_hairpins(children: Sequence[ET.Element]) -> Iterator[tuple[str, MarkKind | None]]:
    for child in children:
        if child.tag == "wedge":
            kind = child.get("type", "")
            if kind == "stop" or kind in _HAIRPINS:
                yield child.get("number", "1"), _HAIRPINS.get(kind)
