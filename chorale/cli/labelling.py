"""Labels of the harmony in the files of commands that compose or render: `--analysis`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chorale.errors import OptionError
from chorale.options import Symbols

if TYPE_CHECKING:
    from chorale.music import Chorale

USUAL_SYMBOLS: Symbols = "roman"


def choose_symbols(
    analysis: bool, symbols: Symbols | None, formats: Sequence[str]
) -> Symbols | None:
    """Choose the symbols of an analysis; None without one.

    Args:
        analysis: whether an analysis is requested.
        symbols: the symbols requested; None for the usual ones.
        formats: names of the formats that are written.

    Raises:
        OptionError: symbols are requested without an analysis, or no format can show it.
    """
    from chorale.rendering.formats import FORMATS

    if not analysis:
        if symbols is not None:
            raise OptionError("--symbols needs --analysis")
        return None
    scores = [name for name, each in FORMATS.items() if each.kind in ("score", "page")]
    if not set(scores) & set(formats):
        raise OptionError(
            f"--analysis is printed in scores, not in {formats[0]}; choose from {', '.join(scores)}"
        )
    return symbols or USUAL_SYMBOLS


def add_labels(chorale: "Chorale", symbols: Symbols | None) -> "Chorale":
    """Return a chorale with labels of its harmony, or as it is if there are to be none."""
    from chorale.harmony import analyze_harmony, label_harmony

    if symbols is None:
        return chorale
    return label_harmony(chorale, analyze_harmony(chorale), symbols)
