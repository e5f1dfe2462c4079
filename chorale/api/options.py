"""Keyword options of the functions, and the checks of their types at run time."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypedDict, get_args, get_origin, get_type_hints

from chorale.aliases import Progress
from chorale.composing.plan_options import PlanOptions
from chorale.composing.rules import FollowingRule, LogitRule
from chorale.errors import OptionError
from chorale.music import Chorale, Key, Metre
from chorale.music.voicings import Voicing
from chorale.options import Motion


class Options(TypedDict, total=False):
    """Options of the composing functions; see the docstring of `chorale.api`."""

    key: str | Key
    metre: str | Metre
    pickup: float
    phrases: Sequence[int]
    motion: Motion
    temperature: float | Mapping[str, float]
    top_p: float
    min_p: float
    greedy: bool
    guidance: float
    strictness: float
    best_of: int
    rules: Sequence[LogitRule]
    progress: Progress
    receive: Callable[[Chorale], object]
    seed: int
    count: int
    model: str | Path


class SpecificOptions(TypedDict, total=False):
    """Options of single functions; their types are checked in the same way."""

    voice: str
    transpose: int
    fill: bool
    chords: str
    ignore_chords: bool
    progression: str
    keys: Sequence[str | Key]
    open_end: bool
    tempo: float
    program: str | int
    staves: int
    soundfont: str | Path
    play_repeats: bool
    editing: bool
    sizes: Sequence[str]
    title: str
    voicing: str | Voicing


def _list_types(hint: Any) -> tuple[type, ...]:
    """Return the types that a type hint allows.

    A float may also be an int; a Sequence is a list or a tuple; a Literal has the types of its
    values.
    """
    if hint is float:
        return (int, float)
    if origin := get_origin(hint):
        if origin is UnionType:
            return tuple(
                dict.fromkeys(kind for part in get_args(hint) for kind in _list_types(part))
            )
        if origin is Literal:
            return tuple(dict.fromkeys(map(type, get_args(hint))))
        return (list, tuple) if origin is Sequence else (origin,)
    return (hint,)


OPTION_TYPES = {name: _list_types(hint) for name, hint in get_type_hints(Options).items()}
SPECIFIC_TYPES = {name: _list_types(hint) for name, hint in get_type_hints(SpecificOptions).items()}


def parse_plan_options(options: Options) -> PlanOptions:
    """Check all options and parse those of the plan.

    Raises:
        OptionError: an option is unknown, or has a wrong type or value.
    """
    check_options(options)
    return PlanOptions.parse(
        options.get("key"),
        options.get("metre"),
        options.get("pickup"),
        options.get("phrases"),
        options.get("motion"),
    )


def check_options(options: Options) -> None:
    """Check the names and types of options at run time.

    Raises:
        OptionError: an option is unknown or has the wrong type.
    """
    for name, value in options.items():
        if name not in OPTION_TYPES:
            raise OptionError(f"no option {name}; choose from {', '.join(OPTION_TYPES)}")
        if value is not None:
            check_type(name, value)
    for rule in options.get("rules") or ():
        if isinstance(rule, type) or not callable(getattr(rule, "apply", None)):
            raise OptionError(
                f"rules must be objects with a method apply, not {rule!r}; see "
                "chorale.composing.rules"
            )
        if hasattr(rule, "follow") and not isinstance(rule, FollowingRule):
            raise OptionError(
                f"the rule {type(rule).__name__} has a method follow, so it needs a method take; "
                "see chorale.composing.rules"
            )


def check_type(name: str, value: object) -> None:
    """Check the type of an option's value.

    Raises:
        OptionError: the value has another type.
    """
    allowed = (OPTION_TYPES | SPECIFIC_TYPES)[name]
    if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
        kinds = " or ".join(kind.__name__ for kind in allowed)
        raise OptionError(f"{name} must be {kinds}, not {value!r}")


def describe_type(value: object) -> str:
    """Describe the type of a value for an error message."""
    return f"an object of type {type(value).__name__}"
