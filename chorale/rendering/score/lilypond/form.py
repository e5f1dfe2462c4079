r"""Repeats and voltas as sections that follow one another, as `\repeat volta` needs them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from chorale.music import Annotations
from chorale.music.annotations import Ending, Repeat

_USUAL_TIMES = 2  # of music between repeat signs


@dataclass(frozen=True)
class Section:
    """A section of the music, repeated if it sounds more than once.

    Attributes:
        start_step: its first step.
        end_step: its exclusive end, after its last ending.
        times: how often it sounds.
        endings: its voltas, without gaps, the last of which ends with the section.
    """

    start_step: int
    end_step: int
    times: int = 1
    endings: tuple[Ending, ...] = ()

    @property
    def body_end_step(self) -> int:
        """Exclusive end of the music before the endings."""
        return self.endings[0].start_step if self.endings else self.end_step

    @property
    def turns_back(self) -> bool:
        """Whether the music goes back from the end of the section."""
        return self.times > 1 and not (self.endings and self.times in self.endings[-1].passes)


class SectionsError(Exception):
    """The repeats cannot be written as sections."""


def arrange_sections(annotations: Annotations, end_step: int) -> list[Section]:
    """Arrange the music in sections, repeated and not, without gaps.

    Args:
        annotations: repeats and endings.
        end_step: exclusive end of the music.

    Raises:
        SectionsError: a repeat or ending overlaps another one, or does not fit it.
    """
    sections: list[Section] = []
    now, left = 0, sorted(annotations.endings, key=lambda ending: ending.start_step)
    for repeat in sorted(annotations.repeats, key=lambda repeat: repeat.start_step):
        endings = _find_endings(repeat, left)
        left = [ending for ending in left if ending not in endings]
        section = _repeat_section(repeat, endings)
        if not now <= section.start_step < section.body_end_step <= section.end_step <= end_step:
            raise SectionsError
        sections += [Section(now, section.start_step)] if now < section.start_step else []
        sections.append(section)
        now = section.end_step
    if left:
        raise SectionsError
    return [*sections, Section(now, end_step)] if now < end_step else sections


def list_borders(sections: Iterable[Section]) -> set[int]:
    """Return the steps at which a section or an ending starts or ends."""
    spans: list[Section | Ending] = []
    for section in sections:
        spans += [section, *section.endings]
    return {step for span in spans for step in (span.start_step, span.end_step)}


def write_repeat_signs(annotations: Annotations, end_step: int) -> dict[int, str]:
    """Write repeats and endings as signs, each by its own, for music that has no sections.

    Args:
        annotations: repeats and endings; those that start after the end of the music are left out.
        end_step: exclusive end of the music.

    Returns:
        LilyPond commands, by step.
    """
    signs: dict[int, list[str]] = {}
    endings = [ending for ending in annotations.endings if ending.start_step < end_step]
    repeats = [repeat for repeat in annotations.repeats if repeat.start_step < end_step]
    for ending in endings:
        signs.setdefault(min(ending.end_step, end_step), []).append("(volta #f)")
    for repeat in repeats:
        signs.setdefault(min(repeat.end_step, end_step), []).append("end-repeat")
    for ending in endings:
        passes = "".join(f"{number}." for number in ending.passes)
        signs.setdefault(ending.start_step, []).append(f'(volta "{passes}")')
    for repeat in repeats:
        signs.setdefault(repeat.start_step, []).append("start-repeat")
    return {
        step: f"\\set Score.repeatCommands = #'({' '.join(dict.fromkeys(found))})"
        for step, found in signs.items()
    }


def write_counts(annotations: Annotations) -> dict[int, str]:
    """Write how often music sounds that is repeated more than once, at the ends of the repeats."""
    return {
        repeat.end_step: f'\\textEndMark "{repeat.times}\u00d7"'
        for repeat in annotations.repeats
        if repeat.times > _USUAL_TIMES
        if not any(
            repeat.start_step < each.end_step <= repeat.end_step for each in annotations.endings
        )
    }


def _find_endings(repeat: Repeat, endings: Sequence[Ending]) -> tuple[Ending, ...]:
    """Return the endings of a repeat: the first that starts in it, and those that follow on it."""
    found: list[Ending] = []
    for ending in endings:
        is_first = not found and repeat.start_step < ending.start_step < repeat.end_step
        if is_first or (found and found[-1].end_step == ending.start_step):
            found.append(ending)
    return tuple(found)


def _repeat_section(repeat: Repeat, endings: tuple[Ending, ...]) -> Section:
    """Return the section of a repeat.

    Raises:
        SectionsError: the endings do not fit the repeat, or two sound in the same pass.
    """
    if not endings:
        return Section(repeat.start_step, repeat.end_step, max(_USUAL_TIMES, repeat.times))
    passes = sorted(chain.from_iterable(ending.passes for ending in endings))
    fits = repeat.end_step in [ending.end_step for ending in endings]
    fits = fits and all(ending.passes and ending.start_step < ending.end_step for ending in endings)
    if not fits or passes[0] < 1 or any(one == other for one, other in pairwise(passes)):
        raise SectionsError
    times = max(_USUAL_TIMES, repeat.times, passes[-1])
    return Section(repeat.start_step, endings[-1].end_step, times, endings)
