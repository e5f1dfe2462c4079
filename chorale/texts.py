"""Texts that strangers wrote: titles, names of parts, what a file says of itself."""

import unicodedata

_MARKS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # which some scripts are written with


def printable(text: str) -> str:
    """A text that can be shown on a terminal and does nothing to it.

    Control characters, of which a terminal's commands are made, become spaces; marks that are not
    seen, such as those that turn the direction of writing, are left out.
    """
    categories = {letter: unicodedata.category(letter) for letter in set(text)}
    told = (
        " " if categories[letter] in ("Cc", "Zl", "Zp") else letter
        for letter in text
        if categories[letter] != "Cf" or letter in _MARKS
    )
    return "".join(told)
