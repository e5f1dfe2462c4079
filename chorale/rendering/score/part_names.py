"""Names of a score's staves, and their abbreviations before all systems but the first."""

import re
from collections.abc import Sequence

from chorale.music import VOICES, Annotations
from chorale.rendering.metadata import make_encodable

_NUMBER = re.compile(r"\d+|[IVX]+")


def name_staff(annotations: Annotations, voices: Sequence[int]) -> str:
    """Return the name of a staff: the names of its voices, the usual ones if the file has none.

    Args:
        annotations: names of the voices as the file has them.
        voices: voices of the staff, 0 = soprano, from the top.
    """
    return ", ".join(dict.fromkeys(_name_voice(annotations, voice) for voice in voices))


def abbreviate_staff(annotations: Annotations, voices: Sequence[int]) -> str:
    """Return the abbreviation of a staff's name, such as "SA" or "S1, S2"."""
    abbreviations = _abbreviate_voices(annotations)
    found = list(dict.fromkeys(abbreviations[voice] for voice in voices))
    return ("" if all(len(each) == 1 for each in found) else ", ").join(found)


def _name_voice(annotations: Annotations, voice: int) -> str:
    name = make_encodable(annotations.names[voice]).strip()
    return name or VOICES[voice].capitalize()


def _abbreviate_voices(annotations: Annotations) -> list[str]:
    """Return initials and numbers of the names; three letters where two names have the same."""
    names = [_name_voice(annotations, voice) for voice in range(len(VOICES))]
    short = [_initials(name) for name in names]
    clashing = {
        initials
        for initials, name in zip(short, names, strict=True)
        if any(
            initials == other and name != other_name
            for other, other_name in zip(short, names, strict=True)
        )
    }
    return [
        f"{name[:3]}." if initials in clashing and len(name) > len(initials) + 1 else initials
        for initials, name in zip(short, names, strict=True)
    ]


def _initials(name: str) -> str:
    """Return the first letters of a name's words, with numbers in full: "S2" for "Soprano 2"."""
    words = re.findall(r"\d+|[^\W\d_]+", name)
    return "".join(word if _NUMBER.fullmatch(word) else word[0] for word in words) or name[:1]
