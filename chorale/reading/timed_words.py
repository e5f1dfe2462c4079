"""Place words that a file has at times, as MIDI does, on the notes of voices.

Conventions:
- A syllable belongs to the note that starts with it. If a part is several voices, as on a staff
  for two, it is the highest voice that starts a note there.
- A syllable that starts up to a step away from a note of its part, as notes are played, moves to
  that note. One without a note is left out.
- An extender follows from the notes: if a word's last syllable is sung on several notes, without a
  rest between them, up to the next syllable of the verse.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from chorale.music import Chorale
from chorale.music.annotations import Syllable
from chorale.music.syllables import extend_syllable
from chorale.reading.annotations import TimedSyllable


def place_timed_words(
    chorale: Chorale, voices: Sequence[int], syllables: Sequence[TimedSyllable]
) -> list[Syllable]:
    """Return the syllables of a part that have a note, in order of their steps.

    Args:
        chorale: the music.
        voices: the voices that were read from the part, from the top.
        syllables: the words of the part, in order of time.
    """
    placed = sorted(
        _place_syllables(chorale, voices, syllables),
        key=lambda each: (each.step, each.voice, each.verse),
    )
    lines: dict[tuple[int, int], list[Syllable]] = defaultdict(list)
    for syllable in placed:
        lines[syllable.voice, syllable.verse].append(syllable)
    ends = {one: after.step for line in lines.values() for one, after in pairwise(line)}
    return [extend_syllable(chorale, one, ends.get(one, one.step + 1)) for one in placed]


def _place_syllables(
    chorale: Chorale, voices: Sequence[int], syllables: Sequence[TimedSyllable]
) -> Iterator[Syllable]:
    """Yield the syllables that start with a note of one of the voices."""
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
