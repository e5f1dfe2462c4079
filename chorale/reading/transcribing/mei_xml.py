"""Parse the XML of an MEI file, under limits, into the elements that are read.

No entity is expanded, and nothing outside the file is opened. Elements of layout are dropped;
other elements that are not read are counted.
"""

from collections import Counter
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from chorale.errors import ReadingError
from chorale.reading.limits import (
    MAX_ALL_MEASURES,
    MAX_NOTES,
    MAX_TEXT,
    limit_error,
    size_error,
)
from chorale.reading.xml_filter import ElementFilter

_READ = """
    mei meiCorpus meiHead fileDesc titleStmt title composer respStmt persName name workList work
    music body mdiv score parts section ending measure staff layer scoreDef staffDef staffGrp
    layerDef label clef keySig keyAccid meterSig meterSigGrp
    note chord rest space mRest mSpace multiRest beam tuplet graceGrp bTrem fTrem accid artic dot
    verse syl mRpt
    app lem rdg choice sic corr orig reg abbr expan supplied add unclear restore subst damage
    tie slur tupletSpan octave fermata harm dir dynam hairpin tempo breath caesura reh repeatMark
    trill mordent turn rend lb
    """
_LAYOUT = """
    pb sb cb pgHead pgFoot pgHead2 pgFoot2 pgDesc grpSym labelAbbr instrDef instrGrp annot stem
    beamSpan fing fingGrp symbol mensur facsimile graphic barLine lv line ambitus ambNote num
    curve del metaMark
    """
_READ_NAMES = frozenset(_READ.split())
_LAYOUT_NAMES = frozenset(_LAYOUT.split())
_MAX_COUNTS = {
    **dict.fromkeys(_READ_NAMES, 4 * MAX_NOTES),
    **dict.fromkeys(("note", "chord", "rest", "space", "mRest", "mRpt", "multiRest"), MAX_NOTES),
    **dict.fromkeys(("scoreDef", "staffDef", "fermata", "tupletSpan"), 10_000),
    "octave": 500,  # each is a walk through the notes of a staff
    "measure": MAX_ALL_MEASURES,
}


def parse_mei(text: str, file: str) -> tuple[ET.Element, Counter[str]]:
    """Parse an MEI text.

    Returns:
        The outermost element; and how many elements of each other kind the music has.

    Raises:
        ReadingError: the text exceeds a limit, or is not MEI.
        ExpatError: the text is not XML.
    """
    elements = _MeiFilter(file)
    elements.parse(text)
    if elements.outermost not in ("mei", "music", "meiCorpus"):
        raise ReadingError(
            f"{file} has <{elements.outermost[:40]}> as its outermost element, not <mei>; "
            "export it again as MEI"
        )
    return elements.close(), elements.skipped


class _MeiFilter(ElementFilter):
    """The elements of MEI that are read, within limits; the others of the music are counted."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.skipped: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._in_music = False

    def local_name(self, name: str) -> str:
        return name.rpartition(":")[2]  # without the prefix of the namespace

    def select(self, name: str, attributes: Mapping[str, str]) -> dict[str, str] | None:
        if name not in _READ_NAMES:
            if self._in_music and name not in _LAYOUT_NAMES:
                self.skipped[name[:40]] += 1
            return None
        self._in_music = self._in_music or name == "music"
        self._counts[name] += 1
        if self._counts[name] > _MAX_COUNTS[name]:
            most = _MAX_COUNTS[name]
            raise size_error(self._file, f"more than {most:,} elements <{name}>")
        if any(len(value) > MAX_TEXT for value in attributes.values()):
            raise limit_error(self._file, f"an attribute of more than {MAX_TEXT:,} characters")
        return dict(attributes)
