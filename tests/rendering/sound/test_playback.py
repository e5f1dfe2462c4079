"""Playing aloud, on made-up devices and on none."""

import os
import sys
import threading
from collections.abc import Generator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from chorale.errors import OutputError
from chorale.rendering.sound import playback
from chorale.rendering.sound.playback import NoDeviceError, play
from chorale.rendering.sound.samples import Sound

FRAMES = 512


class FakeError(Exception):
    """Stands in for miniaudio's error."""


class FakeDevice:
    """A device that takes samples as fast as they come, in a thread of its own."""

    backend = "Made up"
    most_frames = 10**9

    def __init__(self, **options: Any) -> None:
        os.write(2, b"ALSA lib confmisc.c:855: cannot find card '0'\n")
        self.options = options
        self.played: list[bytes] = []
        self.closed = False

    def start(self, frames: Generator[bytes, int, None]) -> None:
        def take() -> None:
            for _ in range(min(self.most_frames, 10**6)):
                try:
                    self.played.append(frames.send(FRAMES))
                except StopIteration:
                    return

        self.thread = threading.Thread(target=take)
        self.thread.start()

    def close(self) -> None:
        if hasattr(self, "thread"):
            self.thread.join()
        self.closed = True


class Fake(SimpleNamespace):
    """The part of miniaudio that `playback` uses; keeps its devices."""

    def __init__(self, device: type[FakeDevice]) -> None:
        super().__init__(
            MiniaudioError=FakeError, SampleFormat=SimpleNamespace(FLOAT32="float32"), devices=[]
        )
        self.device = device

    # Named by miniaudio.
    def PlaybackDevice(self, **options: Any) -> FakeDevice:  # noqa: N802 - miniaudio's name
        self.devices.append(self.device(**options))
        return self.devices[-1]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for a device's buffers."""
    monkeypatch.setattr(playback, "DRAIN_S", 0.0)
    monkeypatch.setattr(playback, "POLL_S", 0.01)
    monkeypatch.setattr(playback, "MAX_IDLE_POLLS", 5)


def installed(monkeypatch: pytest.MonkeyPatch, device: type[FakeDevice] = FakeDevice) -> Fake:
    fake = Fake(device)
    monkeypatch.setitem(sys.modules, "miniaudio", fake)
    return fake


def noise(length: int) -> Sound:
    return np.random.default_rng(0).standard_normal((length, 2)).astype(np.float32)


@pytest.mark.parametrize("length", [0, 1, FRAMES, 3 * FRAMES + 7])
def test_all_samples_reach_the_device_in_order(
    length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = installed(monkeypatch)
    play(noise(length))
    [device] = fake.devices
    assert b"".join(device.played) == noise(length).tobytes()
    assert device.closed
    assert device.options["sample_rate"] == 44_100
    assert (device.options["nchannels"], device.options["output_format"]) == (2, "float32")


def test_messages_of_sound_systems_are_silenced(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    installed(monkeypatch)
    play(noise(10))
    os.write(2, b"ours\n")
    assert capfd.readouterr().err == "ours\n"


def test_an_interrupt_closes_the_device_and_reaches_the_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupt(feed: Any) -> None:
        raise KeyboardInterrupt

    fake = installed(monkeypatch)
    monkeypatch.setattr(playback._Feed, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        play(noise(10_000))
    assert fake.devices[0].closed


def test_a_missing_device_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(FakeDevice):
        def __init__(self, **options: Any) -> None:
            raise FakeError("failed to init device", -401)

    installed(monkeypatch, Refusing)
    with pytest.raises(
        NoDeviceError, match=r"no working sound device \(failed to init device -401\)"
    ):
        play(noise(10))


def test_a_device_that_does_not_start_is_reported_and_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Lame(FakeDevice):
        def start(self, frames: Generator[bytes, int, None]) -> None:
            raise FakeError("failed to start audio device", -1)

    fake = installed(monkeypatch, Lame)
    with pytest.raises(NoDeviceError, match="failed to start"):
        play(noise(10))
    assert fake.devices[0].closed


def test_a_silent_stand_in_does_not_count_as_a_device(monkeypatch: pytest.MonkeyPatch) -> None:
    class Null(FakeDevice):
        backend = "Null"

    fake = installed(monkeypatch, Null)
    with pytest.raises(NoDeviceError, match="only a silent stand-in"):
        play(noise(10))
    assert fake.devices[0].closed


def test_a_device_that_stops_in_the_middle_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unplugged(FakeDevice):
        most_frames = 2

    fake = installed(monkeypatch, Unplugged)
    with pytest.raises(NoDeviceError, match="stopped in the middle"):
        play(noise(10 * FRAMES))
    assert fake.devices[0].closed


def test_a_missing_miniaudio_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    with pytest.raises(OutputError, match="playing aloud needs the library miniaudio"):
        play(noise(10))


def test_a_missing_device_is_an_output_error() -> None:
    assert issubclass(NoDeviceError, OutputError)


def test_miniaudio_has_what_playback_uses() -> None:
    miniaudio = pytest.importorskip("miniaudio", reason="miniaudio is not installed")
    assert issubclass(miniaudio.MiniaudioError, Exception)
    assert miniaudio.SampleFormat.FLOAT32
    options = miniaudio.PlaybackDevice.__init__.__code__.co_varnames
    assert {"output_format", "nchannels", "sample_rate", "buffersize_msec", "app_name"} <= {
        *options
    }


def test_it_plays_with_standard_error_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(descriptor: int) -> int:
        raise OSError(9, "Bad file descriptor")

    fake = installed(monkeypatch)
    monkeypatch.setattr(os, "dup", closed)
    play(noise(10))
    assert fake.devices[0].closed
