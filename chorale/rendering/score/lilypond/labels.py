"""Numerals of an analysis below the bass, as a line of lyrics.

Lyrics with lengths of their own stand at their time, whatever notes are above: "V7"4 is a numeral
that lasts a quarter.
"""

from collections.abc import Sequence
from itertools import pairwise

from chorale.music.annotations import HarmonyLabel
from chorale.rendering.score.harmony_labels import print_key, print_numeral
from chorale.rendering.score.lilypond.lines import Line, merge_empty_bars
from chorale.rendering.score.lilypond.syntax import note_value, quote
from chorale.rendering.score.note_values import Bar

SKIP = r"\skip"


def write_numerals(labels: Sequence[HarmonyLabel], bars: Sequence[Bar]) -> list[Line]:
    """Write the labels with numerals, a line per measure; no lines if there are none.

    Each stands until the next one or the end of its measure.
    """
    by_step = {label.step: _write_numeral(label) for label in labels if label.numeral}
    lines = []
    for bar in bars if by_step else ():
        inner = sorted(step for step in by_step if bar.start_step < step < bar.end_step)
        tokens = []
        for start, end in pairwise([bar.start_step, *inner, bar.end_step]):
            value = note_value(end - start)
            tokens.append(f"{by_step.get(start, SKIP)}{value}")
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
