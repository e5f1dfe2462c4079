"""Score notations that are read by way of MusicXML: ABC, Humdrum **kern and MEI.

Each reader makes a `Score`, of which MusicXML text is written for the reader of MusicXML, with its
checks and repairs. What a reader leaves out or assumes is a notice.

    score          the values of a score
    writing        a score as MusicXML text
    chord_symbols  texts such as "Am7/E" as chord symbols
    abc            ABC files to scores; abc_tunes, abc_fields, abc_tokens, abc_accidentals,
                   abc_marks, abc_measures, abc_music and abc_words read what their names say
    humdrum        Humdrum files to MEI, with verovio in a process of its own
    mei            MEI to scores; mei_xml, mei_score, mei_layers, mei_events, mei_state and
                   mei_values read what their names say
"""

from pathlib import Path

from chorale.reading.encodings import decode_text, decode_xml
from chorale.reading.limits import MAX_XML_BYTES, read_content
from chorale.reading.transcribing.abc import read_abc
from chorale.reading.transcribing.humdrum import read_humdrum
from chorale.reading.transcribing.mei import read_mei
from chorale.reading.transcribing.writing import write_score

_HUMDRUM = (".krn", ".kern", ".hum")
NAMES = {".abc": "ABC", **dict.fromkeys(_HUMDRUM, "Humdrum **kern"), ".mei": "MEI"}
SUFFIXES = tuple(NAMES)
MAX_TEXT_BYTES = 8_000_000


def transcribe(path: Path) -> tuple[str, list[str]]:
    """Transcribe a file as MusicXML text.

    Returns:
        The MusicXML; and notices of what was left out or assumed, one line each.

    Raises:
        ReadingError: the file is not in the notation of its ending, or exceeds a limit.
        Exception: the file is damaged; any error.
    """
    suffix, file = path.suffix.lower(), str(path)
    if suffix == ".mei":
        text, notice = decode_xml(read_content(path, MAX_XML_BYTES))
        score = read_mei(text, file)
        score.notices[:0] = [notice] if notice else []
    else:
        text = decode_text(read_content(path, MAX_TEXT_BYTES))
        score = read_abc(text, file) if suffix == ".abc" else read_humdrum(text, file)
    return write_score(score), score.notices
