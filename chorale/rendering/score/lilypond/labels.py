r"""Labels of an analysis below the bass: numerals as a line of lyrics, figures in figure mode.

Lyrics with lengths of their own stand at their time, whatever notes are above: "V7"4 is a numeral
that lasts a quarter. In figure mode, <6 5>4 are figures, and "+", "-" and "!" after a figure are
its sharp, flat and natural; "_" is an accidental without a figure.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from chorale.music.annotations import HarmonyLabel
from chorale.rendering.score.harmony_labels import print_key, print_numeral
from chorale.rendering.score.lilypond.lines import Line, merge_empty_bars
from chorale.rendering.score.lilypond.syntax import note_value, quote
from chorale.rendering.score.note_values import Bar

_SIGNS = {"#": "+", "b": "-", "n": "!", "##": "++", "bb": "--", "": ""}


def write_numerals(labels: Sequence[HarmonyLabel], bars: Sequence[Bar]) -> list[Line]:
    """Write the labels with numerals, a line per measure; no lines if there are none."""
    by_step = {label.step: _write_numeral(label) for label in labels if label.numeral}
    return _write_lines(by_step, bars, lambda value: f"\\skip{value}")


def write_figures(labels: Sequence[HarmonyLabel], bars: Sequence[Bar]) -> list[Line]:
    """Write the labels with figures, a line per measure; no lines if there are none."""
    by_step = {label.step: _write_figures(label.figures) for label in labels if label.figures}
    return _write_lines(by_step, bars, lambda value: f"s{value}")


def _write_lines(
    by_step: Mapping[int, str], bars: Sequence[Bar], skip: Callable[[str], str]
) -> list[Line]:
    """Write one label after the other, each until the next one or the end of its measure."""
    lines = []
    for bar in bars if by_step else ():
        inner = sorted(step for step in by_step if bar.start_step < step < bar.end_step)
        tokens = []
        for start, end in pairwise([bar.start_step, *inner, bar.end_step]):
            value = note_value(end - start)
            tokens.append(f"{by_step[start]}{value}" if start in by_step else skip(value))
        lines.append(Line(tuple(tokens), bar.number, bar.number, bar is not bars[-1]))
    return list(merge_empty_bars(lines))


def _write_numeral(label: HarmonyLabel) -> str:
    """Write a numeral, after its key and before its cadence, as markup."""
    assert label.numeral
    words = [quote(print_key(label.key))] if label.key else []
    words.append(quote(print_numeral(label.numeral)))
    if label.cadence:
        words.append(f"\\italic {quote(label.cadence)}")
    return f"\\markup {{ {' '.join(words)} }}" if len(words) > 1 else words[0]


def _write_figures(figures: Sequence[str]) -> str:
    written = []
    for figure in figures:
        number = figure.strip("#bn")
        written.append((number or "_") + _SIGNS[figure.removesuffix(number)])
    return f"<{' '.join(written)}>"
