"""Choose parts of a score by their names or numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chorale.errors import OptionError, ReadingError
from chorale.music import VOICES
from chorale.music.voicings import SATB, Voicing
from chorale.reading.names import fold, parse_voices
from chorale.reading.parts import Part, list_part_names, number_parts
from chorale.untrusted import parse_digits
from chorale.wording import count, join_names

# Voices, from the top, of parts that are listed without voices or a choir.
_FROM_TOP = {1: ("soprano",), 2: ("soprano", "bass"), 3: ("soprano", "alto", "bass"), 4: VOICES}


@dataclass(frozen=True)
class PartChoice:
    """A part that is a voice.

    Attributes:
        part: name of the part, or its number from 1.
        voice: name of the voice, such as "soprano 2"; empty if the order of the parts decides.
    """

    part: str
    voice: str = ""


def parse_part_choices(text: str) -> tuple[PartChoice, ...]:
    """Parse a list of parts, such as "1,2,4,5" or "soprano=Flute,bass=5".

    Raises:
        OptionError: an item is empty, or only some items name a voice.
    """
    choices = []
    for item in text.split(","):
        voice, equals, part = item.rpartition("=")
        if not part.strip() or (equals and not voice.strip()):
            raise OptionError(
                f"parts {text!r} are no list of parts; give names or numbers from the top, such as "
                "1,2,4,5, or with voices, such as soprano=1,bass=5"
            )
        choices.append(PartChoice(part.strip(), " ".join(voice.lower().split())))
    named = [choice for choice in choices if choice.voice]
    if named and len(named) < len(choices):
        raise OptionError(f"parts {text!r} name a voice for some parts only; name one for each")
    return tuple(choices)


def choose_voices(
    parts: Sequence[Part], choices: Sequence[PartChoice], voicing: Voicing | None, file: str
) -> tuple[list[Part], list[Part]]:
    """Choose the parts that are voices; the others are left out.

    Args:
        parts: the parts with notes.
        choices: parts to read, from the top if they name no voices.
        voicing: the choir; None for SATB or some of its voices.
        file: name of the file in messages.

    Returns:
        The chosen parts, with the names of their voices, from the top; and all others.

    Raises:
        ReadingError: there is no such part, or a part is chosen twice.
        OptionError: a voice does not exist in the choir or is named twice, or there are more or
            fewer parts than voices.
    """
    names = _name_voices(choices, voicing)
    chosen = [choose_part(parts, choice.part, file) for choice in choices]
    if len(set(map(id, chosen))) < len(chosen):
        raise ReadingError(
            f"{file}: a part is chosen twice; choose each by its number: "
            f"{list_part_names(number_parts(parts))}"
        )
    renamed = [replace(part, name=name) for part, name in zip(chosen, names, strict=True)]
    order = (voicing or SATB).names
    renamed.sort(key=lambda part: order.index(part.name))
    return renamed, [part for part in parts if id(part) not in set(map(id, chosen))]


def _name_voices(choices: Sequence[PartChoice], voicing: Voicing | None) -> Sequence[str]:
    """Return the voice of each choice; raises as `choose_voices`."""
    names = [choice.voice for choice in choices]
    choir = voicing or SATB
    if not any(names):
        from_top = _FROM_TOP.get(len(choices)) if voicing is None else voicing.names
        if from_top is None or len(from_top) != len(choices):
            raise OptionError(
                f"{count(len(choices), 'part')} cannot be the voices of {choir.description}; "
                f"choose {'one to four' if voicing is None else len(choir.parts)}"
            )
        return from_top
    for name in names:
        if name not in choir.names:
            raise OptionError(
                f"{choir.name} has no voice {name!r}; its voices are {join_names(choir.names)}"
            )
        if names.count(name) > 1:
            raise OptionError(f"--parts names the {name} twice; name each voice once")
    return names


def choose_part(parts: Sequence[Part], choice: str, file: str) -> Part:
    """Return the part with a name, or else with a number from 1, or else with a similar name.

    Similar is the only name with the same words, with these words among others, or of this voice.

    Raises:
        ReadingError: no part has this name or number.
    """
    word = choice.strip(" :").lower()
    for part in parts:
        if part.name.strip(" :").lower() == word:  # LilyPond writes ":soprano"
            return part
    number = parse_digits(word)
    if number is not None and 1 <= number <= len(parts):
        return parts[number - 1]
    words, voices = _fold_name(choice), parse_voices(choice)
    for similar in (
        [part for part in parts if _fold_name(part.name) == words],
        [part for part in parts if words and set(words) <= set(_fold_name(part.name))],
        [part for part in parts if voices and parse_voices(part.name) == voices],
    ):
        if words and len(similar) == 1:
            return similar[0]
    names = list_part_names(number_parts(parts))
    raise ReadingError(f"{file} has no part {choice}; choose one by name or number: {names}")


def _fold_name(name: str) -> list[str]:
    """Return the words and numbers of a name in small letters, without accents and punctuation."""
    return re.findall(r"[^\W_]+", fold(name))
