"""The libraries behind single formats, imported when a format is asked for."""

from importlib import import_module
from typing import Any

from chorale.errors import OutputError


def library(module: str, distribution: str, what: str) -> Any:
    """Import a library.

    Args:
        module: its name in Python.
        distribution: its name for pip, with a version if it needs one.
        what: what it is needed for, such as "a PDF file".

    Raises:
        OutputError: it is not installed, or does not run here.
    """
    try:
        return import_module(module)
    except (ImportError, OSError) as error:  # OSError: its own binary part does not load
        raise OutputError(
            f"{what} needs the library {distribution.split('=')[0]}, which cannot be imported "
            f"({error}); `pip install {distribution}` installs it"
        ) from error
