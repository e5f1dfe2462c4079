"""Filter the elements of an XML text that are read, within limits, while expat parses it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from xml.etree import ElementTree as ET
from xml.parsers import expat

from chorale.reading.limits import MAX_DEPTH, MAX_ELEMENTS, limit_error, size_error


class ElementFilter(ABC):
    """Handlers for expat that build the tree of the elements to read, and count all elements.

    Attributes:
        outermost: name of the outermost element; "" if there is none.
    """

    def __init__(self, file: str) -> None:
        """Begin a tree; `file` is the name of the file in messages."""
        self.outermost = ""
        self._file = file
        self._builder = ET.TreeBuilder()
        self._elements = self._depth = 0
        self._skipped_depth = 0  # depth within an element that is skipped; 0 outside

    def parse(self, text: str) -> None:
        """Parse a text.

        Raises:
            ReadingError: the text exceeds a limit.
            ExpatError: the text is not XML.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._begin_doctype
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._add_text
        parser.Parse(text, True)

    def close(self) -> ET.Element:
        """Return the tree of the elements that are read."""
        return self._builder.close()

    @abstractmethod
    def select(self, name: str, attributes: Mapping[str, str]) -> dict[str, str] | None:
        """Return the attributes to read of an element; None to skip it with all that it contains.

        Raises:
            ReadingError: the element exceeds a limit.
        """

    def check(self, element: ET.Element) -> None:  # noqa: B027 - not all have more to check
        """Check an element that is read, once it is complete.

        Raises:
            ReadingError: the element exceeds a limit.
        """

    def local_name(self, name: str) -> str:
        """Return the name by which an element is read."""
        return name

    def _begin_doctype(
        self, _name: str, _system: str | None, _public: str | None, inner: bool
    ) -> None:
        if inner:
            raise limit_error(self._file, "definitions of its own (DOCTYPE)")

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        name = self.local_name(name)
        self.outermost = self.outermost or name
        self._elements += 1
        self._depth += 1
        if self._elements > MAX_ELEMENTS:
            raise size_error(self._file, f"more than {MAX_ELEMENTS:,} elements")
        if self._depth > MAX_DEPTH:
            raise limit_error(self._file, f"elements nested more than {MAX_DEPTH} deep")
        kept = None if self._skipped_depth else self.select(name, attributes)
        if kept is None:
            self._skipped_depth += 1
        else:
            self._builder.start(name, kept)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._skipped_depth:
            self._skipped_depth -= 1
        else:
            self.check(self._builder.end(self.local_name(name)))

    def _add_text(self, text: str) -> None:
        if not self._skipped_depth:
            self._builder.data(text)
