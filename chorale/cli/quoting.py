"""Names with blanks that were typed without quotes, and so reached the program in pieces."""

import shlex
from collections.abc import Sequence
from os.path import isfile  # unlike Path.is_file, raises nothing whatever the name

MAX_WORDS = 30  # of a name with blanks


def suggest_quotes(words: Sequence[str]) -> str:
    """Return a hint at the end of an error message: the file whose name the words make up.

    Args:
        words: words of the command line, as the shell has split them.

    Returns:
        Words that begin with a semicolon; empty if no words, joined by blanks, are a file.
    """
    for first in range(len(words)):
        for end in range(min(len(words), first + MAX_WORDS), first + 1, -1):
            name = " ".join(words[first:end])
            if isfile(name):
                return f"; put a name with blanks in quotes: {shlex.quote(name)}"
    return ""
