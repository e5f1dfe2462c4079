"""Chords in a line of text, such as "C G7/B Am F:2" or "I vi | ii65 V | I".

- A chord is a chord symbol (C, G7, Am/E, F#dim) or a Roman numeral (I, V65, viio6/V); "N.C." leaves
  the harmony open.
- A number after a colon is a length in quarters: F:2, C:0.5.
- With bar lines ("|"), a chord without a length shares the rest of its measure equally with the
  others that have none; without bar lines it lasts a beat of the metre.
- A double bar line ("||") ends a phrase too.
- Music with a pickup has it before the first bar line; a bar line at the very beginning leaves the
  pickup open.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chorale.errors import OptionError
from chorale.music import STEPS_PER_QUARTER, Key, Metre
from chorale.music.annotations import ChordSymbol
from chorale.music.numerals import Numeral, parse_numeral
from chorale.music.required_chords import (
    ChordSpan,
    require_numeral,
    require_symbol,
    symbol_of_numeral,
)
from chorale.reading.transcribing.chord_symbols import parse_chord_symbol
from chorale.wording import count

MAX_CHORDS = 4000
_EXAMPLE = 'give chords such as "C G7 Am F:2" or "I vi | IV V | I"'


@dataclass(frozen=True)
class WrittenChord:
    """A chord of a text.

    Attributes:
        text: the chord as written.
        symbol: the chord symbol at step 0; None for a numeral.
        numeral: the numeral; None for a chord symbol.
        steps: its length in steps; None if it is left open.
    """

    text: str
    symbol: ChordSymbol | None
    numeral: Numeral | None
    steps: int | None


@dataclass(frozen=True)
class ChordText:
    """A line of chords.

    Attributes:
        bars: the chords of each measure; a single group if there are no bar lines.
        has_bars: whether there are bar lines.
        opens_with_bar: whether a bar line stands before the first chord.
        phrase_ends: numbers of the groups of `bars` after which a double bar line stands.
    """

    bars: tuple[tuple[WrittenChord, ...], ...]
    has_bars: bool
    opens_with_bar: bool
    phrase_ends: tuple[int, ...]

    @property
    def chords(self) -> list[WrittenChord]:
        """All chords in order."""
        return [chord for bar in self.bars for chord in bar]

    @property
    def has_numerals(self) -> bool:
        """Whether a chord is a Roman numeral, which needs a key."""
        return any(chord.numeral for chord in self.chords)


@dataclass(frozen=True)
class PlacedChord:
    """A chord of a text, from step `start` up to `end` (exclusive)."""

    start: int
    end: int
    chord: WrittenChord

    def require(self, key: Key | None) -> ChordSpan | None:
        """Return the chord that is required, None for "N.C."; a numeral needs the key."""
        if self.chord.numeral:
            assert key
            return ChordSpan(self.start, self.end, require_numeral(self.chord.numeral, key))
        assert self.chord.symbol
        chord = require_symbol(self.chord.symbol)
        if chord is None:
            return None
        return ChordSpan(self.start, self.end, replace(chord, name=self.chord.text))

    def symbol(self, key: Key | None) -> ChordSymbol:
        """Return the chord symbol to print at its start; a numeral needs the key."""
        if self.chord.numeral:
            assert key
            return symbol_of_numeral(self.chord.numeral, key, self.start)
        assert self.chord.symbol
        return replace(self.chord.symbol, step=self.start)


def parse_chords(text: str, key: Key | None = None) -> ChordText:
    """Parse a line of chords.

    Args:
        text: the line; see the module.
        key: the key, if it is known, by whose mode sevenths of numerals are read.

    Raises:
        OptionError: a chord or a length cannot be read, or there is no chord.
    """
    words = re.sub(r"(\|+)", r" \1 ", text.replace(",", " ")).split()
    groups: list[list[WrittenChord]] = [[]]
    phrase_ends: list[int] = []
    for word in words:
        if set(word) != {"|"}:
            groups[-1].append(_parse_chord(word, key))
            continue
        if len(word) > 1 and any(groups):
            phrase_ends.append(len(groups) - 1 - (not groups[-1]))
        groups.append([])
    opens_with_bar = bool(words) and set(words[0]) == {"|"}
    bars = tuple(tuple(group) for group in groups[opens_with_bar : len(groups) - (not groups[-1])])
    if not any(bars):
        raise OptionError(f"no chords in {text!r}; {_EXAMPLE}")
    if not all(bars):
        raise OptionError(f"a bar without a chord in {text!r}; write N.C. to leave it open")
    if sum(map(len, bars)) > MAX_CHORDS:
        raise OptionError(f"more than {MAX_CHORDS:,} chords; give fewer")
    ends = tuple(end - opens_with_bar for end in phrase_ends)
    return ChordText(bars, any("|" in word for word in words), opens_with_bar, ends)


def place_chords(
    text: ChordText, metre: Metre, pickup_steps: int, length_steps: int | None = None
) -> list[PlacedChord]:
    """Place chords on steps.

    The last measure of new music is shorter by the pickup, as in hymnals.

    Args:
        text: the chords.
        metre: the metre, by which measures and beats are counted.
        pickup_steps: steps before the first downbeat.
        length_steps: steps of the music, which ends within the last measure; None for new music.

    Raises:
        OptionError: lengths do not fill a measure or do not fit sixteenths, or there are more
            chords than music.
    """
    if not text.has_bars:
        beat = metre.steps_per_beat
        lengths = [beat if each.steps is None else each.steps for each in text.chords]
        return _place_line(text.chords, lengths, 0, length_steps)
    start = pickup_steps if text.opens_with_bar else 0
    placed: list[PlacedChord] = []
    for number, bar in enumerate(text.bars, start=1):
        in_pickup = start < pickup_steps
        room = pickup_steps if in_pickup else metre.steps_per_bar
        is_last = number == len(text.bars)
        if is_last and not in_pickup:
            end = start + room - pickup_steps if length_steps is None else length_steps
            room = min(room, max(0, end - start))
        lengths = _share_bar(bar, room, 0 if in_pickup else number - (pickup_steps > 0), is_last)
        placed += _place_line(bar, lengths, start, length_steps)
        start = placed[-1].end
    return placed


def place_phrase_ends(text: ChordText, placed: Sequence[PlacedChord]) -> list[PlacedChord]:
    """Return the last chord of each phrase that a double bar line ends, and the last of all."""
    ends = {sum(map(len, text.bars[: number + 1])) - 1 for number in text.phrase_ends}
    return [placed[number] for number in sorted(ends | {len(placed) - 1})]


def _parse_chord(word: str, key: Key | None) -> WrittenChord:
    name, colon, length = word.partition(":")
    steps = _parse_length(length, word) if colon else None
    read = parse_chord_symbol(name)
    if read is not None:
        text = None if read.root is None else read.text
        symbol = ChordSymbol(0, read.root, read.kind, text, read.bass, read.degrees)
        return WrittenChord(name, symbol, None, steps)
    try:
        return WrittenChord(name, None, parse_numeral(name, key.mode if key else None), steps)
    except ValueError:
        raise OptionError(f"{name!r} is neither a chord symbol nor a numeral; {_EXAMPLE}") from None


def _parse_length(text: str, word: str) -> int:
    try:
        steps = float(text) * STEPS_PER_QUARTER
    except ValueError:
        steps = 0.0
    if not 1 <= steps < float("inf") or steps != int(steps):
        raise OptionError(
            f"{word!r} has no length in quarters after its colon; give one such as F:2 or C:0.5, "
            "a whole number of sixteenths"
        )
    return int(steps)


def _share_bar(bar: Sequence[WrittenChord], room: int, number: int, is_last: bool) -> list[float]:
    """Return the length of each chord of a measure, whose length is `room` steps."""
    fixed = sum(chord.steps or 0 for chord in bar)
    open_chords = sum(chord.steps is None for chord in bar)
    rest = room - fixed
    if rest < open_chords or (rest and not open_chords and not is_last):
        raise OptionError(
            f"the chords of bar {number} last {count(fixed / STEPS_PER_QUARTER, 'quarter')} and "
            f"the bar {count(room / STEPS_PER_QUARTER, 'quarter')}; change the lengths after the "
            "colons, or leave them out"
        )
    share = rest / open_chords if open_chords else 0.0
    if share != int(share):
        raise OptionError(
            f"{count(open_chords, 'chord')} cannot share "
            f"{count(rest / STEPS_PER_QUARTER, 'quarter')} of bar {number} in whole sixteenths; "
            "give their lengths, such as C:2 G:1"
        )
    return [share if chord.steps is None else float(chord.steps) for chord in bar]


def _place_line(
    chords: Sequence[WrittenChord],
    lengths: Sequence[float],
    start: int,
    length_steps: int | None,
) -> list[PlacedChord]:
    """Place chords one after the other; a chord that begins in the music ends with it at latest."""
    placed = []
    for chord, length in zip(chords, lengths, strict=True):
        end = start + int(length)
        if length_steps is not None and start >= length_steps:
            raise OptionError(
                f"the chords last longer than the music: {chord.text} would begin after its last "
                "note; leave out the chords from there on"
            )
        end = end if length_steps is None else min(end, length_steps)
        placed.append(PlacedChord(start, end, chord))
        start = end
    return placed
