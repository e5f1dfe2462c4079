"""Compose four-part chorales in the manner of Bach.

    import chorale

    [new] = chorale.generate(bars=8, key="G minor", seed=1)
    [hymn] = chorale.harmonize("tune.mid", seed=1)
    chorale.write(hymn, "hymn.mid")
    faults = chorale.check(hymn).faults
    chords = chorale.analyze(hymn).chords

The names in `__all__` are public. Each is imported at its first use, so that `import chorale` takes
no time. `chorale.api` describes the functions and their options.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from chorale.version import __version__

if TYPE_CHECKING:
    from chorale.api import (
        analyze,
        check,
        continue_,
        explain,
        generate,
        harmonize,
        load_model,
        read,
        rewrite,
        view,
        write,
    )
    from chorale.errors import ChoraleError
    from chorale.music import Chorale, Key, Metre, Plan
    from chorale.reading import Reading

__all__ = [
    "Chorale",
    "ChoraleError",
    "Key",
    "Metre",
    "Plan",
    "Reading",
    "__version__",
    "analyze",
    "check",
    "continue_",
    "explain",
    "generate",
    "harmonize",
    "load_model",
    "read",
    "rewrite",
    "view",
    "write",
]

_MODULES = dict.fromkeys(("Chorale", "Key", "Metre", "Plan"), "chorale.music") | {
    "ChoraleError": "chorale.errors",
    "Reading": "chorale.reading",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES.get(name, "chorale.api")), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
