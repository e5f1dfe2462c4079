"""Options of a plan: key, metre, pickup, phrases and motion, in a musician's words."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import inf
from typing import SupportsIndex, TypeGuard, get_args

from chorale.errors import OptionError
from chorale.music import Key, Metre
from chorale.options import Motion
from chorale.wording import count

LONGEST_BEAT_STEPS = 16  # a whole note
LONGEST_BAR_STEPS = 32  # the network does not distinguish later places in a measure


@dataclass(frozen=True)
class PlanOptions:
    """Requested parts of a plan; parts that are None are drawn, or come from the input music.

    Attributes:
        key: the key of the whole chorale.
        metre: the time signature of the whole chorale.
        pickup: length in beats of the metre before the first downbeat, less than a measure.
        phrases: lengths of the phrases in measures; each phrase ends under a fermata.
        motion: how many notes off the beat the composed voices have, compared with Bach's chorales.

    Raises:
        OptionError: measures of the metre are too long, the pickup is as long as a measure or is no
            whole number of steps, a phrase is shorter than a measure, or the motion is no `Motion`.
    """

    key: Key | None = None
    metre: Metre | None = None
    pickup: float | None = None
    phrases: tuple[int, ...] | None = None
    motion: Motion | None = None

    def __post_init__(self) -> None:
        if self.metre and self.metre.steps_per_bar > LONGEST_BAR_STEPS:
            raise OptionError(
                f"a bar of {self.metre.name} has {self.metre.steps_per_bar} sixteenths; "
                f"choose a metre with at most {LONGEST_BAR_STEPS}"
            )
        if self.pickup is not None and not 0 <= self.pickup < inf:
            raise OptionError(f"a pickup must have 0 beats or more, not {self.pickup:g}")
        if self.pickup is not None and self.pickup * LONGEST_BEAT_STEPS % 1:
            raise OptionError(
                f"a pickup of {count(self.pickup, 'beat')} is no whole number of sixteenths"
            )
        if self.metre:
            self.pickup_steps(self.metre)
        if self.phrases is not None and not (self.phrases and min(self.phrases) >= 1):
            raise OptionError("phrases must be lengths in bars, at least 1 each, such as 4,4,4,4")
        if self.motion not in (None, *get_args(Motion)):
            raise OptionError(
                f"motion must be one of {', '.join(get_args(Motion))}, not {self.motion}"
            )

    @classmethod
    def parse(
        cls,
        key: str | Key | None = None,
        metre: str | Metre | None = None,
        pickup: float | None = None,
        phrases: Iterable[int] | None = None,
        motion: Motion | None = None,
    ) -> "PlanOptions":
        """Parse options; key and metre may be texts such as "G minor" and "3/4".

        Raises:
            OptionError: a value cannot be parsed, or is out of range.
        """
        try:
            parsed_key = Key.parse(key) if isinstance(key, str) else key
            parsed_metre = Metre.parse(metre) if isinstance(metre, str) else metre
            bars = None if phrases is None else tuple(int(bar) for bar in phrases)
        except ValueError as error:
            raise OptionError(str(error)) from error
        return cls(parsed_key, parsed_metre, pickup, bars, motion)

    def pickup_steps(self, metre: Metre) -> int | None:
        """Return the requested pickup in steps, in a given metre; None if no pickup is requested.

        Raises:
            OptionError: the pickup is as long as a measure, or no whole number of steps.
        """
        if self.pickup is None:
            return None
        steps, pickup = self.pickup * metre.steps_per_beat, count(self.pickup, "beat")
        if steps >= metre.steps_per_bar:
            raise OptionError(f"a pickup of {pickup} is not shorter than a bar of {metre.name}")
        if steps != int(steps):
            raise OptionError(
                f"a pickup of {pickup} of {metre.name} is no whole number of sixteenths"
            )
        return int(steps)

    def pickup_fits(self, metre: Metre) -> bool:
        """Return whether a metre allows the requested pickup, if any."""
        try:
            self.pickup_steps(metre)
        except OptionError:
            return False
        return True


ANY_PLAN = PlanOptions()  # everything is left open


def parse_keys(keys: Collection[str | Key]) -> tuple[Key, ...]:
    """Parse the keys of phrases.

    Raises:
        OptionError: a text is not the name of a key, or there is none.
    """
    try:
        parsed = tuple(Key.parse(key) if isinstance(key, str) else key for key in keys)
    except ValueError as error:
        raise OptionError(str(error)) from error
    if not all(isinstance(key, Key) for key in parsed):
        raise OptionError(f'keys must be names such as "G" or "E minor", not {list(keys)!r}')
    if not parsed:
        raise OptionError('keys must name a key for each phrase, such as "G, D, e, G"')
    return parsed


def is_whole_number(value: object) -> TypeGuard[int]:
    """Return whether a value is a whole number of Python or NumPy, and not a bool."""
    return isinstance(value, SupportsIndex) and not isinstance(value, bool)
