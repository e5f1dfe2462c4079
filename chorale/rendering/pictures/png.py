"""matplotlib figures as PNG files, identical on all computers, with title and comments."""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chorale.rendering.libraries import import_library
from chorale.rendering.metadata import Metadata, png_fields

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PIXELS_PER_INCH = 150


@contextmanager
def default_style() -> Iterator[None]:
    """Draw in matplotlib's default style, whatever the settings of this computer.

    Raises:
        OutputError: matplotlib is not installed.
    """
    # Without a folder for its cache, matplotlib prints long warnings but works.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    mpl = import_library("matplotlib", "matplotlib", "a picture")
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams["text.parse_math"] = False  # dollar signs in a title are no formulas
        yield


def png_bytes(figure: "Figure", metadata: Metadata, description: str) -> bytes:
    """Return the contents of a PNG file; the same figure gives the same bytes.

    Args:
        figure: the drawing, with an Agg canvas.
        metadata: title, composer and comments, for the text fields of the file.
        description: description of the picture, for a text field.
    """
    content = io.BytesIO()
    fields = {**png_fields(metadata), "Description": description}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # missing letters become boxes
        figure.savefig(
            content,
            format="png",
            dpi=PIXELS_PER_INCH,
            metadata={name: text for name, text in fields.items() if text},
        )
    return content.getvalue()
