"""Synthesis of the sound of a chorale, and encoding of sound files.

Samples are (N, 2) float32, left and right, at SAMPLE_RATE; 1 is full scale. The same samples and
metadata give the same bytes, with the same version of libsndfile, the library that encodes them.
"""

import io
import zlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chorale.errors import OptionError, OutputError
from chorale.music import VOICES, Chorale
from chorale.music.unrolling import unroll
from chorale.rendering.libraries import import_library
from chorale.rendering.metadata import SOFTWARE, Metadata
from chorale.rendering.render_options import ORGAN_PROGRAMS, RenderOptions
from chorale.rendering.sound.clicks import add_clicks, plan_clicks
from chorale.rendering.sound.organ import synthesize_organ
from chorale.rendering.sound.performance import perform
from chorale.rendering.sound.samples import SAMPLE_RATE, Sound
from chorale.rendering.sound.soundfont import synthesize_soundfont

MAX_MINUTES = 30  # each minute takes 100 MB of memory
PEAK_DBFS = -1.0  # MP3 and Vorbis can raise the peak
BACK_DB = -10.0  # level of the other voices if one is in front
ENCODINGS = {"wav": "PCM_16", "flac": "PCM_16", "ogg": "VORBIS", "mp3": "MPEG_LAYER_III"}
# Options of libsndfile for the lossy formats; 0 is the best compression. MP3 is like LAME's -V 2.
QUALITY: dict[str, dict[str, Any]] = {
    "ogg": {"compression_level": 0.4},
    "mp3": {"compression_level": 0.2, "bitrate_mode": "VARIABLE"},
}
FULL_SCALE = 32_767
# Longest metadata field; libsndfile drops longer ones from WAV files.
MAX_FIELD_BYTES, MAX_WAV_FIELD_BYTES = 60_000, 1_000
BLOCK = 4096  # samples per call of the encoder: libvorbis overflows its stack on very large blocks
ID3_FRAMES = {  # a comment has a language, here unknown, and a description, here empty
    "title": (b"TIT2", b""),
    "artist": (b"TPE1", b""),
    "comment": (b"COMM", b"XXX" + "\ufeff\0".encode("utf-16-le")),
    "software": (b"TSSE", b""),
}
OGG_SERIAL = b"chor"  # serial number of the only stream; libsndfile takes a new one from the clock


def synthesize(chorale: Chorale, render_options: RenderOptions) -> Sound:
    """Perform a chorale and synthesize its sound.

    Args:
        chorale: the music.
        render_options: tempo, soundfont, program (one of ORGAN_PROGRAMS without a soundfont),
            count-in, metronome and choir; and the front voice, beside which the others sound at
            BACK_DB.

    Returns:
        (N, 2) float32, peaking at PEAK_DBFS.

    Raises:
        OptionError: the organ cannot play the program, or repeats are played out, and the music
            would be too long.
        OutputError: the music lasts longer than MAX_MINUTES, or as `synthesize_soundfont`.
        ReadingError: as `synthesize_soundfont`.
    """
    if render_options.play_repeats:
        chorale = unroll(chorale)
    chorale, clicks = plan_clicks(chorale, render_options.count_in_bars, render_options.metronome)
    performance = perform(chorale, render_options.tempo_qpm, clicks, render_options.metronome)
    if performance.length_s > 60 * MAX_MINUTES:
        raise OutputError(
            f"the music lasts {performance.length_s / 60:.0f} minutes, but a sound file holds at "
            f"most {MAX_MINUTES}; choose a part of the music or a faster --tempo"
        )
    gains = [_choose_gain(voice, render_options) for voice in range(len(VOICES))]
    program, soundfont = render_options.program, render_options.soundfont
    if soundfont is not None:
        samples = synthesize_soundfont(performance, soundfont, program, gains)
    else:
        check_built_in_program(program)
        pedal = render_options.voicing.parts[-1].kind == "bass"
        samples = synthesize_organ(performance, gains, pedal)
    if not clicks:
        return normalize(samples)
    return normalize(add_clicks(normalize(samples), performance.clicks))


def _choose_gain(voice: int, render_options: RenderOptions) -> float:
    """Return the amplitude factor of a voice."""
    if voice == render_options.silent_voice:
        return 0.0
    in_front = render_options.front_voice in (None, voice)
    return 1.0 if in_front else float(10 ** (BACK_DB / 20))


def check_built_in_program(program: int) -> None:
    """Check that the built-in organ can play a General MIDI program.

    Raises:
        OptionError: the program is not one of ORGAN_PROGRAMS.
    """
    if program not in ORGAN_PROGRAMS:
        raise OptionError(
            f"the built-in sound is an organ, programs {ORGAN_PROGRAMS[0]} to "
            f"{ORGAN_PROGRAMS[-1]}, not {program}; `--soundfont FILE` plays the others"
        )


def normalize(samples: Sound) -> Sound:
    """Scale samples, (N, 2), so that they peak at PEAK_DBFS; silence stays silent."""
    peak = max(-float(samples.min(initial=0)), float(samples.max(initial=0)))
    if not peak:
        return samples
    return samples * np.float32(10 ** (PEAK_DBFS / 20) / peak)


def sound_bytes(samples: Sound, format: str, metadata: Metadata) -> bytes:
    """Return the contents of a sound file.

    Args:
        samples: (N, 2); values beyond -1 to 1 are clipped.
        format: "wav" (16 bit), "flac" (16 bit), "ogg" (Vorbis) or "mp3".
        metadata: title, composer and comments.

    Raises:
        OptionError: the format is unknown.
        OutputError: soundfile or its codec for the format is missing.
    """
    if format not in ENCODINGS:
        raise OptionError(f"unknown sound format {format!r}; choose {', '.join(ENCODINGS)}")
    soundfile = import_library("soundfile", "soundfile", f"a {format.upper()} file")
    fields = _text_fields(metadata, MAX_WAV_FIELD_BYTES if format == "wav" else MAX_FIELD_BYTES)
    # The encoder calls back into Python, where a KeyboardInterrupt from Ctrl-C would be lost and
    # the file damaged. Signals reach only the main thread, so another thread is safe from them.
    with ThreadPoolExecutor(1) as executor:
        content = executor.submit(_encode, soundfile, samples, format, fields).result()
    if format == "mp3":
        return _id3_tag(fields) + content
    return _replace_serial(content) if format == "ogg" else content


def _encode(soundfile: Any, samples: Sound, format: str, fields: Mapping[str, str]) -> bytes:
    """Encode samples and, except for MP3, metadata fields with libsndfile.

    Raises:
        OutputError: the codec is missing, or libsndfile or soundfile is too old.
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
                file.write(_round_to_int16(block) if ENCODINGS[format] == "PCM_16" else block)
    except (RuntimeError, ValueError, TypeError) as error:  # an old libsndfile, or soundfile
        raise OutputError(
            f"cannot encode {format.upper()}: {error}; try `pip install --upgrade soundfile`, "
            "which brings the codecs, or choose another format"
        ) from error
    return content.getvalue()


def _round_to_int16(samples: Sound) -> NDArray[np.int16]:
    """Round samples to 16 bits, to the nearest; libsndfile would round down."""
    return np.rint(np.clip(samples, -1, 1) * FULL_SCALE).astype(np.int16)


def _text_fields(metadata: Metadata, max_bytes: int) -> dict[str, str]:
    """Return metadata by soundfile's names, without empty fields, each cut to `max_bytes`."""
    fields = {
        "title": metadata.title,
        "artist": metadata.composer,
        "comment": "; ".join(metadata.comments),
        "software": SOFTWARE,
    }
    return {
        name: text.encode()[:max_bytes].decode(errors="ignore")
        for name, text in fields.items()
        if text
    }


def _id3_tag(fields: dict[str, str]) -> bytes:
    """Return the tag that precedes an MP3 stream; libsndfile's own garbles non-ASCII characters.

    Source: ID3 tag version 2.3.0, sections 3 and 4.
    """
    frames = b""
    for field, text in fields.items():
        name, before = ID3_FRAMES[field]
        content = b"\1" + before + f"\ufeff{text}".encode("utf-16-le")  # 1: UTF-16
        frames += name + len(content).to_bytes(4, "big") + bytes(2) + content
    size = bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + size + frames


def _replace_serial(ogg: bytes) -> bytes:
    """Set the serial number of an Ogg file of one stream, and the checksums of its pages.

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
        content[start + 22 : start + 26] = _page_checksum(bytes(content[start:end]))
        start = end
    return bytes(content)


_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _page_checksum(page: bytes) -> bytes:
    """Compute Ogg's checksum: zlib's polynomial, but highest bit first and not inverted."""
    inverted = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return inverted.to_bytes(4, "little").translate(_MIRRORED)[::-1]
