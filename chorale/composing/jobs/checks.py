"""Checks of requests and of their input music, before anything is composed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from chorale.composing.plan_options import is_whole_number
from chorale.errors import OptionError, ReadingError
from chorale.music import REST, VOICES, Chorale, pitch_name
from chorale.music.voicings import SATB
from chorale.network.checkpoint import Checkpoint
from chorale.options import MAX_BARS
from chorale.reading import Reading
from chorale.wording import join_names


def check_bars(bars: int) -> None:
    """Check the number of bars to compose.

    Raises:
        OptionError: the number is not 1 to MAX_BARS.
    """
    if not is_whole_number(bars) or not 1 <= bars <= MAX_BARS:
        raise OptionError(f"bars must be a whole number from 1 to {MAX_BARS}, not {bars!r}")


def require_conditioning(checkpoint: Checkpoint) -> None:
    """Check that a network can be conditioned on a plan and given notes.

    Raises:
        OptionError: the network has no conditioning encoder, or was trained without given notes.
    """
    if not checkpoint.has_conditioning:
        raise OptionError(
            "this model has no conditioning encoder, so it cannot take a key, metre, phrases, "
            "motion or given notes; use one that has, such as the default `bach`"
        )


def parse_voices(names: str | Sequence[str]) -> list[str]:
    """Parse the names of voices, in a list or separated by commas, into SATB order.

    Raises:
        OptionError: a name is not that of a voice.
    """
    names = names.split(",") if isinstance(names, str) else names
    if not isinstance(names, Iterable) or not all(isinstance(name, str) for name in names):
        raise OptionError(f"voices must be names, such as alto,tenor, not {names!r}")
    names = [name.strip().lower() for name in names]
    for name in names:
        if name not in VOICES:
            raise OptionError(f"{name!r} is no voice; choose from {', '.join(VOICES)}")
    return [voice for voice in VOICES if voice in names]


def refuse_other_choirs(reading: Reading, verb: str) -> None:
    """Check that the voices of music are voices of SATB; `verb` names the request, as "continue".

    Raises:
        ReadingError: there is another voice, such as a second soprano.
    """
    if not set(reading.voice_names) <= set(VOICES):
        raise ReadingError(
            f"{reading.chorale.source} is for {reading.voicing.description}, and the network, "
            f"which can {verb} only music for SATB, has no such voices; `chorale harmonize` takes "
            "one of them with --part, and check, show, play and render take the whole"
        )


def place_in_satb(reading: Reading) -> Reading:
    """Return music for a choir such as SAB or TB with its voices at their places in SATB.

    Raises:
        ReadingError: as `refuse_other_choirs`, to harmonize.
    """
    refuse_other_choirs(reading, "harmonize")
    if reading.voicing == SATB:
        return reading
    names_and_places = zip(reading.voice_names, reading.voices, strict=True)
    places = {name: VOICES.index(place) for name, place in names_and_places}
    free = iter(voice for voice in range(len(VOICES)) if voice not in places.values())
    order = [places[name] if name in places else next(free) for name in VOICES]
    moved = reading.chorale.reordered(order)
    voices = tuple(name for name in VOICES if name in places)
    return replace(reading, chorale=moved, voices=voices, voice_notice="", voicing=SATB)


def require_four_voices(reading: Reading, verb: str) -> None:
    """Check that music has all four voices; `verb` names the request, such as "continue".

    Raises:
        ReadingError: a voice is missing, or there is a voice that SATB does not have.
    """
    refuse_other_choirs(reading, verb)
    if len(reading.voices) < len(VOICES):
        raise ReadingError(
            f"{reading.chorale.source} has only the {join_names(reading.voice_names)}, and all "
            f"four voices are needed to {verb} it; `chorale harmonize` adds the others"
        )


def check_pitches(chorale: Chorale, checkpoint: Checkpoint) -> None:
    """Check that all pitches are in the network's vocabulary.

    Raises:
        ReadingError: a pitch is outside the vocabulary; the message gives its place.
    """
    vocabulary, pitches = checkpoint.vocabulary, chorale.pitches
    lowest, highest = vocabulary.lowest_pitch, vocabulary.highest_pitch
    outside = (pitches != REST) & ((pitches < lowest) | (pitches > highest))
    if outside.any():
        step, voice = map(int, np.argwhere(outside)[0])
        raise ReadingError(
            f"{chorale.source}: the {VOICES[voice]} has {pitch_name(int(pitches[step, voice]))} in "
            f"{chorale.plan.place(step)}; the network can use {pitch_name(lowest)} to "
            f"{pitch_name(highest)}: transpose the music"
        )
