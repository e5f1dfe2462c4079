"""Sound through the loudspeakers, played by miniaudio."""

import os
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from chorale.errors import OutputError
from chorale.rendering.libraries import import_library
from chorale.rendering.sound.samples import SAMPLE_RATE, Sound

BUFFER_MS = 200
DRAIN_S = 3 * BUFFER_MS / 1000  # until a device has played its buffered samples
POLL_S = 0.1  # time between checks that the device still plays
MAX_IDLE_POLLS = 100


class NoDeviceError(OutputError):
    """No sound device, or a sound device that stopped."""


def play(samples: Sound) -> None:
    """Play samples, (N, 2) at SAMPLE_RATE, until their end.

    Ctrl-C stops the sound at once and reaches the caller as KeyboardInterrupt.

    Raises:
        NoDeviceError: there is no sound device, or it stops taking samples.
        OutputError: miniaudio is not installed.
    """
    miniaudio = import_library("miniaudio", "miniaudio", "playing aloud")
    feed = _Feed(samples)
    try:
        with _silence_stderr():
            device = _open_device(miniaudio)
        try:
            with _silence_stderr():
                device.start(feed.start())
            feed.wait()
        finally:
            with _silence_stderr():
                device.close()
    except miniaudio.MiniaudioError as error:
        raise _no_device_error(" ".join(map(str, error.args))) from error


def _open_device(miniaudio: Any) -> Any:
    device = miniaudio.PlaybackDevice(
        output_format=miniaudio.SampleFormat.FLOAT32,
        nchannels=2,
        sample_rate=SAMPLE_RATE,
        buffersize_msec=BUFFER_MS,
        app_name="chorale",
    )
    if device.backend == "Null":  # miniaudio's last resort, which plays nothing
        device.close()
        raise _no_device_error("only a silent stand-in")
    return device


def _no_device_error(reason: str) -> NoDeviceError:
    return NoDeviceError(f"no working sound device ({reason})")


class _Feed:
    """Source of samples for a device, which requests them from its own thread."""

    def __init__(self, samples: Sound) -> None:
        self._samples = np.ascontiguousarray(samples, np.float32)
        self._place = 0
        self._ended = threading.Event()

    def start(self) -> Generator[bytes, int, None]:
        """Return a started generator: send a number of frames to receive their bytes."""
        frames = self._frames()
        next(frames)
        return frames

    def wait(self) -> None:
        """Wait until all samples are played.

        Raises:
            NoDeviceError: the device requests no more samples.
        """
        idle, place = 0, 0
        while not self._ended.wait(POLL_S):  # short waits let Ctrl-C through on every system
            idle = idle + 1 if place == self._place else 0
            place = self._place
            if idle >= MAX_IDLE_POLLS:
                raise _no_device_error("it stopped in the middle")
        threading.Event().wait(DRAIN_S)

    def _frames(self) -> Generator[bytes, int, None]:
        requested = yield b""
        while self._place < len(self._samples):
            piece = self._samples[self._place : self._place + requested]
            self._place += requested
            requested = yield piece.tobytes()
        self._ended.set()


@contextmanager
def _silence_stderr() -> Iterator[None]:
    """Discard the messages that ALSA, JACK and the like write to standard error."""
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:  # standard error is closed: there is nothing to silence
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
