r"""Figures under the bass in LilyPond's figure mode: <6 5>4 <_+>2.

An altered third has no number ("_"), and a figure lasts as long as its bass note.
"""

from collections.abc import Sequence
from itertools import pairwise

from chorale.music import Chorale
from chorale.music.annotations import BassFigure
from chorale.rendering.score.bass_figures import has_number, list_figures
from chorale.rendering.score.lilypond.lines import Line, merge_empty_bars
from chorale.rendering.score.lilypond.syntax import note_value
from chorale.rendering.score.note_values import Bar

_SIGNS = {-2: "--", -1: "-", 0: "!", 1: "+", 2: "++"}


def write_figures(chorale: Chorale, lowest: int, bars: Sequence[Bar]) -> list[Line]:
    """Write the figures of the lowest voice, a line per measure; no lines if there are none."""
    by_step = {
        figures.step: " ".join(map(_write_figure, figures.figures, accidentals))
        for figures, accidentals in list_figures(chorale, lowest)
    }
    onsets = {int(step) for step in chorale.onsets[:, lowest].nonzero()[0]}
    lines = []
    for bar in bars if by_step else ():
        inner = sorted(step for step in {*by_step, *onsets} if bar.start_step < step < bar.end_step)
        tokens = [
            f"<{by_step[start]}>{note_value(end - start)}"
            if start in by_step
            else f"s{note_value(end - start)}"
            for start, end in pairwise([bar.start_step, *inner, bar.end_step])
        ]
        lines.append(Line(tuple(tokens), bar.number, bar.number, bar is not bars[-1]))
    return list(merge_empty_bars(lines))


def _write_figure(figure: BassFigure, accidental: int | None) -> str:
    number = str(figure.number) if has_number(figure) else "_"
    return number + ("" if accidental is None else _SIGNS[max(-2, min(2, accidental))])
