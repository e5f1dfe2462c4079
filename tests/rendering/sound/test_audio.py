"""Sound files: decoded again, their metadata, and their bytes."""

import io
import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from made_up import made_up_chorale

from chorale.errors import OptionError, OutputError
from chorale.music import REST, Plan, from_pitches
from chorale.rendering.metadata import SOFTWARE, Metadata
from chorale.rendering.render_options import ORGAN_PROGRAMS, PROGRAMS, RenderOptions
from chorale.rendering.sound import audio as under_test
from chorale.rendering.sound.audio import (
    ENCODINGS,
    normalize,
    sound_bytes,
    synthesize,
)
from chorale.rendering.sound.samples import SAMPLE_RATE, Sound

soundfile = pytest.importorskip("soundfile", reason="soundfile is not installed")

PEAK = 10 ** (-1 / 20)
METADATA = Metadata('Übung "Æ" 讃美歌', ("seed 3", "a naïve comment"))


def tone(seconds: float = 1.0) -> Sound:
    """Two sines, left and right."""
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return np.stack(
        [0.5 * np.sin(2 * np.pi * 440 * times), 0.25 * np.sin(2 * np.pi * 660 * times)], axis=1
    ).astype(np.float32)


def decoded(content: bytes) -> Sound:
    samples, rate = soundfile.read(io.BytesIO(content), dtype="float32")
    assert rate == SAMPLE_RATE
    return np.asarray(samples, np.float32)


def pages(ogg: bytes) -> list[bytes]:
    return [b"OggS\0" + page for page in ogg.split(b"OggS\0")[1:]]


@pytest.mark.parametrize("format", ENCODINGS)
def test_a_file_is_decoded_to_what_was_encoded(format: str) -> None:
    samples = tone()
    back = decoded(sound_bytes(samples, format, METADATA))
    assert back.shape == samples.shape
    tolerance = 1.1 / 32_767 if format in ("wav", "flac") else 0.03
    middle = slice(2000, -2000)
    assert np.abs(back - samples)[middle].max() < tolerance


@pytest.mark.parametrize("format", ["wav", "flac"])
def test_samples_of_16_bits_are_rounded_to_the_nearest(format: str) -> None:
    bits = np.array([[0, 0.4], [0.6, -0.4], [-0.6, 1.4], [40_000, -40_000]], np.float32)
    content = sound_bytes(bits / np.float32(32_767), format, Metadata())
    back, _ = soundfile.read(io.BytesIO(content), dtype="int16")
    assert back.tolist() == [[0, 0], [1, 0], [-1, 1], [32_767, -32_767]]


@pytest.mark.parametrize("format", ENCODINGS)
def test_metadata_are_read_back_in_any_script(format: str, tmp_path: Path) -> None:
    content = sound_bytes(tone(), format, METADATA)
    comment = "seed 3; a naïve comment"
    if format == "mp3":
        assert all(
            text.encode("utf-16-le") in content for text in (METADATA.title, comment, SOFTWARE)
        )
        return
    with soundfile.SoundFile(io.BytesIO(content)) as file:
        assert (file.title, file.artist, file.comment) == (METADATA.title, "chorale", comment)
        assert file.software.startswith(SOFTWARE)


def test_music_of_hours_is_refused_before_memory_is_taken() -> None:
    long = from_pitches(np.full((16 * 400, 4), 60, np.int16), Plan(16 * 400))
    with pytest.raises(OutputError, match=r"lasts \d+ minutes, but a sound file holds at most 30"):
        synthesize(long, RenderOptions(tempo_qpm=20, program=19))


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
@pytest.mark.parametrize("format", ENCODINGS)
def test_another_program_reads_the_metadata(format: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{format}"
    path.write_bytes(sound_bytes(tone(), format, METADATA))
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_format", str(path)]
    shown = subprocess.run(command, capture_output=True, check=True).stdout.decode().lower()
    for field, text in (("title", METADATA.title), ("artist", "chorale"), ("comment", "seed 3; a")):
        assert f"tag:{field}={text.lower()}" in shown


@pytest.mark.parametrize("format", ENCODINGS)
def test_the_same_samples_give_the_same_bytes(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = sound_bytes(tone(), format, METADATA)
    if format == "ogg":
        time.sleep(1.1)  # libsndfile draws the serial number by the clock's seconds
    assert sound_bytes(tone(), format, METADATA) == first


def test_the_pages_of_an_ogg_file_keep_valid_checksums(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(under_test, "_replace_serial", lambda ogg: ogg)
        original = sound_bytes(tone(), "ogg", METADATA)
    for page in pages(original):
        assert under_test._page_checksum(page[:22] + bytes(4) + page[26:]) == page[22:26]
    serials = {page[14:18] for page in pages(sound_bytes(tone(), "ogg", METADATA))}
    assert serials == {under_test.OGG_SERIAL}


@pytest.mark.parametrize("format", ENCODINGS)
@pytest.mark.parametrize("length", [1, 5000])
def test_short_sounds_and_empty_or_odd_metadata_are_written(format: str, length: int) -> None:
    samples = tone()[:length]
    assert sound_bytes(samples, format, Metadata("", ()))
    long = sound_bytes(samples, format, Metadata("odd \udce9 \0 name", ("ä" * 50_000,)))
    if format != "mp3":  # whose tags libsndfile does not read
        with soundfile.SoundFile(io.BytesIO(long)) as file:
            assert file.title == "odd ? ? name"
            assert set(file.comment) == {"ä"}


def test_long_sounds_do_not_overflow_the_encoders_stack() -> None:
    content = sound_bytes(np.zeros((300 * SAMPLE_RATE, 2), np.float32), "ogg", Metadata())
    assert soundfile.info(io.BytesIO(content)).frames == 300 * SAMPLE_RATE


def test_an_unknown_format_is_refused_with_the_list() -> None:
    with pytest.raises(
        OptionError, match="unknown sound format 'aiff'; choose wav, flac, ogg, mp3"
    ):
        sound_bytes(tone(), "aiff", Metadata())


def test_a_missing_codec_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise ValueError("Unknown format: 'MP3'")

    monkeypatch.setattr(soundfile, "SoundFile", refuse)
    with pytest.raises(OutputError, match="cannot encode MP3: Unknown format"):
        sound_bytes(tone(), "mp3", Metadata())


def test_the_peak_is_normalized_to_one_decibel_below_full_scale() -> None:
    samples = tone() * np.float32(0.01)
    samples[5, 1] = -0.02
    loud = normalize(samples)
    assert loud.dtype == np.float32
    assert np.abs(loud).max() == pytest.approx(PEAK)
    assert np.allclose(loud / loud[5, 1], samples / samples[5, 1])


def test_silence_stays_silent() -> None:
    assert not normalize(np.zeros((100, 2), np.float32)).any()
    assert normalize(np.zeros((0, 2), np.float32)).shape == (0, 2)


def test_the_sound_of_a_chorale_is_normalized() -> None:
    samples = synthesize(
        made_up_chorale(32, 1), RenderOptions(tempo_qpm=90, program=PROGRAMS["organ"])
    )
    assert np.abs(samples).max() == pytest.approx(PEAK)
    assert np.abs(samples).max() <= 1


def test_a_chorale_of_rests_is_silent() -> None:
    rests = from_pitches(np.full((8, 4), REST, np.int16), Plan(8))
    samples = synthesize(rests, RenderOptions(tempo_qpm=60, program=19))
    assert len(samples) > 2 * SAMPLE_RATE
    assert not samples.any()


@pytest.mark.parametrize("front", range(4))
def test_the_front_voice_is_ten_decibels_louder(
    front: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Any] = []

    def organ(performance: Any, gains: Any, pedal: bool) -> Sound:
        calls.append(gains)
        return tone()

    monkeypatch.setattr(under_test, "synthesize_organ", organ)
    synthesize(made_up_chorale(16, 1), RenderOptions(tempo_qpm=90, program=19, front_voice=front))
    synthesize(made_up_chorale(16, 1), RenderOptions(tempo_qpm=90, program=19))
    practice, usual = calls
    assert practice.pop(front) == 1
    assert [20 * np.log10(gain) for gain in practice] == pytest.approx([-10] * 3)
    assert usual == [1] * 4


def test_a_silent_voice_has_no_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[float]] = []

    def organ(performance: object, gains: list[float], pedal: bool) -> Sound:
        calls.append(gains)
        return tone()

    monkeypatch.setattr(under_test, "synthesize_organ", organ)
    synthesize(made_up_chorale(16, 1), RenderOptions(silent_voice=2))
    assert calls == [[1, 1, 0, 1]]


def test_the_sound_with_clicks_is_normalized() -> None:
    options = RenderOptions(tempo_qpm=120, count_in_bars=1, metronome=True)
    samples = synthesize(made_up_chorale(32, 1), options)
    assert np.abs(samples).max() == pytest.approx(PEAK)
    assert np.abs(samples[: SAMPLE_RATE // 20]).max() > 0.3  # the first click


def test_a_soundfont_is_played_with_the_same_program_and_gains(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[Any] = []

    def other(performance: Any, *rest: Any) -> Sound:
        calls.extend(rest)
        return tone()

    monkeypatch.setattr(under_test, "synthesize_soundfont", other)
    synthesize(
        made_up_chorale(16, 1), RenderOptions(tempo_qpm=90, program=52, soundfont=Path("a.sf2"))
    )
    assert calls == [Path("a.sf2"), 52, [1, 1, 1, 1]]


@pytest.mark.parametrize("program", [0, 15, 21, 52])
def test_other_instruments_need_a_soundfont(program: int) -> None:
    with pytest.raises(OptionError, match=r"built-in sound is an organ.*`--soundfont FILE` plays"):
        synthesize(made_up_chorale(16, 1), RenderOptions(tempo_qpm=90, program=program))


def test_the_default_organ_is_built_in() -> None:
    assert PROGRAMS["organ"] in ORGAN_PROGRAMS


def test_a_tempo_outside_its_range_is_refused() -> None:
    with pytest.raises(OptionError, match="tempo must be"):
        synthesize(made_up_chorale(16, 1), RenderOptions(tempo_qpm=301, program=19))


def test_an_interrupt_during_encoding_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(io.BytesIO):
        def write(self, content: Any) -> int:
            if not self.tell():  # once, or a late signal would interrupt the next test
                signal.raise_signal(signal.SIGINT)
            return super().write(content)

    monkeypatch.setattr(under_test, "io", SimpleNamespace(BytesIO=Interrupted))
    with pytest.raises(KeyboardInterrupt):
        sound_bytes(np.zeros((1000, 2), np.float32), "mp3", Metadata("Silence"))
