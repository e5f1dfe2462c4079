"""The harmonization of a tune: which voices stay, and how they come into their ranges."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args

import numpy as np

from chorale.composing import tasks
from chorale.composing.jobs.job import MAX_BARS, Job, require_conditioning
from chorale.composing.jobs.planning import (
    Bars,
    account,
    in_words,
    resolve_plan,
    steps_of,
    with_phrases,
)
from chorale.composing.plan_options import PlanOptions
from chorale.errors import OptionError, ReadingError
from chorale.music import REST, STEPS_PER_QUARTER, VOICES, Chorale, Metre, Plan, excerpt, pitch_name
from chorale.network.checkpoint import Checkpoint
from chorale.reading import Reading
from chorale.wording import join_names

Fit = Literal["octaves", "transpose"]

FEWEST_NOTES = 2
OCTAVE = 12


def harmonization(
    checkpoint: Checkpoint,
    reading: Reading,
    asked: PlanOptions,
    *,
    keep: Sequence[str] = (),
    voice: str | None = None,
    bars: Bars | None = None,
    transpose: int = 0,
    fit: Fit = "octaves",
) -> Job:
    """The voices that a tune lacks.

    Args:
        checkpoint: the network.
        reading: what was brought.
        asked: what is not to be told by the music.
        keep: names of the voices that stay; if empty, all that it has, of four the soprano.
        voice: the voice that a single line is in; None believes the reading.
        bars: the bars that are wanted; None wants all.
        transpose: semitones by which the music is moved first.
        fit: what is done where a voice leaves its range: "octaves" moves all by octaves,
            "transpose" by as little as possible, and back when the others are written.

    Raises:
        OptionError: an option does not go with the music or the network.
        ReadingError: the music is too short, too long, or wider than its voices.
    """
    require_conditioning(checkpoint)
    _check_options(keep, voice, fit)
    kept, chorale, remarks = _kept(reading, keep, voice)
    alone = _alone(chorale, kept)
    silent = _silent_steps(alone)
    chorale = _transposed(_without_silence(alone), transpose)
    if not bars:
        _check_size(chorale, kept)
    plan, sources = resolve_plan(chorale, kept, reading, asked, transpose, part=bars is not None)
    chorale = replace(chorale, plan=plan)
    if not bars and silent >= (plan.metre or Metre(4, 4)).steps_per_bar:
        remarks.append(f"{_quarters(silent)} of silence before its first note left out")
    whole, start, which = plan, 0, ""
    if bars:
        whole = _with_silence(plan, silent)
        chorale, start = _cut(chorale, bars, whole, silent)
        which = f"{in_words(bars)} of it: "
        _check_size(chorale, kept, in_words(bars))
        chorale = with_phrases(chorale, kept, asked)
    shift = _fitting_shift(chorale, kept, checkpoint, fit)
    if shift:
        back = ", and back" if fit == "transpose" else ""
        remarks.append(f"{_semitones(shift)} to fit its range{back}")
    task = tasks.harmonization(chorale.transposed(shift), kept, checkpoint)
    back_to = -shift if fit == "transpose" else 0
    return Job(
        lambda generator: task,
        lambda written: written.transposed(back_to),
        (*remarks, which + account(chorale.plan, sources, whole, start)),
        tempo_qpm=reading.facts.tempo_qpm,
        title=reading.facts.title,
        composer=reading.facts.composer,
    )


def _check_options(keep: Sequence[str], voice: str | None, fit: Fit) -> None:
    if voice and keep:
        raise OptionError(
            "--voice tells where a single tune is, --keep chooses among several voices; "
            "use one of them"
        )
    if fit not in get_args(Fit):
        raise OptionError(f"fit must be one of {', '.join(get_args(Fit))}, not {fit}")


def _kept(
    reading: Reading, keep: Sequence[str], voice: str | None
) -> tuple[list[int], Chorale, list[str]]:
    """The voices that stay, 0 to 3; the music, a single line of it in the voice that is told."""
    remarks = reading.told
    if voice and len(reading.voices) == 1 and not keep:
        old, new = VOICES.index(reading.voices[0]), VOICES.index(voice)
        order = list(range(len(VOICES)))
        order[new], order[old] = old, new
        chorale = reading.chorale
        pitches, onsets = chorale.pitches[:, order], chorale.onsets[:, order]
        told = [f"one line, the {voice} (as asked)", *reading.remarks]
        return [new], replace(chorale, pitches=pitches, onsets=onsets), told
    names = list(keep) or ([voice] if voice else list(reading.voices))
    if not (keep or voice) and len(names) == len(VOICES):
        names = names[:1]
        remarks.append("it has four voices, of which the soprano is kept; --keep chooses others")
    missing = [name for name in names if name not in reading.voices]
    if missing:
        raise OptionError(
            f"{reading.chorale.source} has no {join_names(missing)}; "
            f"it has {join_names(reading.voices)} that can be kept"
        )
    if len(names) == len(VOICES):
        raise OptionError("all four voices are kept and none is left to write; keep up to three")
    return sorted(VOICES.index(name) for name in names), reading.chorale, remarks


def _alone(chorale: Chorale, kept: Sequence[int]) -> Chorale:
    """The chorale with all but some voices silent."""
    own = np.isin(np.arange(len(VOICES)), kept)
    pitches = np.where(own, chorale.pitches, np.int16(REST))
    return replace(chorale, pitches=pitches, onsets=chorale.onsets & own)


def _without_silence(chorale: Chorale) -> Chorale:
    """The chorale without the silent steps before its first note and after its last one."""
    sounding = np.flatnonzero((chorale.pitches != REST).any(axis=1))
    return excerpt(chorale, int(sounding[0]), int(sounding[-1]) + 1) if len(sounding) else chorale


def _silent_steps(chorale: Chorale) -> int:
    """Before its first note."""
    return int((chorale.pitches != REST).any(axis=1).argmax())


def _with_silence(plan: Plan, silent_steps: int) -> Plan:
    """Length, metre and pickup of a plan before which there are so many silent steps."""
    bar = (plan.metre or Metre(4, 4)).steps_per_bar
    pickup = (silent_steps + plan.pickup_steps) % bar if plan.metre else 0
    return Plan(silent_steps + plan.length_steps, plan.metre, pickup)


def _cut(chorale: Chorale, bars: Bars, whole: Plan, silent_steps: int) -> tuple[Chorale, int]:
    """Some bars of a chorale without silence around them, and at which step of `whole` they start.

    Args:
        chorale: the music.
        bars: as `whole` counts them.
        whole: the plan with the silence before the chorale.
        silent_steps: how long it is.

    Raises:
        OptionError: they are not there, or silent.
    """
    start, end = steps_of(whole, bars)
    start, end = max(0, start - silent_steps), max(0, end - silent_steps)
    sounding = np.flatnonzero((chorale.pitches[start:end] != REST).any(axis=1))
    if not len(sounding):
        raise OptionError(f"{in_words(bars)}: no note there to harmonise; choose others")
    cut = _without_silence(excerpt(chorale, start, end))
    return cut, silent_steps + start + int(sounding[0])


def _check_size(chorale: Chorale, kept: Sequence[int], part: str = "") -> None:
    source = f"{chorale.source}, {part}" if part else chorale.source
    bars, count = chorale.plan.bars, min(int(chorale.onsets[:, v].sum()) for v in kept)
    if bars > MAX_BARS:
        raise ReadingError(
            f"{source} has {bars:.0f} bars; at most {MAX_BARS} can be harmonised at once: "
            f"choose some, such as --bars 1-{MAX_BARS}"
        )
    if count < FEWEST_NOTES:
        what = "one note" if count == 1 else f"{count} notes"
        raise ReadingError(
            f"{source} has {what} in a voice to be harmonised; a tune has at least "
            f"{FEWEST_NOTES}: bring a longer one"
        )


def _transposed(chorale: Chorale, semitones: int) -> Chorale:
    try:
        return chorale.transposed(semitones)
    except ValueError as error:
        raise OptionError(
            f"transposed by {semitones} semitones the music leaves the MIDI range; choose fewer"
        ) from error


def _fitting_shift(chorale: Chorale, kept: Sequence[int], checkpoint: Checkpoint, fit: Fit) -> int:
    """The least shift, in semitones, that brings each kept voice into its range in training.

    Raises:
        ReadingError: there is none of the kind asked for.
    """
    down, up = -127, 127  # the lowest and the highest shift that fit
    for voice in kept:
        sounding = chorale.pitches[:, voice][chorale.pitches[:, voice] != REST].astype(int)
        lowest, highest = (int(pitch) for pitch in checkpoint.ranges[voice])
        if np.ptp(sounding) > highest - lowest:
            raise ReadingError(
                f"{chorale.source}: the {VOICES[voice]} goes from {pitch_name(sounding.min())} "
                f"to {pitch_name(sounding.max())}, {np.ptp(sounding)} semitones; a {VOICES[voice]} "
                f"has {highest - lowest}, {pitch_name(lowest)} to {pitch_name(highest)}: choose "
                "another --voice, or change the octave of what lies farthest off"
            )
        down = max(down, lowest - int(sounding.min()))
        up = min(up, highest - int(sounding.max()))
    unit = OCTAVE if fit == "octaves" else 1
    shifts = [shift for shift in range(down, up + 1) if shift % unit == 0]
    if shifts:
        return min(shifts, key=abs)
    voices = join_names([VOICES[voice] for voice in kept])
    way = "use --fit transpose" if down <= up else "keep fewer of them"
    ranges = join_names([_range(chorale, voice, checkpoint) for voice in kept])
    raise ReadingError(
        f"no octave of {chorale.source} lies within the range of {voices} as Bach has it "
        f"({ranges}); {way}"
    )


def _range(chorale: Chorale, voice: int, checkpoint: Checkpoint) -> str:
    """From where to where a voice goes, and may go, in words."""
    sounding = chorale.pitches[:, voice][chorale.pitches[:, voice] != REST]
    allowed = checkpoint.ranges[voice]
    has = f"{pitch_name(int(sounding.min()))} to {pitch_name(int(sounding.max()))}"
    may = f"{pitch_name(int(allowed[0]))} to {pitch_name(int(allowed[1]))}"
    return f"{VOICES[voice]} {has}, where {may} is possible"


def _quarters(steps: int) -> str:
    quarters = steps / STEPS_PER_QUARTER
    return f"{quarters:g} quarter" + ("" if quarters == 1 else "s")


def _semitones(shift: int) -> str:
    octaves, rest = divmod(abs(shift), OCTAVE)
    what = (
        f"{abs(shift)} semitones" if rest else "an octave" if octaves == 1 else f"{octaves} octaves"
    )
    return f"moved {what.replace('1 semitones', '1 semitone')} {'up' if shift > 0 else 'down'}"
