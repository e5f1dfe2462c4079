"""Lines of source, one per measure, each with a bar check and the number of its measure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from chorale.rendering.score.lilypond.syntax import note_value
from chorale.rendering.score.note_values import Bar


@dataclass(frozen=True)
class Line:
    """A line of source.

    Attributes:
        tokens: notes, rests, skips and commands.
        first_bar: number of the measure.
        last_bar: number of the last measure, if the line stands for several empty ones.
        ends_bar: whether a bar check follows.
    """

    tokens: tuple[str, ...]
    first_bar: int
    last_bar: int
    ends_bar: bool = True

    def __str__(self) -> str:
        check = " |" if self.ends_bar else ""
        last = f"-{self.last_bar}" if self.last_bar != self.first_bar else ""
        return f"{' '.join(self.tokens)}{check} % {self.first_bar}{last}"

    def is_empty_like(self, other: "Line") -> bool:
        """Whether two lines are nothing but rests, or skips, of the same whole measure."""
        whole = self.ends_bar and other.ends_bar and len(self.tokens) == 1
        return whole and self.tokens == other.tokens and self.tokens[0][0] in "Rs"


def merge_empty_bars(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield lines, of which one stands for several measures of rests or skips: "R1*4 | % 5-8"."""
    group: list[Line] = []
    for line in lines:
        if group and not group[-1].is_empty_like(line):
            yield _merge(group)
            group = []
        group.append(line)
    if group:
        yield _merge(group)


def _merge(group: Sequence[Line]) -> Line:
    first = group[0]
    if len(group) == 1:
        return first
    return replace(first, tokens=(f"{first.tokens[0]}*{len(group)}",), last_bar=group[-1].last_bar)


def write_skips(
    bars: Sequence[Bar], before: Mapping[int, str], after: Mapping[int, str]
) -> list[Line]:
    """Write measures of skips with commands between them.

    Args:
        bars: the measures.
        before: commands before the music that starts at a step.
        after: commands after the music that ends at a step.
    """
    lines = []
    for bar in bars:
        inner = {step for step in {*before, *after} if bar.start_step < step < bar.end_step}
        tokens: list[str | None] = []
        for start, end in pairwise([bar.start_step, *sorted(inner), bar.end_step]):
            tokens += [before.get(start), f"s{note_value(end - start)}", after.get(end)]
        if bar is bars[-1]:
            tokens.append(before.get(bar.end_step))
        lines.append(Line(tuple(filter(None, tokens)), bar.number, bar.number, bar is not bars[-1]))
    return list(merge_empty_bars(lines))
