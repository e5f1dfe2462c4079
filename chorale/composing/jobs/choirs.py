"""Tunes for other choirs than SATB: their choice, and their place in the range of the top voice."""

from collections.abc import Sequence

from chorale.composing.arranging import count_out_of_range, fit_tune
from chorale.composing.jobs.transposing import describe_distance
from chorale.errors import OptionError
from chorale.music import OCTAVE, SOPRANO, VOICES, Chorale
from chorale.music.voicings import Voicing
from chorale.reading import Reading
from chorale.wording import count


def select_tune(
    reading: Reading, keep: Sequence[str], voice: str | None, voicing: Voicing
) -> tuple[list[int], Chorale, list[str]]:
    """Select the tune for a choir: the top voice of the music, which becomes the soprano.

    Returns:
        The kept voice, which is the soprano; the music; notices.

    Raises:
        OptionError: another voice than the top one is requested for the tune.
    """
    if keep or voice not in (None, VOICES[SOPRANO]):
        option = "--keep" if keep else f"--voice {voice}"
        raise OptionError(
            f"{option} is for SATB alone: with --voicing {voicing.name} the tune is the top voice, "
            f"{voicing.parts[0].name}, and the others are composed; leave the option out"
        )
    top = VOICES.index(reading.voices[0])
    order = [top, *(number for number in range(len(VOICES)) if number != top)]
    notices = list(reading.notices)
    if len(reading.voices) > 1:
        notices.append(f"of its voices the {reading.voice_names[0]} is kept, as the tune")
    return [SOPRANO], reading.chorale.reordered(order), notices


def place_tune(tune: Chorale, voicing: Voicing, unit: int) -> tuple[int, list[str]]:
    """Find the shift, in semitones, that moves a tune into the range of a choir's top voice.

    Args:
        tune: music whose soprano is the tune.
        voicing: the choir.
        unit: semitones of which the shift is a multiple: 1, or 12 for octaves.

    Returns:
        The shift up; and notices on it, and on notes that are out of range nevertheless.
    """
    shift = fit_tune(tune, voicing, unit)
    top, notices = voicing.parts[0], []
    if shift:
        key = tune.plan.key.transposed(shift) if tune.plan.key and shift % OCTAVE else None
        into = f", to {key.name}," if key else ""
        notices.append(f"moved {describe_distance(shift)}{into} to fit the range of {top.name}")
    if outside := count_out_of_range(tune, voicing, shift):
        remedy = "; --fit transpose may fit it" if unit == OCTAVE else ""
        are = "is" if outside == 1 else "are"
        notices.append(
            f"{count(outside, 'note')} of the tune {are} outside the range of {top.name}{remedy}"
        )
    return shift, notices
