"""Order of play: repeats, voltas, Da Capo, Dal Segno, Fine and Coda, as stretches of steps.

Conventions:
- A repeated section is played as often as its voltas count, or else `Repeat.times` times. A volta
  is played in its own passes; a pass that no volta names skips them all.
- Da Capo and Dal Segno are followed once each, after the last pass of a section that ends there.
  Dal Segno leads back to the last segno before it, or the first one if all come later; without a
  segno it is passed over. From then on, repeats are not taken (a section is played in its last
  pass), the music ends at Fine, and To Coda leads to the next coda. Of several codas without a
  To Coda, the first one is the To Coda.
- A section has as many passes as it is entered, by repeats and by jumps. A part of the music
  between two repeated sections, or between two signs, counts as a section too.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from chorale.errors import OptionError
from chorale.music.annotations import Annotations, Ending, MarkKind, Repeat
from chorale.music.chorales import MAX_STEPS

JUMPS: tuple[MarkKind, ...] = ("da capo", "dal segno")
FORM_MARKS: tuple[MarkKind, ...] = (*JUMPS, "segno", "coda", "fine", "to coda")


@dataclass(frozen=True)
class Stretch:
    """Music that is played without a jump, or up to the next section.

    Attributes:
        start: first step.
        end: exclusive end.
        section: number of its section, in order of the score.
        passing: number of the section's pass, from 1.
    """

    start: int
    end: int
    section: int
    passing: int


def has_form(annotations: Annotations) -> bool:
    """Return whether there are repeats or jumps to play out."""
    return bool(annotations.repeats) or any(mark.kind in JUMPS for mark in annotations.marks)


def find_order_of_play(annotations: Annotations, length_steps: int) -> list[Stretch]:
    """Return the stretches of music in the order of play.

    Args:
        annotations: repeats, voltas and marks; those outside the music are ignored.
        length_steps: length of the music as it is written.

    Raises:
        OptionError: the music would last longer than MAX_STEPS.
    """
    stretches: list[Stretch] = []
    total = 0
    for stretch in _Player(annotations, length_steps).play():
        total += stretch.end - stretch.start
        if total > MAX_STEPS:
            raise OptionError(
                f"with its repeats played out, the music lasts more than {MAX_STEPS:,} sixteenths, "
                "the most that can be played; leave the repeats as signs"
            )
        stretches.append(stretch)
    return stretches


@dataclass(frozen=True)
class _Group:
    """A repeated section with its voltas.

    Attributes:
        start: first step.
        end: exclusive end, that of the last volta.
        endings: the voltas, in order of time.
        passes: how often the section is played.
    """

    start: int
    end: int
    endings: tuple[Ending, ...]
    passes: int

    def is_played(self, step: int, passing: int) -> bool:
        """Return whether the music at a step of the section is played in a pass, from 1."""
        own = [each for each in self.endings if each.start_step <= step < each.end_step]
        return not own or any(passing in each.passes for each in own)


class _Player:
    """A reader of the score who follows its signs."""

    def __init__(self, annotations: Annotations, length_steps: int) -> None:
        self._length = length_steps
        self._groups = _group_repeats(annotations.repeats, annotations.endings, length_steps)
        places: dict[MarkKind, list[int]] = {kind: [] for kind in FORM_MARKS}
        for mark in sorted(annotations.marks, key=lambda mark: mark.step):
            if mark.kind in places and 0 <= mark.step <= length_steps:
                places[mark.kind].append(mark.step)
        if not places["to coda"] and len(places["coda"]) > 1:
            places["to coda"].append(places["coda"].pop(0))
        self._places = places

    def play(self) -> Iterator[Stretch]:
        """Yield the stretches in the order of play."""
        passes: Counter[int] = Counter()  # by section
        followed: set[int] = set()  # steps of the jumps that were followed
        position, passing, entered = 0, 1, -1  # step, pass by repeats alone, section
        has_jumped = False
        while position < self._length:
            index, start, end = self._find_segment(position)
            group, section = self._find_group(start), self._sections[index]
            if group and section != entered:
                passing = group.passes if followed else 1
            if section != entered:
                passes[section] += 1
            entered = section
            is_played = has_jumped or group is None or group.is_played(start, passing)
            has_jumped = False
            if is_played:
                yield Stretch(start, end, section, passes[section])
            position = end
            is_last_pass = not group or passing >= group.passes
            if followed and is_played and end in self._places["fine"]:
                return
            if is_played and is_last_pass and (jump := self._follow(end, followed)) is not None:
                position, entered, has_jumped = jump, -1, True
            elif group and end == group.end and not is_last_pass:
                passing += 1
                passes[section] += 1
                position = group.start

    def _follow(self, step: int, followed: set[int]) -> int | None:
        """Return the step to which a jump at a step leads; None if there is none to follow."""
        if followed and step in self._places["to coda"]:
            return next((coda for coda in self._places["coda"] if coda > step), None)
        if step in followed:
            return None
        segnos = self._places["segno"]
        if step in self._places["da capo"]:
            target = 0
        elif step in self._places["dal segno"] and segnos:
            target = max((segno for segno in segnos if segno < step), default=segnos[0])
        else:
            return None
        followed.add(step)
        return target

    @cached_property
    def _segments(self) -> list[tuple[int, int]]:
        """Start and end of the stretches between two signs, in order of the score."""
        cuts = {0, self._length}
        for group in self._groups:
            cuts |= {group.start, group.end}
            cuts |= {each.start_step for each in group.endings}
            cuts |= {each.end_step for each in group.endings}
        for steps in self._places.values():
            cuts |= set(steps)
        return list(pairwise(sorted(cuts)))

    @cached_property
    def _sections(self) -> list[int]:
        """Numbers of the sections of the segments: those of a group are one section."""
        sections: list[int] = []
        before: _Group | None = None
        for start, _ in self._segments:
            group = self._find_group(start)
            is_same = bool(sections) and group is not None and group is before
            sections.append((sections[-1] if sections else -1) + (0 if is_same else 1))
            before = group
        return sections

    @cached_property
    def _index_of(self) -> dict[int, int]:
        return {start: index for index, (start, _) in enumerate(self._segments)}

    def _find_segment(self, start: int) -> tuple[int, int, int]:
        index = self._index_of[start]
        return index, *self._segments[index]

    def _find_group(self, step: int) -> _Group | None:
        return next((group for group in self._groups if group.start <= step < group.end), None)


def _group_repeats(
    repeats: Sequence[Repeat], endings: Sequence[Ending], length_steps: int
) -> list[_Group]:
    """Return the repeated sections with their voltas; voltas follow one another.

    A repeat that begins within the voltas of an earlier one is a part of it.
    """
    groups: list[_Group] = []
    ordered = sorted(endings, key=lambda ending: ending.start_step)
    for repeat in sorted(repeats, key=lambda repeat: repeat.start_step):
        start, end = max(0, repeat.start_step), min(length_steps, repeat.end_step)
        if end <= start or (groups and start < groups[-1].end):
            continue
        own: list[Ending] = []
        for ending in ordered:
            if start <= ending.start_step <= end and ending.end_step <= length_steps:
                own.append(ending)
                end = max(end, ending.end_step)
        voltas = max((passing for ending in own for passing in ending.passes), default=0)
        groups.append(_Group(start, end, tuple(own), voltas if voltas > 1 else repeat.times))
    return groups
