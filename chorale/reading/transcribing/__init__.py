"""Score notations that are read by way of MusicXML: ABC, Humdrum **kern and MEI.

Each reader makes a `Score`, of which MusicXML text is written for the reader of MusicXML, with its
checks and repairs. What a reader leaves out or assumes is a notice.

    score          the values of a score
    writing        a score as MusicXML text
    chord_symbols  texts such as "Am7/E" as chord symbols
    abc            ABC files to scores; abc_tunes, abc_fields, abc_tokens, abc_marks, abc_measures,
                   abc_music and abc_words read what their names say
"""

from pathlib import Path

from chorale.reading.encodings import decode_text
from chorale.reading.limits import read_content
from chorale.reading.transcribing.abc import read_abc
from chorale.reading.transcribing.writing import write_score

NAMES = {".abc": "ABC"}
SUFFIXES = tuple(NAMES)
MAX_BYTES = 8_000_000


def transcribe(path: Path) -> tuple[str, list[str]]:
    """Transcribe a file as MusicXML text.

    Returns:
        The MusicXML; and notices of what was left out or assumed, one line each.

    Raises:
        ReadingError: the file is not in the notation of its ending, or exceeds a limit.
        Exception: the file is damaged; any error.
    """
    content, file = read_content(path, MAX_BYTES), str(path)
    score = read_abc(decode_text(content), file)
    return write_score(score), score.notices
