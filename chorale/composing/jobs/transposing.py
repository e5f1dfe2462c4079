"""Transposition of input music, by semitones or to a key."""

from dataclasses import replace

from chorale.analysis import out_of_range
from chorale.errors import OptionError
from chorale.music import OCTAVE, Chorale, Key
from chorale.wording import count


def transpose_by(chorale: Chorale, semitones: int) -> Chorale:
    """Return a chorale, with its key, transposed up by a number of semitones.

    Raises:
        OptionError: a pitch would leave the MIDI range.
    """
    try:
        return chorale.transposed(semitones)
    except ValueError as error:
        raise OptionError(
            f"transposed by {count(semitones, 'semitone')} the music leaves the MIDI range; "
            "choose fewer"
        ) from error


def transpose_to(chorale: Chorale, target: Key) -> tuple[Chorale, int]:
    """Transpose a chorale to a key, by as few semitones as possible.

    Of the two tritones, the one that leaves fewer notes outside their voice's textbook range is
    taken. The relative key has the same signature and the same notes: no note is moved, and the
    chorale is in the other key.

    Returns:
        The chorale in the target key; and the semitones by which it was transposed up, -6 to 6.

    Raises:
        OptionError: the target is neither of the chorale's mode nor its relative key, or a pitch
            would leave the MIDI range.
    """
    source = chorale.plan.key or target
    if source.sharps == target.sharps:
        return replace(chorale, plan=replace(chorale.plan, key=target)), 0
    if source.mode != target.mode:
        raise OptionError(
            f"the music is in {source.name}, and transposing to {target.name} would change its "
            f"mode; choose a {source.mode} key, or name the key that it is in by --key and the "
            "semitones by --transpose"
        )
    up = (target.tonic - source.tonic) % OCTAVE
    shifts = [up, up - OCTAVE] if up == OCTAVE // 2 else [min(up, up - OCTAVE, key=abs)]
    moved = {shift: transpose_by(chorale, shift) for shift in shifts}
    best = min(shifts, key=lambda shift: out_of_range(moved[shift]))
    return moved[best], best


def describe_distance(semitones: int) -> str:
    """Describe a transposition, not by 0 semitones: "3 semitones up", "an octave down"."""
    octaves, rest = divmod(abs(semitones), OCTAVE)
    octaves_in_words = "an octave" if octaves == 1 else count(octaves, "octave")
    distance = count(abs(semitones), "semitone") if rest else octaves_in_words
    return f"{distance} {'up' if semitones > 0 else 'down'}"
