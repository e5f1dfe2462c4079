"""A valid soundfont made here, whose one instrument is a looped sine.

Source: SoundFont Technical Specification, version 2.01.
"""

import struct
from pathlib import Path

import numpy as np

RATE = 44_000
PERIOD = 100  # samples: 440 Hz, the pitch 69
LENGTH = 10 * PERIOD
ROOT = 69
SAMPLE_MODES, SAMPLE_ID, INSTRUMENT = 54, 53, 41  # generators
LOOPED, MONO = 1, 1


def tiny_soundfont(path: Path, program: int = 0) -> Path:
    """Write the soundfont with its instrument as one program of bank 0, and return its path."""
    body = b"sfbk" + _list(b"INFO", _information()) + _list(b"sdta", _samples())
    body += _list(b"pdta", _presets(program))
    path.write_bytes(_chunk(b"RIFF", body))
    return path


def _information() -> bytes:
    version = struct.pack("<HH", 2, 1)
    return _chunk(b"ifil", version) + _chunk(b"isng", b"EMU8000\0") + _chunk(b"INAM", b"tiny\0\0")


def _samples() -> bytes:
    sine = 16_000 * np.sin(2 * np.pi * np.arange(LENGTH) / PERIOD)
    return _chunk(b"smpl", sine.astype("<i2").tobytes() + bytes(2 * 46))


def _presets(program: int) -> bytes:
    loop = (PERIOD, LENGTH - PERIOD)
    sample = struct.pack("<20s5IBbHH", b"sine", 0, LENGTH, *loop, RATE, ROOT, 0, 0, MONO)
    chunks = {
        b"phdr": _preset(b"tiny", program, 0) + _preset(b"EOP", 0, 1),
        b"pbag": struct.pack("<4H", 0, 0, 1, 0),
        b"pmod": bytes(10),
        b"pgen": struct.pack("<4H", INSTRUMENT, 0, 0, 0),
        b"inst": struct.pack("<20sH20sH", b"tiny", 0, b"EOI", 1),
        b"ibag": struct.pack("<4H", 0, 0, 2, 0),
        b"imod": bytes(10),
        b"igen": struct.pack("<6H", SAMPLE_MODES, LOOPED, SAMPLE_ID, 0, 0, 0),
        b"shdr": sample + struct.pack("<20s26x", b"EOS"),
    }
    return b"".join(_chunk(name, content) for name, content in chunks.items())


def _preset(name: bytes, program: int, bag: int) -> bytes:
    return struct.pack("<20sHHHIII", name, program, 0, bag, 0, 0, 0)


def _list(kind: bytes, content: bytes) -> bytes:
    return _chunk(b"LIST", kind + content)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content
