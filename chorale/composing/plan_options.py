"""What is asked of a plan: key, metre, pickup and phrases, in a musician's words."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import SupportsIndex, TypeGuard

from chorale.errors import OptionError
from chorale.music import Key, Metre

LONGEST_BEAT_STEPS = 16  # of a metre in whole notes
LONGEST_BAR_STEPS = 32  # the network tells no places apart in longer ones


@dataclass(frozen=True)
class PlanOptions:
    """What is asked of a plan; None leaves it to chance, or to the music that is given.

    Attributes:
        key: the key of the whole.
        metre: the time signature of the whole.
        pickup: beats of the metre before its first downbeat, less than a bar.
        phrases: their lengths in measures, each of which ends under a fermata.

    Raises:
        OptionError: bars are too long, the pickup is not shorter than one or no whole number of
            steps, or a phrase is shorter than a bar.
    """

    key: Key | None = None
    metre: Metre | None = None
    pickup: float | None = None
    phrases: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if self.metre and self.metre.steps_per_bar > LONGEST_BAR_STEPS:
            raise OptionError(
                f"a bar of {self.metre.name} has {self.metre.steps_per_bar} sixteenths; "
                f"at most {LONGEST_BAR_STEPS} can be composed in"
            )
        if self.pickup is not None and not 0 <= self.pickup < inf:
            raise OptionError(f"a pickup has 0 beats or more, not {self.pickup:g}")
        if self.pickup is not None and self.pickup * LONGEST_BEAT_STEPS % 1:
            raise OptionError(f"a pickup of {self.pickup:g} beats is not in whole sixteenths")
        if self.metre:
            self.pickup_steps(self.metre)
        if self.phrases is not None and not (self.phrases and min(self.phrases) >= 1):
            raise OptionError("phrases must be lengths in bars, at least 1 each, such as 4,4,4,4")

    @classmethod
    def of(
        cls,
        key: str | Key | None = None,
        metre: str | Metre | None = None,
        pickup: float | None = None,
        phrases: Iterable[int] | None = None,
    ) -> "PlanOptions":
        """The options from texts such as "G minor" and "3/4".

        Raises:
            OptionError: a value is not of its kind.
        """
        try:
            its_key = Key.parse(key) if isinstance(key, str) else key
            its_metre = Metre.parse(metre) if isinstance(metre, str) else metre
            bars = None if phrases is None else tuple(int(bar) for bar in phrases)
        except ValueError as error:
            raise OptionError(str(error)) from error
        return cls(its_key, its_metre, pickup, bars)

    def pickup_steps(self, metre: Metre) -> int | None:
        """The pickup in steps of a metre; None if none is asked for.

        Raises:
            OptionError: it is not shorter than a bar, or no whole number of steps.
        """
        if self.pickup is None:
            return None
        steps = self.pickup * metre.steps_per_beat
        if steps >= metre.steps_per_bar:
            raise OptionError(
                f"a pickup of {self.pickup:g} beats is not shorter than a bar of {metre.name}"
            )
        if steps != int(steps):
            raise OptionError(
                f"a pickup of {self.pickup:g} beats of {metre.name} is not in whole sixteenths"
            )
        return int(steps)

    def fits(self, metre: Metre) -> bool:
        """Whether the pickup, if one is asked for, is one of this metre."""
        try:
            self.pickup_steps(metre)
        except OptionError:
            return False
        return True


ANYTHING = PlanOptions()


def is_whole(value: object) -> TypeGuard[int]:
    """Whether a value is a whole number, NumPy's too, and no truth value."""
    return isinstance(value, SupportsIndex) and not isinstance(value, bool)
