"""Compose four-part chorales in the manner of Bach.

    import chorale

    [new] = chorale.generate(bars=8, key="G minor", seed=1)
    [hymn] = chorale.harmonize("tune.mid", seed=1)
    chorale.write(hymn, "hymn.mid")
    faults = chorale.check(hymn).faults

The names below are the public ones; each is imported when it is first used, so that `import
chorale` costs nothing. `chorale.interface` describes the verbs that compose and their
options, `chorale.judging` those that judge.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chorale.errors import ChoraleError
    from chorale.interface import (
        continue_,
        generate,
        harmonize,
        load_model,
        read,
        rewrite,
        write,
    )
    from chorale.judging import check, explain
    from chorale.music import Chorale, Key, Metre, Plan
    from chorale.reading import Reading

__version__ = "0.1.0"
__all__ = [
    "Chorale",
    "ChoraleError",
    "Key",
    "Metre",
    "Plan",
    "Reading",
    "check",
    "continue_",
    "explain",
    "generate",
    "harmonize",
    "load_model",
    "read",
    "rewrite",
    "write",
]

_PLACES = dict.fromkeys(("Chorale", "Key", "Metre", "Plan"), "chorale.music") | {
    "ChoraleError": "chorale.errors",
    "Reading": "chorale.reading",
    "check": "chorale.judging",
    "explain": "chorale.judging",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES.get(name, "chorale.interface")), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
