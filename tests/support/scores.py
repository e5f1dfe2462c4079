"""MusicXML of small scores, as text."""

from pathlib import Path
from xml.etree import ElementTree as ET

# In sixteenths: 4 divisions a quarter.
FOUR_FOUR = "<time><beats>4</beats><beat-type>4</beat-type></time>"
THREE_FOUR = "<time><beats>3</beats><beat-type>4</beat-type></time>"
FERMATA = "<notations><fermata/></notations>"
PITCHES = ("C5", "G4", "E4", "C3")


def pitch(name: str) -> str:
    alter = {"#": "<alter>1</alter>", "b": "<alter>-1</alter>"}.get(name[1], "")
    return f"<pitch><step>{name[0]}</step>{alter}<octave>{name[-1]}</octave></pitch>"


def note(name: str, length: int = 16, more: str = "", before: str = "", voice: int = 1) -> str:
    what = "<rest/>" if name == "rest" else pitch(name)
    return f"<note>{before}{what}<duration>{length}</duration><voice>{voice}</voice>{more}</note>"


def tied(name: str, length: int, kind: str) -> str:
    return (
        f"<note>{pitch(name)}<duration>{length}</duration><tie type='{kind}'/><voice>1</voice>"
        f"<notations><tied type='{kind}'/></notations></note>"
    )


def attributes(inside: str = FOUR_FOUR) -> str:
    return f"<attributes><divisions>4</divisions>{inside}</attributes>"


def lyric(text: str, verse: int | str = 1, syllabic: str = "single", more: str = "") -> str:
    """Return a syllable; a syllable that begins or is in the middle of a word has a hyphen."""
    inside = f"<syllabic>{syllabic}</syllabic><text>{text}</text>{more}"
    return f"<lyric number='{verse}'>{inside}</lyric>"


def direction(inside: str, more: str = "") -> str:
    return f"<direction><direction-type>{inside}</direction-type>{more}</direction>"


def words(text: str, more: str = "") -> str:
    return direction(f"<words>{text}</words>", more)


def barline(inside: str, location: str = "right") -> str:
    return f"<barline location='{location}'>{inside}</barline>"


def score(*parts: list[str], names: tuple[str, ...] = ()) -> str:
    """Return MusicXML of parts, each a list of the contents of its measures."""
    names = names or tuple(f"P{number}" for number in range(len(parts)))
    listed = "".join(
        f"<score-part id='X{number}'><part-name>{name}</part-name></score-part>"
        for number, name in enumerate(names)
    )
    bodies = "".join(
        f"<part id='X{number}'>"
        + "".join(f"<measure number='{n}'>{m}</measure>" for n, m in enumerate(measures, start=1))
        + "</part>"
        for number, measures in enumerate(parts)
    )
    return f"<score-partwise version='3.1'><part-list>{listed}</part-list>{bodies}</score-partwise>"


def quartet(soprano: list[str], more: str = FOUR_FOUR, bass: str = "C3") -> str:
    """Return MusicXML of a soprano over three held notes."""
    return score(soprano, *([attributes(more) + note(name)] for name in ("G4", "E4", bass)))


def element(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314  # our own


def write(folder: Path, text: str, name: str = "made.musicxml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def parse_xml(text: str) -> ET.Element:
    """Parse a text that we wrote."""
    return ET.fromstring(text)  # noqa: S314
