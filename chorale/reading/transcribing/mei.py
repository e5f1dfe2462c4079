"""Read MEI as a score: each staff as a part, each of its layers as a voice.

MEI is read here, not with music21, which (in release 10.5) reads no fermatas, chord symbols, tempos
and directions that stand beside the staves.
"""

from xml.etree import ElementTree as ET

from chorale.errors import ReadingError
from chorale.reading.limits import limit_error
from chorale.reading.transcribing.mei_score import MeiScoreReader
from chorale.reading.transcribing.mei_values import parse_text
from chorale.reading.transcribing.mei_xml import parse_mei
from chorale.reading.transcribing.score import Score
from chorale.wording import count, join_names

_KINDS_SHOWN = 12


def read_mei(text: str, file: str) -> Score:
    """Read the first movement of an MEI file.

    Raises:
        ReadingError: the file has no score, or exceeds a limit.
        ExpatError: the text is not XML.
    """
    root, skipped = parse_mei(text, file)
    scores = list(root.iter("score"))
    if not scores:
        parts = " but <parts>" if next(root.iter("parts"), None) is not None else ""
        raise ReadingError(f"{file} has no <score>{parts} in it; export it again as a score")
    try:
        reader = MeiScoreReader(scores[0], file)
        score = reader.read()
    except ValueError as error:
        raise limit_error(file, str(error)) from error
    score.title, score.composer = _find_title(root), _find_composer(root)
    if len(scores) > 1:
        movements = f"the first of {len(scores)} movements read"
        score.notices.append(f"{movements}; put another in a file of its own to read it")
    if reader.infers_accidentals:
        score.notices.append("accidentals follow the key signature, as the file states none")
    kinds = [
        count(number, kind)
        for kind, number in (reader.left_out + skipped).most_common(_KINDS_SHOWN)
    ]
    score.notices += [f"{join_names(kinds)} left out"] if kinds else []
    return score


def _find_title(root: ET.Element) -> str:
    """Return the first title of the head; "" if there is none."""
    titles = [parse_text(title) for head in root.iter("meiHead") for title in head.iter("title")]
    return next(filter(None, titles), "")


def _find_composer(root: ET.Element) -> str:
    """Return the first composer of the head; "" if there is none."""
    names = [
        parse_text(element)
        for head in root.iter("meiHead")
        for element in head.iter()
        if element.tag == "composer" or element.get("role") == "composer"
    ]
    return next(filter(None, names), "")
