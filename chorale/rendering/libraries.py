"""Import of optional libraries, each only when a format needs it."""

from importlib import import_module
from typing import Any

from chorale.errors import OutputError


def import_library(module: str, distribution: str, purpose: str) -> Any:
    """Import an optional library.

    Args:
        module: name of the module to import.
        distribution: name for pip, with a version if a certain version is required.
        purpose: what needs the library, such as "a PDF file".

    Raises:
        OutputError: the library is not installed, or does not run on this machine.
    """
    try:
        return import_module(module)
    except (ImportError, OSError) as error:  # OSError: the library's binary does not load
        raise OutputError(
            f"{purpose} needs the library {distribution.split('=')[0]}, which cannot be imported "
            f"({error}); `pip install {distribution}` installs it"
        ) from error
