"""Locks: notes and rests that `rewrite` leaves as they are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chorale.composing.jobs.planning import find_steps
from chorale.errors import OptionError
from chorale.music import VOICES, Plan

_LOCK = re.compile(r"(\w+)\s+(\d{1,6})(?::(\d{1,6}(?:\.\d{1,6})?))?")


@dataclass(frozen=True)
class Lock:
    """A place whose note or rest stays.

    Attributes:
        voice: 0 = soprano.
        bar: number of the bar; 0 is a pickup.
        beat: beat, from 1, at which the note sounds, or the rest, of which this step stays; None
            for the whole bar.
    """

    voice: int
    bar: int
    beat: float | None = None

    @property
    def description(self) -> str:
        """The lock as it is typed, such as "alto 6:2.5"."""
        beat = "" if self.beat is None else f":{self.beat:g}"
        return f"{VOICES[self.voice]} {self.bar}{beat}"


def parse_locks(locks: str | Sequence[str]) -> list[Lock]:
    """Parse locks such as "soprano 5, alto 6:2.5", in a list or separated by commas.

    Raises:
        OptionError: a lock does not name a voice and a bar.
    """
    if not isinstance(locks, Sequence) or not all(isinstance(lock, str) for lock in locks):
        raise OptionError(f"locks must be texts such as 'alto 6:2.5', not {locks!r}")
    words = locks.split(",") if isinstance(locks, str) else locks
    return [_parse_lock(word.strip()) for word in words if word.strip()]


def _parse_lock(text: str) -> Lock:
    found = _LOCK.fullmatch(text.lower())
    if not found or found[1] not in VOICES:
        raise OptionError(
            f"no lock {text!r}; name a voice and a bar, or a bar and a beat, such as "
            "'soprano 5, alto 6:2.5'"
        )
    return Lock(VOICES.index(found[1]), int(found[2]), float(found[3]) if found[3] else None)


def find_locked_steps(locks: Sequence[Lock], plan: Plan) -> Iterator[tuple[int, int]]:
    """Yield voice and step of each place that is locked, each step of a whole bar.

    Raises:
        OptionError: the music does not have a bar or a beat.
    """
    for lock in locks:
        start, end = find_steps(plan, (lock.bar, lock.bar))
        if lock.beat is None:
            yield from ((lock.voice, step) for step in range(start, end))
            continue
        metre = plan.counted_metre
        downbeat = start - plan.step_in_bar(start)  # before the start of a pickup
        step = downbeat + int((lock.beat - 1) * metre.steps_per_beat)
        if not start <= step < end:
            raise OptionError(f"no beat {lock.beat:g} in bar {lock.bar} to lock")
        yield lock.voice, step
