"""Figures as PNG pictures: drawn alike everywhere, with an account of where they come from."""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chorale.rendering.libraries import library
from chorale.rendering.metadata import Metadata, png_fields

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PIXELS_PER_INCH = 150


@contextmanager
def usual_style() -> Iterator[None]:
    """Draw in matplotlib's own style, whatever this computer's settings are.

    Raises:
        OutputError: matplotlib is not installed.
    """
    # Where it finds no folder for its cache it says so at length, and goes on.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    mpl = library("matplotlib", "matplotlib", "a picture")
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams["text.parse_math"] = False  # a title's dollars are dollars
        yield


def png_bytes(figure: "Figure", metadata: Metadata, description: str) -> bytes:
    """The contents of a PNG file; the same figure gives the same bytes.

    Args:
        figure: what is drawn; its canvas is Agg's.
        about: title and comments, for the file's texts.
        description: what there is to see, for the same.
    """
    content = io.BytesIO()
    told = {**png_fields(metadata), "Description": description}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # of other scripts: drawn as boxes
        figure.savefig(
            content,
            format="png",
            dpi=PIXELS_PER_INCH,
            metadata={name: text for name, text in told.items() if text},
        )
    return content.getvalue()
