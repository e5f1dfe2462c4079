"""The sound of a chorale, and files of it.

Samples are (N, 2) float32, left and right, at SAMPLE_RATE; 1 is full scale. The same samples and
metadata give the same bytes, with the same version of libsndfile, the library that encodes them.
"""

import io
import zlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chorale.errors import OptionError, OutputError
from chorale.music import VOICES, Chorale
from chorale.rendering.libraries import library
from chorale.rendering.metadata import SOFTWARE, Metadata
from chorale.rendering.sound.organ import organ_sound
from chorale.rendering.sound.performance import perform
from chorale.rendering.sound.reverb import SAMPLE_RATE, Sound
from chorale.rendering.sound.soundfont import soundfont_sound

MOST_MINUTES = 30  # memory grows with it, 100 MB a minute
PEAK_DBFS = -1.0  # leaves room for what MP3 and Vorbis add
OTHERS_DB = -10.0  # of the voices behind the one that is practised
ORGANS = range(16, 21)  # General MIDI programs that the built-in organ stands for
ENCODINGS = {"wav": "PCM_16", "flac": "PCM_16", "ogg": "VORBIS", "mp3": "MPEG_LAYER_III"}
# What libsndfile is told of the formats that lose something, 0 the best: MP3 as LAME's -V 2.
QUALITY: dict[str, dict[str, Any]] = {
    "ogg": {"compression_level": 0.4},
    "mp3": {"compression_level": 0.2, "bitrate_mode": "VARIABLE"},
}
FULL_SCALE = 32_767
MOST_BYTES, MOST_BYTES_OF_WAV = 60_000, 1_000  # of a field; libsndfile drops WAV's longer ones
BLOCK = 4096  # samples that are encoded at once: libvorbis overflows its stack on very many
ID3_FRAMES = {  # a comment has a language, here unknown, and a description, here empty
    "title": (b"TIT2", b""),
    "artist": (b"TPE1", b""),
    "comment": (b"COMM", b"XXX" + "\ufeff\0".encode("utf-16-le")),
    "software": (b"TSSE", b""),
}
OGG_SERIAL = b"chor"  # of its one stream; libsndfile draws one by the clock


def sound_of(
    chorale: Chorale,
    *,
    tempo_qpm: float,
    program: int,
    soundfont: Path | None = None,
    front: int | None = None,
) -> Sound:
    """Perform a chorale.

    Args:
        chorale: what is played.
        tempo_qpm: quarter notes a minute, 20 to 300.
        program: General MIDI program, 0 to 127; without a soundfont one of ORGANS.
        soundfont: a file of sounds to play it with, in place of the built-in organ.
        front: the voice that is practised, 0 = soprano; the others are OTHERS_DB softer.

    Returns:
        (N, 2) float32, peaking at PEAK_DBFS.

    Raises:
        OptionError: tempo or program is out of its range, or not built in.
        OutputError: it lasts longer than MOST_MINUTES; or see `soundfont_sound`.
        ReadingError: see `soundfont_sound`.
    """
    performance = perform(chorale, tempo_qpm)
    if performance.length_s > 60 * MOST_MINUTES:
        raise OutputError(
            f"the music lasts {performance.length_s / 60:.0f} minutes, and sound of at most "
            f"{MOST_MINUTES} is made; take a part of it, or a faster --tempo"
        )
    soft = 10 ** (OTHERS_DB / 20)
    gains = [1.0 if front in (None, voice) else soft for voice in range(len(VOICES))]
    if soundfont is not None:
        return normalised(soundfont_sound(performance, soundfont, program, gains))
    check_built_in(program)
    return normalised(organ_sound(performance, gains))


def check_built_in(program: int) -> None:
    """Check that a General MIDI program can be heard without a soundfont.

    Raises:
        OptionError: it cannot.
    """
    if program not in ORGANS:
        raise OptionError(
            f"the built-in sound is an organ, programs {ORGANS[0]} to {ORGANS[-1]}, not {program}; "
            "`--soundfont FILE` plays the others"
        )


def normalised(samples: Sound) -> Sound:
    """The samples, (N, 2), as loud as peaks at PEAK_DBFS make them; silence stays silent."""
    peak = max(-float(samples.min(initial=0)), float(samples.max(initial=0)))
    if not peak:
        return samples
    return samples * np.float32(10 ** (PEAK_DBFS / 20) / peak)


def sound_bytes(samples: Sound, format: str, metadata: Metadata) -> bytes:
    """The contents of a sound file.

    Args:
        samples: (N, 2); what is beyond -1 to 1 is clipped.
        format: "wav" (16 bit), "flac" (16 bit), "ogg" (Vorbis) or "mp3".
        about: title and comments.

    Raises:
        OptionError: there is no such format.
        OutputError: soundfile, or the codec in it, is missing.
    """
    if format not in ENCODINGS:
        raise OptionError(f"no sound format {format!r}; choose {', '.join(ENCODINGS)}")
    soundfile = library("soundfile", "soundfile", f"a {format.upper()} file")
    fields = _fields(metadata, MOST_BYTES_OF_WAV if format == "wav" else MOST_BYTES)
    # The encoder calls Python back, where what Ctrl-C raises would be lost and the file damaged:
    # signals come to the main thread alone.
    with ThreadPoolExecutor(1) as executor:
        content = executor.submit(_encoded, soundfile, samples, format, fields).result()
    if format == "mp3":
        return _id3(fields) + content
    return _with_serial(content) if format == "ogg" else content


def _encoded(soundfile: Any, samples: Sound, format: str, fields: Mapping[str, str]) -> bytes:
    """What libsndfile makes of samples and, but for MP3, of fields.

    Raises:
        OutputError: soundfile, or the codec in it, is missing.
    """
    content = io.BytesIO()
    try:
        with soundfile.SoundFile(
            content,
            "w",
            SAMPLE_RATE,
            2,
            ENCODINGS[format],
            format=format.upper(),
            **QUALITY.get(format, {}),
        ) as file:
            for field, value in fields.items() if format != "mp3" else ():
                setattr(file, field, value)
            for start in range(0, len(samples), BLOCK):
                block = samples[start : start + BLOCK]
                file.write(_rounded(block) if ENCODINGS[format] == "PCM_16" else block)
    except (RuntimeError, ValueError, TypeError) as error:  # an old libsndfile, or soundfile
        raise OutputError(
            f"cannot encode {format.upper()}: {error}; `pip install --upgrade soundfile` "
            "brings the codecs, or choose another format"
        ) from error
    return content.getvalue()


def _rounded(samples: Sound) -> NDArray[np.int16]:
    """Samples of 16 bits; libsndfile itself would round all of them down."""
    return np.rint(np.clip(samples, -1, 1) * FULL_SCALE).astype(np.int16)


def _fields(metadata: Metadata, most_bytes: int) -> dict[str, str]:
    """Metadata by soundfile's names, without what is empty, each cut to so many bytes."""
    fields = {
        "title": metadata.title,
        "artist": metadata.composer,
        "comment": "; ".join(metadata.comments),
        "software": SOFTWARE,
    }
    return {
        name: text.encode()[:most_bytes].decode(errors="ignore")
        for name, text in fields.items()
        if text
    }


def _id3(fields: dict[str, str]) -> bytes:
    """Metadata before an MP3 stream; libsndfile's own shows letters beyond ASCII as others.

    Source: ID3 tag version 2.3.0, sections 3 and 4.
    """
    frames = b""
    for field, text in fields.items():
        name, before = ID3_FRAMES[field]
        content = b"\1" + before + f"\ufeff{text}".encode("utf-16-le")  # 1: of two bytes a letter
        frames += name + len(content).to_bytes(4, "big") + bytes(2) + content
    size = bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + size + frames


def _with_serial(ogg: bytes) -> bytes:
    """An Ogg file of one stream, its serial number replaced and the checksums of its pages.

    Source: RFC 3533, section 6.
    """
    content = bytearray(ogg)
    start = 0
    while start < len(content):
        segments = content[start + 26]
        body = start + 27 + segments
        end = body + sum(content[start + 27 : body])
        content[start + 14 : start + 18] = OGG_SERIAL
        content[start + 22 : start + 26] = bytes(4)
        content[start + 22 : start + 26] = _checksum(bytes(content[start:end]))
        start = end
    return bytes(content)


_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _checksum(page: bytes) -> bytes:
    """Ogg's checksum: zlib's polynomial, but highest bit first and without its inversions."""
    inverted = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return inverted.to_bytes(4, "little").translate(_MIRRORED)[::-1]
