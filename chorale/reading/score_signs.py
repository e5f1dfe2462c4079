"""Signs of a whole score, which a file may write in one of its parts or in several.

The same sign at the same step counts once. Of two coda signs, where no direction is To Coda, the
first one means To Coda.
"""

from dataclasses import replace
from xml.etree import ElementTree as ET

from chorale.music import Annotations
from chorale.music.annotations import Ending, Mark
from chorale.reading.annotations import ScoreAnnotations
from chorale.reading.directions import JUMPS
from chorale.reading.repeats import find_repeats, parse_passes

WHOLE_SCORE = ("tempo", "rehearsal", "segno", "coda", *JUMPS)


class ScoreSigns:
    """The signs of a score while its parts are read."""

    def __init__(self) -> None:
        self._marks: dict[tuple[str, int, str], Mark] = {}
        self._starts: set[int] = set()  # of repeats
        self._ends: dict[int, int] = {}  # of repeats, with how often they sound
        self._endings: dict[int, Ending] = {}  # by their starts
        self._open: Ending | None = None  # the ending of this part that has not ended
        self._last: Ending | None = None  # the last one that has
        self._tempos: set[int] = set()

    def add(self, mark: Mark) -> None:
        """Add a mark."""
        self._marks.setdefault((mark.kind, mark.step, mark.text.casefold()), mark)

    def read_tempo(self, step: int) -> None:
        """Note that the tempo is set at a step."""
        self._tempos.add(step)

    def read_barline(self, barline: ET.Element, step: int, measure_end: int) -> None:
        """Read the signs at a barline.

        Args:
            barline: the <barline>.
            step: its step.
            measure_end: end of its measure.
        """
        for child in barline:
            if child.tag == "repeat":
                if child.get("direction") == "forward":
                    self._starts.add(step)
                else:
                    written = child.get("times", "")
                    times = int(written) if written.isascii() and written.isdigit() else 2
                    self._ends[step] = max(times, self._ends.get(step, 0))
            elif child.tag == "ending":
                self._read_ending(child, step, measure_end)
            elif child.tag in ("segno", "coda"):
                self.add(Mark("segno" if child.tag == "segno" else "coda", step))

    def _read_ending(self, ending: ET.Element, step: int, measure_end: int) -> None:
        if ending.get("type") == "start":
            self.close_endings(step)
            passes = parse_passes(ending.get("number", "")) or parse_passes(ending.text or "")
            if not passes:
                follows = self._last is not None and self._last.end_step == step
                passes = (max(self._last.passes) + 1 if self._last and follows else 1,)
            self._open = Ending(step, max(step + 1, measure_end), passes)
        else:
            self.close_endings(step)

    def close_endings(self, step: int | None = None) -> None:
        """Close the ending that is open, at a step, or else at the end of its first measure."""
        if self._open is None:
            return
        start, end = self._open.start_step, self._open.end_step if step is None else step
        self._last = replace(self._open, end_step=max(end, start + 1))
        self._endings.setdefault(start, self._last)
        self._open = None

    def finish(self) -> ScoreAnnotations:
        """Return the signs of the score."""
        endings = [self._endings[start] for start in sorted(self._endings)]
        marks = sorted(self._marks.values(), key=lambda mark: mark.step)
        codas = [mark for mark in marks if mark.kind == "coda"]
        if len(codas) == 2 and all(mark.kind != "to coda" for mark in marks):
            marks[marks.index(codas[0])] = replace(codas[0], kind="to coda")
        repeats = find_repeats(self._starts, self._ends, endings)
        left_out = {
            "tempo change": len(self._tempos - {0}),
            "repeat sign": len(self._starts - {0, *(repeat.start_step for repeat in repeats)}),
        }
        return ScoreAnnotations(
            Annotations(repeats=repeats, endings=tuple(endings), marks=tuple(marks)),
            tuple(left_out.items()),
        )
