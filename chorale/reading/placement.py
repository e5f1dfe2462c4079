"""Placement of the words, marks and names of parts on the voices of a chorale.

Conventions:
- A syllable belongs to the note that starts with it. If a part is several voices, as on a staff
  for two, it is the highest voice that starts a note there.
- A syllable that starts up to a step away from a note of its part, as notes are played, moves to
  that note; one without a note is left out and counted.
- An extender follows from the notes: if a word's last syllable is sung on several notes, without a
  rest between them, up to the next syllable of the verse.
- A voice has the name of its part if that is the name of this one voice, but not the English one
  that is its name anyway.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from chorale.music import REST, VOICES, Annotations, Chorale
from chorale.music.annotations import Syllable
from chorale.reading.names import parse_voices
from chorale.reading.parts import Part
from chorale.reading.texts import PartSyllable, Texts
from chorale.wording import count


def place_texts(chorale: Chorale, voices: Mapping[str, Part]) -> tuple[Annotations, list[str]]:
    """Place the words, marks and names of parts on the voices of a chorale.

    Args:
        chorale: the voices on the grid.
        voices: the part of each voice, by its name. Parts that were one part share their texts.

    Returns:
        The annotations, and a notice if syllables were left out.
    """
    sharing: dict[int, list[int]] = defaultdict(list)  # voices by the identity of their texts
    texts: dict[int, Texts] = {}
    for name, part in voices.items():
        sharing[id(part.texts)].append(VOICES.index(name))
        texts[id(part.texts)] = part.texts
    syllables: list[Syllable] = []
    total = 0
    for key, each in texts.items():
        syllables += _place_syllables(chorale, sharing[key], each.syllables)
        total += len(each.syllables)
    syllables.sort(key=lambda each: (each.step, each.voice, each.verse))
    marks = dict.fromkeys(mark for each in texts.values() for mark in each.marks)
    annotations = Annotations(
        syllables=tuple(_extend(chorale, syllables)),
        marks=tuple(mark for mark in marks if mark.step < chorale.plan.length_steps),
        names=tuple(_name_voice(voice, voices.get(voice)) for voice in VOICES),
    )
    lost = total - len(syllables)
    notices = [f"{count(lost, 'syllable')} without a note left out"] if lost else []
    return annotations, notices


def _place_syllables(
    chorale: Chorale, voices: Sequence[int], syllables: Sequence[PartSyllable]
) -> Iterator[Syllable]:
    """Yield the syllables of a part that start with a note of one of its voices."""
    taken: set[tuple[int, int, int]] = set()
    last = chorale.plan.length_steps - 1
    for syllable in syllables:
        nearest = int(syllable.start + 0.5)
        for step in (nearest, nearest + 1, nearest - 1):
            if not 0 <= step <= last:
                continue
            starting = [voice for voice in voices if chorale.onsets[step, voice]]
            if starting and (place := (starting[0], step, syllable.verse)) not in taken:
                taken.add(place)
                yield Syllable(*place, syllable.text, syllable.hyphen)
                break


def _extend(chorale: Chorale, syllables: Sequence[Syllable]) -> Iterator[Syllable]:
    """Yield the syllables, with extenders where a word's last one is sung on several notes."""
    lines: dict[tuple[int, int], list[Syllable]] = defaultdict(list)
    for syllable in syllables:
        lines[syllable.voice, syllable.verse].append(syllable)
    ends: dict[Syllable, int] = {}
    for line in lines.values():
        ends |= {one: following.step for one, following in pairwise(line)}
    for syllable in syllables:
        after = slice(syllable.step + 1, ends.get(syllable, syllable.step + 1))
        notes = chorale.onsets[after, syllable.voice].any()
        rests = (chorale.pitches[after, syllable.voice] == REST).any()
        yield replace(syllable, extender=bool(notes and not rests and not syllable.hyphen))


def _name_voice(voice: str, part: Part | None) -> str:
    """Return the name of a voice in its file; empty if the file has none of its own."""
    name = part.name.strip() if part else ""
    return name if parse_voices(name) == (voice,) and name.casefold() != voice else ""
