"""Names of a score's staves, and their abbreviations before all systems but the first."""

import re
from collections.abc import Sequence

from chorale.music import Annotations
from chorale.music.voicings import VoicePart
from chorale.rendering.metadata import make_encodable

_NUMBER = re.compile(r"\d+|[IVX]+")


def name_staff(annotations: Annotations, parts: Sequence[VoicePart]) -> str:
    """Return the name of a staff: the names of its voices, the choir's if the file has none.

    Args:
        annotations: names of the voices as the file has them.
        parts: voices of the staff, from the top.
    """
    return ", ".join(dict.fromkeys(name_voice(annotations, part) for part in parts))


def abbreviate_staff(
    annotations: Annotations, parts: Sequence[VoicePart], choir: Sequence[VoicePart]
) -> str:
    """Return the abbreviation of a staff's name, such as "SA" or "S1, S2".

    Args:
        annotations: names of the voices as the file has them.
        parts: voices of the staff, from the top.
        choir: all voices of the choir.
    """
    abbreviations = abbreviate_voices(annotations, choir)
    return join_abbreviations([abbreviations[part.voice] for part in parts])


def join_abbreviations(abbreviations: Sequence[str]) -> str:
    """Join the abbreviations of a staff's voices, each once: "SA" or "S1, S2"."""
    found = list(dict.fromkeys(abbreviations))
    return ("" if all(len(each) == 1 for each in found) else ", ").join(found)


def name_voice(annotations: Annotations, part: VoicePart) -> str:
    """Return the name of a voice: that of the file, or the choir's."""
    name = make_encodable(annotations.names[part.voice]).strip()
    return name or part.name.capitalize()


def abbreviate_voices(annotations: Annotations, choir: Sequence[VoicePart]) -> dict[int, str]:
    """Return the abbreviations of the voices of a choir: initials and numbers of their names.

    Two names with the same initials have three letters.
    """
    names = {part.voice: name_voice(annotations, part) for part in choir}
    short = {voice: _initials(name) for voice, name in names.items()}
    clashing = {
        initials
        for voice, initials in short.items()
        if any(initials == short[other] and names[voice] != names[other] for other in names)
    }
    return {
        voice: f"{name[:3]}."
        if short[voice] in clashing and len(name) > len(short[voice]) + 1
        else short[voice]
        for voice, name in names.items()
    }


def _initials(name: str) -> str:
    """Return the first letters of a name's words, with numbers in full: "S2" for "Soprano 2"."""
    words = re.findall(r"\d+|[^\W\d_]+", name)
    return "".join(word if _NUMBER.fullmatch(word) else word[0] for word in words) or name[:1]
