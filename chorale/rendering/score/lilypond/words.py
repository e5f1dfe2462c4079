r"""Lyrics, a syllable for each note of their voice, as `\lyricsto` needs them.

A note within a melisma is "_", and a note without words `\skip 1`; rests and tied notes count for
nothing.
"""

from collections.abc import Iterator, Mapping, Sequence

from chorale.music import Chorale, notes
from chorale.music.annotations import Syllable
from chorale.rendering.score.lilypond.syntax import quote_syllable

LINE_WIDTH = 80  # letters
_MELISMA, _NOTHING = "_", r"\skip 1"


def list_verses(chorale: Chorale, voice: int) -> dict[int, list[Syllable]]:
    """List the syllables of a voice by verse, in order of time.

    A syllable that stands within a note is at its start; those of one note are one syllable.
    """
    onsets = [note.onset_step for note in notes(chorale, voice)]
    verses: dict[int, dict[int, list[Syllable]]] = {}
    for syllable in chorale.annotations.syllables:
        earlier = [step for step in onsets if step <= syllable.step] or onsets[:1]
        if syllable.voice == voice and earlier:
            verse = verses.setdefault(syllable.verse, {})
            verse.setdefault(earlier[-1], []).append(syllable)
    return {
        number: [_join(step, found) for step, found in sorted(verse.items())]
        for number, verse in sorted(verses.items())
    }


def _join(step: int, syllables: Sequence[Syllable]) -> Syllable:
    """Return the syllables of one note as one."""
    last = syllables[-1]
    text = " ".join(syllable.text for syllable in syllables)
    return Syllable(last.voice, step, last.verse, text, last.hyphen, last.extender)


def write_verse(chorale: Chorale, voice: int, verse: Sequence[Syllable]) -> list[str]:
    """Write a verse of a voice, a line per phrase, or lines of about LINE_WIDTH letters."""
    by_step = {syllable.step: syllable for syllable in verse}
    ends = {end for _, end in chorale.plan.phrase_spans}
    phrases: list[list[str]] = [[]]
    before = 0
    for step, token in _write_syllables(chorale, voice, by_step):
        if any(before < end <= step for end in ends):
            phrases.append([])
        phrases[-1].append(token)
        before = step
    return [line for phrase in phrases for line in _wrap(phrase)]


def _write_syllables(
    chorale: Chorale, voice: int, by_step: Mapping[int, Syllable]
) -> Iterator[tuple[int, str]]:
    """Yield the step and the text of each note up to the last syllable and its melisma."""
    last = max(by_step)
    extended = False
    for note in notes(chorale, voice):
        step = note.onset_step
        syllable = by_step.get(step)
        if syllable:
            hyphen = syllable.hyphen and step < last
            extender = syllable.extender and not syllable.hyphen
            line = " --" if hyphen else " __" if extender else ""
            extended = hyphen or extender
            yield step, quote_syllable(syllable.text) + line
        elif step < last or extended:
            yield step, _MELISMA if extended else _NOTHING


def _wrap(tokens: Sequence[str]) -> Iterator[str]:
    """Yield lines of tokens; a token is not broken."""
    line = ""
    for token in tokens:
        if line and len(line) + 1 + len(token) > LINE_WIDTH:
            yield line
            line = ""
        line = f"{line} {token}".strip()
    if line:
        yield line
