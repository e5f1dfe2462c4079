"""Sound through the speakers, by miniaudio."""

import os
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from chorale.errors import OutputError
from chorale.rendering.libraries import library
from chorale.rendering.sound.reverb import SAMPLE_RATE, Sound

BUFFER_MS = 200
DRAIN_S = 3 * BUFFER_MS / 1000  # until a device has played what it has taken
LOOK_S = 0.1  # how often it is looked whether the device still plays
MOST_IDLE_LOOKS = 100


class NoDeviceError(OutputError):
    """There is no device that plays sound, or it is gone."""


def play(samples: Sound) -> None:
    """Play samples, (N, 2) at SAMPLE_RATE, until their end.

    Ctrl-C stops the sound at once and goes on to the caller as KeyboardInterrupt.

    Raises:
        NoDeviceError: there is no sound device, or it stops taking sound.
        OutputError: miniaudio is not installed.
    """
    miniaudio = library("miniaudio", "miniaudio", "playing aloud")
    feed = _Feed(samples)
    try:
        with _quiet():
            device = _opened(miniaudio)
        try:
            with _quiet():
                device.start(feed.started())
            feed.wait()
        finally:
            with _quiet():
                device.close()
    except miniaudio.MiniaudioError as error:
        raise _no_device(" ".join(map(str, error.args))) from error


def _opened(miniaudio: Any) -> Any:
    device = miniaudio.PlaybackDevice(
        output_format=miniaudio.SampleFormat.FLOAT32,
        nchannels=2,
        sample_rate=SAMPLE_RATE,
        buffersize_msec=BUFFER_MS,
        app_name="chorale",
    )
    if device.backend == "Null":  # what miniaudio takes where there is nothing else
        device.close()
        raise _no_device("nothing but a silent one")
    return device


def _no_device(reason: str) -> NoDeviceError:
    return NoDeviceError(f"no sound device plays it here ({reason})")


class _Feed:
    """Samples on their way to a device, which asks for them from a thread of its own."""

    def __init__(self, samples: Sound) -> None:
        self._samples = np.ascontiguousarray(samples, np.float32)
        self._place = 0
        self._ended = threading.Event()

    def started(self) -> Generator[bytes, int, None]:
        """What a device is given: a generator that is sent numbers of frames and yields bytes."""
        frames = self._frames()
        next(frames)
        return frames

    def wait(self) -> None:
        """Wait until all is played.

        Raises:
            NoDeviceError: the device asks no more.
        """
        idle, place = 0, 0
        while not self._ended.wait(LOOK_S):  # short waits let Ctrl-C through on every system
            idle = idle + 1 if place == self._place else 0
            place = self._place
            if idle >= MOST_IDLE_LOOKS:
                raise _no_device("it stopped in the middle")
        threading.Event().wait(DRAIN_S)

    def _frames(self) -> Generator[bytes, int, None]:
        wanted = yield b""
        while self._place < len(self._samples):
            piece = self._samples[self._place : self._place + wanted]
            self._place += wanted
            wanted = yield piece.tobytes()
        self._ended.set()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what ALSA, JACK and their like write to standard error from the user."""
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:  # closed: there is nothing to keep quiet
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
