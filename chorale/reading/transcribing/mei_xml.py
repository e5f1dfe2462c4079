"""Parse the XML of an MEI file, under limits, into the elements that are read.

No entity is expanded, and nothing outside the file is opened. Elements of layout are dropped;
other elements that are not read are counted.
"""

from collections import Counter
from xml.etree import ElementTree as ET
from xml.parsers import expat

from chorale.errors import ReadingError
from chorale.reading.limits import (
    MAX_ALL_MEASURES,
    MAX_DEPTH,
    MAX_ELEMENTS,
    MAX_NOTES,
    MAX_TEXT,
    limit_error,
    size_error,
)

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
    builder = _MeiBuilder(file)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.Parse(text, True)
    if builder.outermost not in ("mei", "music", "meiCorpus"):
        raise ReadingError(
            f"{file} has <{builder.outermost[:40]}> as its outermost element, not <mei>; "
            "export it again as MEI"
        )
    return builder.tree.close(), builder.skipped


class _MeiBuilder:
    """Handlers for expat that build the tree of the elements to read."""

    def __init__(self, file: str) -> None:
        self.tree = ET.TreeBuilder()
        self.outermost = ""
        self.skipped: Counter[str] = Counter()
        self._file = file
        self._counts: Counter[str] = Counter()
        self._elements = self._depth = 0
        self._skipped_depth = 0  # depth within an element that is skipped; 0 outside
        self._in_music = False

    def doctype(self, name: str, system: str | None, public: str | None, inner: bool) -> None:
        if inner:
            raise limit_error(self._file, "definitions of its own (DOCTYPE)")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]  # without the prefix of the namespace
        self.outermost = self.outermost or name
        self._elements += 1
        self._depth += 1
        if self._elements > MAX_ELEMENTS:
            raise size_error(self._file, f"more than {MAX_ELEMENTS:,} elements")
        if self._depth > MAX_DEPTH:
            raise limit_error(self._file, f"elements nested more than {MAX_DEPTH} deep")
        if self._skipped_depth or name not in _READ_NAMES:
            if not self._skipped_depth and self._in_music and name not in _LAYOUT_NAMES:
                self.skipped[name[:40]] += 1
            self._skipped_depth += 1
            return
        self._in_music = self._in_music or name == "music"
        self._counts[name] += 1
        if self._counts[name] > _MAX_COUNTS[name]:
            most = _MAX_COUNTS[name]
            raise size_error(self._file, f"more than {most:,} elements <{name}>")
        if any(len(value) > MAX_TEXT for value in attributes.values()):
            raise limit_error(self._file, f"an attribute of more than {MAX_TEXT:,} characters")
        self.tree.start(name, attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._skipped_depth:
            self._skipped_depth -= 1
        else:
            self.tree.end(name.rpartition(":")[2])

    def text(self, text: str) -> None:
        if not self._skipped_depth:
            self.tree.data(text)
