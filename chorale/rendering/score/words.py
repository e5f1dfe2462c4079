"""Which syllables of the words are printed, under which note and on which line.

Where voices share staves, as in hymn books, the words of the top voice that has any stand under its
staff, between the staves. Another voice's words are printed, under its own staff, only in measures
in which they differ from these, and as whole words. They do not differ where a syllable falls on a
note that the voice holds, or into its rest. On a staff per voice all words are printed.

A syllable at a step where its voice starts no note belongs to the note that sounds, or else to the
nearest one; several syllables of a verse on one note are joined. No extender leads over the border
of a repeat or an ending, since programs draw it up to the next syllable, sung perhaps elsewhere.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Literal

from chorale.music import REST, Chorale, Note, notes
from chorale.music.annotations import Syllable
from chorale.rendering.metadata import make_encodable
from chorale.rendering.score.note_values import Bar, list_bars, section_borders

Syllabic = Literal["single", "begin", "middle", "end"]
_SYLLABICS: Mapping[tuple[bool, bool], Syllabic] = {
    (False, False): "single",
    (False, True): "begin",
    (True, True): "middle",
    (True, False): "end",
}  # by a hyphen before and a hyphen after
_NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True)
class PrintedSyllable:
    """A syllable as it is printed.

    Attributes:
        voice: voice under whose note it stands, 0 = soprano.
        step: start of the note.
        line: line of words under the staff, from 1.
        verse: number of the verse, from 1.
        text: text without hyphens to other notes' syllables.
        syllabic: place in the word.
        extender: whether a line follows.
    """

    voice: int
    step: int
    line: int
    verse: int
    text: str
    syllabic: Syllabic
    extender: bool


def place_words(chorale: Chorale, staves: Sequence[tuple[int, ...]]) -> list[PrintedSyllable]:
    """Place the words of a chorale.

    Words of a voice that has no note are left out.

    Args:
        chorale: the music.
        staves: voices of each staff, from top to bottom.
    """
    words = {
        voice: found
        for staff in staves
        for voice in staff
        if (found := _read_voice(chorale, voice))
    }
    if any(len(staff) > 1 for staff in staves):
        words = _leave_out_shared(chorale, words, staves)
    printed: list[PrintedSyllable] = []
    for staff in staves:
        lines_above = 0
        for voice in staff:
            verses = [syllable.verse for syllable in words.get(voice, ())]
            printed += _print_voice(words.get(voice, ()), lines_above)
            lines_above += max(verses, default=0)
    borders = section_borders(chorale.annotations)
    inner = {border for border in borders if border < chorale.plan.length_steps}
    return _end_extenders(printed, inner)


def _end_extenders(
    printed: Sequence[PrintedSyllable], borders: Collection[int]
) -> list[PrintedSyllable]:
    """Return syllables, without extenders that would lead over a border to the next syllable."""
    following: dict[tuple[int, int], list[int]] = {}
    for one in printed:
        following.setdefault((one.voice, one.verse), []).append(one.step)

    def crosses(one: PrintedSyllable) -> bool:
        later = [step for step in following[one.voice, one.verse] if step > one.step]
        return any(one.step < border and (not later or border <= min(later)) for border in borders)

    return [
        replace(one, extender=False) if one.extender and crosses(one) else one for one in printed
    ]


@dataclass(frozen=True)
class _Placed(Syllable):
    """A syllable at the start of its note, and whether the one before it has a hyphen."""

    continued: bool = False


def _read_voice(chorale: Chorale, voice: int) -> list[_Placed]:
    """Return the syllables of a voice by verse and time, each at the start of a note."""
    line = notes(chorale, voice)
    if not line:
        return []
    found = sorted(
        (one for one in chorale.annotations.syllables if one.voice == voice),
        key=lambda one: (one.verse, one.step),
    )
    placed = []
    for _, verse in groupby(found, key=lambda one: one.verse):
        continued = False
        for one in verse:
            step = _find_note(line, one.step).onset_step
            text = make_encodable(one.text)
            placed.append(
                _Placed(voice, step, one.verse, text, one.hyphen, one.extender, continued)
            )
            continued = one.hyphen
    return placed


def _find_note(line: Sequence[Note], step: int) -> Note:
    """Return the note that sounds at a step, or the nearest one; of two, the later."""
    after = bisect_right(line, step, key=lambda note: note.onset_step)
    if after == 0:
        return line[0]
    before = line[after - 1]
    last_step = before.onset_step + before.length_steps - 1
    if after < len(line) and step > last_step:
        return line[after] if line[after].onset_step - step <= step - last_step else before
    return before


def _leave_out_shared(
    chorale: Chorale, words: Mapping[int, list[_Placed]], staves: Sequence[tuple[int, ...]]
) -> dict[int, list[_Placed]]:
    """Leave out the words of lower voices that stand under an upper one.

    Args:
        chorale: the music.
        words: syllables of each voice that has any, from the top.
        staves: voices of each staff.
    """
    bars = list_bars(chorale.plan)
    kept: dict[int, list[_Placed]] = {}
    for voice, own in words.items():
        lead = next(iter(words))
        neighbours = [other for staff in staves if voice in staff for other in staff]
        shown = [
            by_bar
            for other, by_bar in (
                (other, _by_bar(_sing(kept[other], chorale, voice), bars)) for other in kept
            )
            if other == lead or other in neighbours
        ]
        differing = {
            place
            for place, here in _by_bar(own, bars).items()
            if all(by_bar.get(place) != here for by_bar in shown)
        }
        kept[voice] = [
            syllable
            for word in _group_words(own)
            if any(_place(one, bars) in differing for one in word)
            for syllable in word
        ]
    return {voice: found for voice, found in kept.items() if found}


def _sing(words: Sequence[_Placed], chorale: Chorale, voice: int) -> list[_Placed]:
    """Return words as a voice sings them: on the notes that it holds, and not in its rests."""
    line = notes(chorale, voice)
    return [
        replace(one, step=_find_note(line, one.step).onset_step)
        for one in words
        if chorale.pitches[one.step, voice] != REST
    ]


def _by_bar(words: Sequence[_Placed], bars: Sequence[Bar]) -> dict[int, set[tuple[object, ...]]]:
    """Return what is sung on each note of a measure, by the index of the measure."""
    found: dict[int, set[tuple[object, ...]]] = {}
    for (verse, step), together in groupby(words, key=lambda one: (one.verse, one.step)):
        syllables = list(together)
        text = "".join(one.text for one in syllables)
        content = (step, verse, "".join(text.split()), syllables[-1].hyphen)
        found.setdefault(_place(syllables[0], bars), set()).add(content)
    return found


def _place(syllable: _Placed, bars: Sequence[Bar]) -> int:
    return bisect_right(bars, syllable.step, key=lambda bar: bar.end_step)


def _group_words(syllables: Sequence[_Placed]) -> Iterator[list[_Placed]]:
    """Yield the syllables of each word."""
    word: list[_Placed] = []
    for syllable in syllables:
        if word and not syllable.continued:
            yield word
            word = []
        word.append(syllable)
    if word:
        yield word


def _print_voice(words: Sequence[_Placed], lines_above: int) -> Iterator[PrintedSyllable]:
    """Yield the syllables of a voice; those of one verse on one note are joined."""
    for (verse, step), group in groupby(words, key=lambda one: (one.verse, one.step)):
        together = list(group)
        text = together[0].text
        for before, after in pairwise(together):
            text += ("-" if before.hyphen else _NO_BREAK_SPACE) + after.text
        first, last = together[0], together[-1]
        yield PrintedSyllable(
            first.voice,
            step,
            lines_above + verse,
            verse,
            text,
            _SYLLABICS[first.continued, last.hyphen],
            last.extender,
        )
