"""Collect the measures of a voice of ABC: barlines, repeats and voltas."""

from fractions import Fraction

from chorale.reading.limits import MAX_MEASURES, size_error
from chorale.reading.transcribing.score import (
    ScoreEnding,
    ScoreKey,
    ScoreMeasure,
    ScoreMetre,
    ScoreNote,
)

_STYLES = (("|]", "light-heavy"), ("||", "light-light"))


class MeasureCollector:
    """The measures of a voice; the last one is being filled.

    Attributes:
        measures: the measures.
        time: quarters from the start of the current measure to the next note.
    """

    def __init__(self, file: str) -> None:
        self.measures = [ScoreMeasure()]
        self.time = Fraction()
        self._file = file
        self._key: ScoreKey | None = None  # of the next measure
        self._metre: ScoreMetre | None = None
        self._passes = ""  # of the volta that is open

    @property
    def current(self) -> ScoreMeasure:
        """The measure that is being filled."""
        return self.measures[-1]

    @property
    def is_empty(self) -> bool:
        """Whether the current measure has no notes yet."""
        return not any(self.current.voices)

    def add(self, note: ScoreNote) -> None:
        """Add a note to the last voice of the current measure."""
        self.current.voices[-1].append(note)
        self.time += note.quarters

    def add_voice(self) -> None:
        """Begin another voice at the start of the current measure."""
        self.current.voices.append([])
        self.time = Fraction()

    def set_key(self, key: ScoreKey) -> None:
        """Write a key signature, in the next measure if this one has notes."""
        if self.is_empty:
            self.current.key = key
        else:
            self._key = key

    def set_metre(self, metre: ScoreMetre) -> None:
        """Write a time signature, in the next measure if this one has notes."""
        if self.is_empty:
            self.current.metre = metre
        else:
            self._metre = metre

    def draw_barline(self, sign: str, passes: str | None, fermata: bool) -> None:
        """End the current measure, unless it is empty, at a barline.

        Args:
            sign: the barline, such as ":|"; "" if there is only the number of a volta.
            passes: the passes of the volta that begins here, such as "1,2"; None for no volta.
            fermata: whether a fermata is over the barline.
        """
        ends = _count_colons(sign, before=True)
        begins = _count_colons(sign, before=False)
        if sign.strip(":") == "" and sign:  # "::"
            ends = begins = 1
        ended = self.measures[-1]
        if self.is_empty and len(self.measures) > 1:
            ended = self.measures[-2]
        has_notes = any(ended.voices)
        if has_notes:
            ended.fermata = ended.fermata or fermata
            ended.barline = next((style for mark, style in _STYLES if mark in sign), ended.barline)
            ended.repeat_to = max(ended.repeat_to, ends + 1 if ends else 0)
            if self._passes and (passes or ends or begins or "||" in sign or "]" in sign):
                self._close_ending(ended)
        if sign and not self.is_empty:
            self._begin_measure()
        if begins:
            self.current.repeat_from = True
        if passes:
            self._passes = _expand_passes(passes)
            self.current.ending = ScoreEnding(self._passes, True, False)

    def finish(self) -> list[ScoreMeasure]:
        """Return the measures, without an empty one at the end, whose events go before it."""
        if self.is_empty and len(self.measures) > 1:
            ended = self.measures.pop()
            length = sum((note.quarters for note in self.current.voices[0]), Fraction())
            self.current.events += [(length, event) for _, event in ended.events]
        if self._passes:
            self._close_ending(self.measures[-1])
        return self.measures

    def _begin_measure(self) -> None:
        if len(self.measures) >= MAX_MEASURES:
            raise size_error(self._file, f"more than {MAX_MEASURES:,} measures in one part")
        self.measures.append(ScoreMeasure(key=self._key, metre=self._metre))
        self._key = self._metre = None
        self.time = Fraction()
        if self._passes:
            self.current.ending = ScoreEnding(self._passes, False, False)

    def _close_ending(self, measure: ScoreMeasure) -> None:
        if measure.ending:
            measure.ending.stops = True
        if self.is_empty and measure is not self.current:
            self.current.ending = None
        self._passes = ""


def _count_colons(sign: str, before: bool) -> int:
    """Count the colons before the first line of a barline, or after its last line."""
    lines = [place for place, letter in enumerate(sign) if letter in "|[]"]
    if not lines:
        return 0
    return sign[: lines[0]].count(":") if before else sign[lines[-1] + 1 :].count(":")


def _expand_passes(text: str) -> str:
    """Expand ranges of passes: "1-3,5" to "1,2,3,5"."""
    passes: list[int] = []
    for each in text.split(","):
        first, _, last = each.partition("-")
        passes += range(int(first), min(int(last or first), int(first) + 9) + 1)
    return ",".join(map(str, passes))
