"""Words under the notes of other voices, and annotations of composed music: those of the input.

Rules of the underlay, those of hymn settings in which all voices sing the same words:
- A syllable stands under the first note that a voice starts while the syllable is sung in the voice
  that has it, so that all voices sing it together, and a suspended voice with its resolution.
- If the voice starts no note meanwhile, the syllable stands under the note that the voice holds. If
  that note has a syllable already, both are sung on it, and printed together.
- If the voice starts several notes, the syllable is sung on all of them.
- A voice that rests does not sing. A word that it breaks off has no hyphen.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from chorale.music import REST, VOICES, Annotations, Chorale
from chorale.music.annotations import Syllable
from chorale.music.syllables import extend_syllable


def annotate(composed: Chorale, annotations: Annotations) -> Chorale:
    """Return composed music with annotations, but no spellings of notes that have changed."""
    spellings = tuple(
        one
        for one in annotations.spellings
        if one.step < len(composed.pitches)
        and composed.onsets[one.step, one.voice]
        and composed.pitches[one.step, one.voice] == one.spelling.pitch
    )
    return replace(composed, annotations=replace(annotations, spellings=spellings))


def annotate_setting(composed: Chorale, annotations: Annotations) -> Chorale:
    """Return the setting of a tune with its annotations, and its words under all voices.

    A verse is that of the highest voice that has it. Voices that have words keep them.
    """
    own = {one.voice for one in annotations.syllables}
    syllables = [one for one in annotations.syllables if one.step < len(composed.pitches)]
    for line in _split_lines(syllables):
        for voice in range(len(VOICES)):
            if voice not in own:
                syllables += underlay(composed, voice, line)
    return annotate(composed, _with_syllables(annotations, syllables))


def annotate_rewriting(
    composed: Chorale, annotations: Annotations, start: int, end: int, voices: Collection[int]
) -> Chorale:
    """Return rewritten music with its annotations, and its words under the new notes.

    A rewritten voice keeps its words. If it has words elsewhere but none in the rewritten steps, it
    gets those of the highest voice that has some there.

    Args:
        composed: the music with its new notes.
        annotations: those of the music before.
        start: first rewritten step.
        end: exclusive end of the rewritten steps.
        voices: the rewritten voices.
    """
    singing = {one.voice for one in annotations.syllables}
    inside = [one for one in annotations.syllables if start <= one.step < end]
    having = {one.voice for one in inside}
    syllables = list(annotations.syllables)
    for voice in sorted(singing.intersection(voices)):
        sources = inside
        if voice in having:
            syllables = [one for one in syllables if one.voice != voice]
            sources = [one for one in annotations.syllables if one.voice == voice]
        for line in _split_lines(sources):
            syllables += _lay_anew(composed, voice, line, start, end)
    return annotate(composed, _with_syllables(annotations, syllables))


def borrow_words(chorale: Chorale, voice: int) -> list[Syllable]:
    """Return words for a voice that has none, in order of time.

    A verse is that of the other voice that has it and that moves most like this one: most of its
    syllables fall on starts of this voice's notes.

    Args:
        chorale: the music; syllables after its end are left out.
        voice: 0 = soprano.
    """
    lines: dict[int, dict[int, list[Syllable]]] = defaultdict(lambda: defaultdict(list))
    for one in sorted(chorale.annotations.syllables, key=lambda each: each.step):
        if one.voice != voice and one.step < len(chorale.pitches):
            lines[one.verse][one.voice].append(one)

    def count_shared(line: Sequence[Syllable]) -> int:
        return sum(bool(chorale.onsets[one.step, voice]) for one in line)

    words = [
        one
        for _, by_voice in sorted(lines.items())
        for one in underlay(
            chorale,
            voice,
            max((by_voice[other] for other in sorted(by_voice)), key=count_shared),
        )
    ]
    return sorted(words, key=lambda one: (one.step, one.verse))


def underlay(chorale: Chorale, voice: int, line: Sequence[Syllable]) -> list[Syllable]:
    """Lay words under the notes of a voice, by the rules of this module.

    Args:
        chorale: the music.
        voice: voice that gets the words, 0 = soprano.
        line: syllables of one voice and verse, in order of time, at least one, within the music.
    """
    pitches, onsets = chorale.pitches[:, voice], np.flatnonzero(chorale.onsets[:, voice])
    close = _find_end(chorale, line[-1])
    placed: list[Syllable] = []
    for one, end in zip(line, [*(each.step for each in line[1:]), close], strict=True):
        starting = onsets[(onsets >= one.step) & (onsets < end)]
        if not len(starting) and pitches[one.step] == REST:
            if placed:
                placed[-1] = replace(placed[-1], hyphen=False)
            continue
        step = int(starting[0] if len(starting) else onsets[onsets < one.step][-1])
        if placed and placed[-1].step == step:
            before = placed[-1]
            text = f"{before.text}{'' if before.hyphen else ' '}{one.text}"
            placed[-1] = replace(before, text=text, hyphen=one.hyphen)
        else:
            placed.append(replace(one, voice=voice, step=step))
    ends = [*(each.step for each in placed[1:]), close]
    return [extend_syllable(chorale, one, end) for one, end in zip(placed, ends, strict=False)]


def _find_end(chorale: Chorale, last: Syllable) -> int:
    """Return the step at which the last syllable of a line ends: with its note, or the music."""
    changes = chorale.onsets[:, last.voice] | (chorale.pitches[:, last.voice] == REST)
    later = np.flatnonzero(changes[last.step + 1 :])
    return len(changes) if last.extender or not len(later) else last.step + 1 + int(later[0])


def _lay_anew(
    composed: Chorale, voice: int, line: Sequence[Syllable], start: int, end: int
) -> list[Syllable]:
    """Lay a line of words under rewritten notes; what does not change outside them stays."""
    old = {one.step: one for one in line if not start <= one.step < end}
    new = underlay(composed, voice, line)
    return [
        old[one.step] if one.step in old and old[one.step].text == one.text else one for one in new
    ]


def _split_lines(syllables: Sequence[Syllable]) -> list[list[Syllable]]:
    """Return the line of the highest voice of each verse, in order of verses and time."""
    lines: dict[tuple[int, int], list[Syllable]] = defaultdict(list)
    for one in sorted(syllables, key=lambda each: each.step):
        lines[one.verse, one.voice].append(one)
    highest: dict[int, list[Syllable]] = {}
    for (verse, _), line in sorted(lines.items()):
        highest.setdefault(verse, line)
    return list(highest.values())


def _with_syllables(annotations: Annotations, syllables: Sequence[Syllable]) -> Annotations:
    ordered = sorted(syllables, key=lambda one: (one.step, one.voice, one.verse))
    return replace(annotations, syllables=tuple(ordered))
