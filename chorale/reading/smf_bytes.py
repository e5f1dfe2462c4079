"""The bytes of a Standard MIDI File: the file in a wrapper, and a cursor in it."""

import struct
from collections import Counter

MAX_WAIT_TICKS = 2**28 - 1  # largest in the standard

HEADER, TRACK = b"MThd", b"MTrk"
HEADER_BYTES = 6
CHUNK = struct.Struct(">4sL")  # name and length of a chunk
_RIFF_CHUNK = struct.Struct("<4sL")


class DamagedMidiError(Exception):
    """A file that cannot be parsed; the message is a clause, such as "it ends early"."""


def unwrap(content: bytes, passed_over: Counter[str]) -> bytes:
    """Return the bytes from the header on, and count what stands before it.

    Raises:
        DamagedMidiError: there is no header.
    """
    data = _find_riff_data(content)
    if data is not None:
        passed_over["RIFF wrapper"] += 1
        content = data
    start = content.find(CHUNK.pack(HEADER, HEADER_BYTES))
    if content[:4] in (b"", HEADER):
        start = 0
    if start < 0:
        raise DamagedMidiError("it is not a MIDI file despite its name")
    passed_over["leading byte"] += start
    return content[start:]


def _find_riff_data(content: bytes) -> bytes | None:
    """Return the MIDI file in a RIFF wrapper; None if there is no wrapper or no file in it."""
    if content[:4] != b"RIFF" or content[8:12] != b"RMID":
        return None
    start = 12
    while start + _RIFF_CHUNK.size <= len(content):
        name, length = _RIFF_CHUNK.unpack_from(content, start)
        start += _RIFF_CHUNK.size
        if name == b"data":
            return content[start : start + length]
        start += length + length % 2  # chunks start at even places
    return None


class Cursor:
    """A place in bytes that moves on as they are taken.

    Attributes:
        content: the bytes.
        position: index of the next one.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.position = 0

    def take_chunk_header(self) -> tuple[bytes, int]:
        """Take the name and the length of a chunk."""
        name, length = CHUNK.unpack(self.take(CHUNK.size))
        return name, length

    def take_number(self) -> int:
        """Take a number of variable length: seven bits a byte, the highest bit set but in the last.

        Raises:
            DamagedMidiError: the file ends within the number, or the number is too large.
        """
        number = 0
        while True:
            byte = self.take(1)[0]
            number = number << 7 | byte & 0x7F
            if number > MAX_WAIT_TICKS:
                raise DamagedMidiError("a wait of more ticks than MIDI can count")
            if byte < 0x80:
                return number

    def take(self, length: int) -> bytes:
        """Take a number of bytes.

        Raises:
            DamagedMidiError: the file has fewer.
        """
        if length > self.remaining:
            raise DamagedMidiError("it ends early")
        self.position += length
        return self.content[self.position - length : self.position]

    @property
    def remaining(self) -> int:
        """Number of bytes from the cursor to the end."""
        return len(self.content) - self.position
