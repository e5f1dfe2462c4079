"""The part of one voice of a chorale, from which its singers sing."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from chorale.analysis import estimate_key
from chorale.composing.jobs.underlay import borrow_words
from chorale.music import REST, Chorale
from chorale.music.annotations import Syllable


def extract_voice(chorale: Chorale, voice: int) -> Chorale:
    """Return a chorale in which only one voice sounds, with its words and marks.

    Repeats, marks of the whole score and the key, even if it is estimated, are those of the
    chorale. Chord symbols and labels of harmony are left out. A voice without words has those of
    other voices, laid under its notes (`chorale.composing.jobs.underlay`). A voice that has the
    same words in some measures only, as hymn books print them where its notes differ, has the
    others too.

    Args:
        chorale: the music.
        voice: 0 to 3.
    """
    others = np.arange(chorale.pitches.shape[1]) != voice
    words = _find_words(chorale, voice)
    annotations = replace(
        chorale.annotations.of_voices([voice]),
        syllables=tuple(words),
        chord_symbols=(),
        harmony_labels=(),
    )
    return replace(
        chorale,
        pitches=np.where(others, REST, chorale.pitches).astype(np.int16),
        onsets=chorale.onsets & ~others,
        plan=replace(chorale.plan, key=chorale.plan.key or estimate_key(chorale)),
        annotations=annotations,
    )


def _find_words(chorale: Chorale, voice: int) -> list[Syllable]:
    """Return the words of a voice for its part, in order of time."""
    own = [one for one in chorale.annotations.syllables if one.voice == voice]
    borrowed = borrow_words(chorale, voice)
    texts, others = (_join_by_bar(chorale, words) for words in (own, borrowed))
    if any(others.get(place) != text for place, text in texts.items()):
        return own
    words = own + [one for one in borrowed if _place(chorale, one) not in texts]
    return sorted(words, key=lambda one: (one.step, one.verse))


def _join_by_bar(chorale: Chorale, words: Sequence[Syllable]) -> dict[tuple[int, int], str]:
    """Return the letters of words by verse and measure."""
    found: dict[tuple[int, int], str] = {}
    for one in sorted(words, key=lambda each: each.step):
        place = _place(chorale, one)
        found[place] = found.get(place, "") + "".join(one.text.split())
    return found


def _place(chorale: Chorale, syllable: Syllable) -> tuple[int, int]:
    return syllable.verse, chorale.plan.bar_at(syllable.step)
