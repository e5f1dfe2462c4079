"""Soundfonts: the input of FluidSynth, its output, and its failures."""

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from tiny_soundfont import tiny_soundfont

from chorale.errors import OptionError, OutputError, ReadingError
from chorale.rendering.sound import soundfont as under_test
from chorale.rendering.sound.performance import Performance, PlayedNote
from chorale.rendering.sound.samples import SAMPLE_RATE, Sound
from chorale.rendering.sound.soundfont import TAIL_S, check_soundfont, synthesize_soundfont

ALONE = Performance((PlayedNote(0, 69, 0.5, 1.5),), 2.0)
CHORD = Performance(
    tuple(PlayedNote(voice, pitch, 0, 2) for voice, pitch in enumerate((72, 69, 64, 57))), 2.0
)
plays = pytest.mark.skipif(
    shutil.which("fluidsynth") is None, reason="the program fluidsynth is not installed"
)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return tiny_soundfont(tmp_path / "tiny.sf2")


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that FluidSynth is installed."""
    monkeypatch.setattr(shutil, "which", lambda name: name)


def amplitude(sound: Sound, hertz: float) -> float:
    """Amplitude of a frequency in the second from 0.5 s on."""
    seconds = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    mono = sound[SAMPLE_RATE // 2 :][:SAMPLE_RATE].mean(axis=1) * np.hanning(SAMPLE_RATE)
    return float(np.abs((mono * np.exp(-2j * np.pi * hertz * seconds)).mean()))


def given_to_fluidsynth(performance: Performance, *gains: float) -> mido.MidiFile:
    return mido.MidiFile(
        file=io.BytesIO(under_test._midi_bytes(performance, 48, gains or (1, 1, 1, 1)))
    )


@plays
def test_a_note_sounds_in_its_place_and_at_its_pitch(tiny: Path) -> None:
    sound = synthesize_soundfont(ALONE, tiny, 0)
    assert sound.shape == (round((2 + TAIL_S) * SAMPLE_RATE), 2)
    assert sound.dtype == np.float32
    audible = np.flatnonzero(np.abs(sound).max(axis=1) > 0.01) / SAMPLE_RATE
    assert audible[0] == pytest.approx(0.5, abs=0.01)
    assert audible[-1] == pytest.approx(1.5, abs=0.3)
    assert not sound[-1].any()
    for pitch in (68, 70):
        assert amplitude(sound, 440) > 20 * amplitude(sound, 440 * 2 ** ((pitch - 69) / 12))


@plays
def test_voices_are_as_loud_as_their_gains(tiny: Path) -> None:
    front = synthesize_soundfont(CHORD, tiny, 0, (1, 0.25, 0.25, 0.25))
    alike = synthesize_soundfont(CHORD, tiny, 0)
    assert amplitude(front, 523.25) == pytest.approx(amplitude(alike, 523.25), rel=0.15)
    assert amplitude(front, 440) == pytest.approx(amplitude(alike, 440) / 4, rel=0.15)


@plays
def test_the_same_performance_gives_the_same_samples(tiny: Path) -> None:
    assert np.array_equal(
        synthesize_soundfont(CHORD, tiny, 0), synthesize_soundfont(CHORD, tiny, 0)
    )


@plays
def test_a_soundfont_may_be_called_anything(tmp_path: Path) -> None:
    named = tiny_soundfont(tmp_path / "-o späte Größe; $(x).sf2")
    assert synthesize_soundfont(ALONE, named, 0).any()


@plays
def test_a_damaged_soundfont_is_reported(tiny: Path) -> None:
    tiny.write_bytes(tiny.read_bytes()[:300])
    with pytest.raises(
        ReadingError, match=r"tiny\.sf2 gives no sound for program 0; it is damaged"
    ):
        synthesize_soundfont(ALONE, tiny, 0)


def test_no_notes_are_silence(tiny: Path, pretended: None) -> None:
    assert not synthesize_soundfont(Performance((), 1.0), tiny, 0).any()


def test_times_are_kept_to_the_millisecond() -> None:
    performance = Performance(
        (PlayedNote(0, 60, 0.1234, 0.9), PlayedNote(0, 60, 0.9001, 1.2), PlayedNote(3, 48, 0, 2)),
        2.5,
    )
    file = given_to_fluidsynth(performance)
    now, played = 0.0, []
    for message in file:
        now += message.time
        if message.type.startswith("note"):
            played.append((round(now, 6), message.type, message.channel, message.note))
    assert played == [
        (0.0, "note_on", 3, 48),
        (0.123, "note_on", 0, 60),
        (0.9, "note_off", 0, 60),
        (0.9, "note_on", 0, 60),
        (1.2, "note_off", 0, 60),
        (2.0, "note_off", 3, 48),
    ]
    assert file.length == pytest.approx(2.5 + TAIL_S)


def test_every_voice_has_its_program_volume_and_place() -> None:
    messages = list(given_to_fluidsynth(ALONE, 1, 0.25, 0, 9).tracks[0])
    assert {(m.channel, m.program) for m in messages if m.type == "program_change"} == {
        (voice, 48) for voice in range(4)
    }
    controls = {(m.control, m.channel): m.value for m in messages if m.type == "control_change"}
    assert [controls[7, voice] for voice in range(4)] == [100, 50, 0, 127]
    assert len({controls[10, voice] for voice in range(4)}) == 4


def test_a_missing_soundfont_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match=r"cannot read the soundfont .*none\.sf2: No such"):
        check_soundfont(tmp_path / "none.sf2")


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\0\0\0\0WAVEfmt ", b"MThd" + bytes(20)])
def test_a_file_that_is_not_a_soundfont_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.sf2"
    path.write_bytes(content)
    with pytest.raises(ReadingError, match="is not a soundfont; its format must be SF2 or SF3"):
        synthesize_soundfont(ALONE, path, 0)


def test_a_missing_fluidsynth_is_reported(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(OutputError, match="fluidsynth, which is not installed; `apt install"):
        check_soundfont(tiny)


@pytest.mark.parametrize("program", [-1, 128])
def test_a_program_outside_its_range_is_refused(tiny: Path, program: int) -> None:
    with pytest.raises(OptionError, match="program must be 0 to 127"):
        synthesize_soundfont(ALONE, tiny, program)


def test_a_crash_is_reported_with_its_last_message(
    tiny: Path, pretended: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(command: Any, **_: Any) -> Any:
        return subprocess.CompletedProcess(command, -11, b"", b"one\nout of strings\n")

    monkeypatch.setattr(subprocess, "run", crash)
    with pytest.raises(OutputError, match=r"failed on .*tiny.sf2 with status -11: out of strings"):
        synthesize_soundfont(ALONE, tiny, 0)


@pytest.mark.parametrize("error", [PermissionError(13, "no"), subprocess.TimeoutExpired("f", 1)])
def test_a_fluidsynth_that_does_not_run_is_reported(
    tiny: Path, pretended: None, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(subprocess, "run", refuse)
    with pytest.raises(OutputError, match="cannot run fluidsynth"):
        synthesize_soundfont(ALONE, tiny, 0)


def test_a_fluidsynth_that_writes_nothing_is_reported(
    tiny: Path, pretended: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def idle(command: Any, **_: Any) -> Any:
        return subprocess.CompletedProcess(command, 0, b"", b"")

    monkeypatch.setattr(subprocess, "run", idle)
    with pytest.raises(OutputError, match="fluidsynth wrote no sound"):
        synthesize_soundfont(ALONE, tiny, 0)


def test_a_silent_soundfont_is_reported(
    tiny: Path, pretended: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence = np.full((100, 2), 1e-6, np.float32)
    monkeypatch.setattr(under_test, "_play_with_fluidsynth", lambda midi, path: silence)
    with pytest.raises(ReadingError, match=r"tiny.sf2 gives no sound for program 5"):
        synthesize_soundfont(ALONE, tiny, 5)


def answered(
    monkeypatch: pytest.MonkeyPatch, samples: NDArray[np.float32], rate: int = SAMPLE_RATE
) -> None:
    """Let a made-up FluidSynth write these samples."""

    def write(command: Any, **_: Any) -> Any:
        soundfile.write(command[command.index("-F") + 1], samples, rate, "FLOAT", format="WAV")
        return subprocess.CompletedProcess(command, 0, b"", b"")

    monkeypatch.setattr(subprocess, "run", write)


def test_the_sound_is_what_fluidsynth_writes_and_ends_in_silence(
    tiny: Path, pretended: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = np.full((round(1.5 * SAMPLE_RATE), 2), 0.5, np.float32)
    samples[:3] = (np.nan, np.inf)  # samples from a damaged font
    answered(monkeypatch, samples)
    sound = synthesize_soundfont(ALONE, tiny, 0)
    assert not sound[:3].any()
    assert (sound[3 : len(samples)] == 0.5).all()
    assert not sound[len(samples) :].any()


@pytest.mark.parametrize(
    ("channels", "rate", "written"),
    [(1, SAMPLE_RATE, "1 channel at 44100"), (2, 8000, "2 channels at 8000")],
)
def test_an_unexpected_sound_format_is_reported(
    tiny: Path,
    pretended: None,
    monkeypatch: pytest.MonkeyPatch,
    channels: int,
    rate: int,
    written: str,
) -> None:
    answered(monkeypatch, np.full((100, channels), 0.5, np.float32), rate)
    with pytest.raises(OutputError, match=f"fluidsynth wrote {written} Hz, not 2 at 44100 Hz"):
        synthesize_soundfont(ALONE, tiny, 0)


def test_a_sound_that_breaks_off_is_reported(
    tiny: Path, pretended: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Performance((PlayedNote(0, 69, 0, 1), PlayedNote(0, 69, 5, 6)), 6.0)
    answered(monkeypatch, np.full((2 * SAMPLE_RATE, 2), 0.5, np.float32))
    with pytest.raises(OutputError, match=r"wrote 2 of 6 seconds; is the folder .* full"):
        synthesize_soundfont(late, tiny, 0)


def test_a_full_disk_is_reported_with_a_way_out(
    tiny: Path, pretended: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    message = "a temporary folder: No space left on device; free some space, or set TMPDIR"
    with monkeypatch.context() as patch:
        patch.setattr("tempfile.TemporaryDirectory", full)
        with pytest.raises(OutputError, match=message):
            synthesize_soundfont(ALONE, tiny, 0)
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match=message):
        synthesize_soundfont(ALONE, tiny, 0)
