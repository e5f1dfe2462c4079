"""Jobs that harmonize a tune: the choice of voices to keep, and the shift into their ranges."""

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import numpy as np

from chorale.composing import tasks
from chorale.composing.arranging import arrange
from chorale.composing.form import PLAIN_FORM, draw_phrase_keys, request_phrase_keys
from chorale.composing.jobs.checks import place_in_satb, require_conditioning
from chorale.composing.jobs.choirs import place_tune, select_tune
from chorale.composing.jobs.fitting import Fit, find_shift
from chorale.composing.jobs.given_harmony import find_harmony
from chorale.composing.jobs.job import Job
from chorale.composing.jobs.planning import (
    Bars,
    describe_bars,
    describe_plan,
    replace_phrases,
    resolve_plan,
)
from chorale.composing.jobs.transposing import describe_distance, transpose_by
from chorale.composing.jobs.trimming import (
    count_silent_steps,
    describe_cut_repeats,
    extract_bars,
    prepend_silence,
    trim_silence,
)
from chorale.composing.jobs.underlay import annotate_setting
from chorale.composing.motion import draw_motion, measure_voices
from chorale.composing.plan_options import PlanOptions
from chorale.errors import OptionError, ReadingError
from chorale.music import (
    OCTAVE,
    REST,
    STEPS_PER_QUARTER,
    VOICES,
    Annotations,
    Chorale,
    Key,
)
from chorale.music.inventory import count_kinds, describe_counts
from chorale.music.voicings import SATB, Voicing
from chorale.network.checkpoint import Checkpoint
from chorale.options import MAX_BARS
from chorale.reading import Reading
from chorale.reading.names import parse_voices
from chorale.wording import count, join_names

DYNAMICS = ("dynamic", "crescendo", "diminuendo")  # kinds of marks
MIN_NOTES = 2  # fewest notes of a kept voice


def job_for_harmonizing(
    checkpoint: Checkpoint,
    reading: Reading,
    plan_options: PlanOptions,
    *,
    keep: Sequence[str] = (),
    voice: str | None = None,
    bars: Bars | None = None,
    transpose: int = 0,
    fit: Fit = "octaves",
    voicing: Voicing = SATB,
    fill: bool = False,
    chords: str | None = None,
    ignore_chords: bool = False,
    keys: Sequence[Key] = (),
) -> Job:
    """Return the job of composing the voices that a tune lacks.

    Args:
        checkpoint: the network.
        reading: the input music.
        plan_options: parts that replace those of the music's plan.
        keep: names of the voices to keep; if empty, all voices of the music, or the soprano if it
            has four.
        voice: name of the voice that a single line becomes; None for the voice of the reading.
        bars: the first and the last bar to harmonize; None for all.
        transpose: semitones by which the music is transposed first.
        fit: how music outside its voice's range is moved: "octaves" by whole octaves, "transpose"
            by as few semitones as possible, and back after composing.
        voicing: the choir. Another than SATB has the tune in its top voice, moved to fit its range
            by octaves or as few semitones as possible (`fit`), and not back.
        fill: whether to compose the rests of the kept voices too, instead of keeping them.
        chords: a line of chords to keep, see `chorale.composing.chord_texts`; None for those of
            the music.
        ignore_chords: whether the chords of the music have no influence.
        keys: a key for each phrase; if empty, the keys are inferred from the tune.

    Raises:
        OptionError: an option does not fit the music or the network.
        ReadingError: the music is too short or too long, a voice exceeds its range, or the music
            is for another choir than SATB.
    """
    require_conditioning(checkpoint)
    _check_options(keep, voice, fit)
    if keys:
        plan_options = replace(plan_options, key=plan_options.key or keys[-1])
    if voicing is SATB:
        reading = place_in_satb(reading)
        kept, chorale, notices = _select_voices(reading, keep, voice, fill)
    else:
        kept, chorale, notices = select_tune(reading, keep, voice, voicing)
    tune = _silence_others(chorale, kept)
    notices += _describe_left_out(chorale, tune, "the other voices")
    silent_steps = count_silent_steps(tune)
    trimmed = trim_silence(tune)
    notices += _describe_left_out(tune, trimmed, "the silence around the tune")
    tune = transpose_by(trimmed, transpose)
    if not bars:
        _check_size(tune, kept)
    plan, sources = resolve_plan(
        tune, kept, reading, plan_options, transpose, part=bars is not None
    )
    tune = replace(tune, plan=plan)
    if not bars and silent_steps >= plan.counted_metre.steps_per_bar:
        silence = count(silent_steps / STEPS_PER_QUARTER, "quarter")
        notices.append(f"{silence} of silence before the first note left out")
    full_plan, start, which = plan, 0, ""
    if bars:
        full_plan = prepend_silence(plan, silent_steps)
        tune, start = extract_bars(tune, bars, full_plan, silent_steps)
        notices += describe_cut_repeats(trimmed, tune, start - silent_steps)
        which = f"{describe_bars(bars)} of it: "
        _check_size(tune, kept, describe_bars(bars))
        tune = replace_phrases(tune, kept, plan_options)
    harmony = find_harmony(tune, kept, chords, transpose, ignore_chords)
    notices += harmony.notices
    written = replace(tune.annotations, chord_symbols=harmony.symbols)
    tune = replace(tune, annotations=written)
    form = request_phrase_keys(tune.plan, keys) if keys else None
    form = PLAIN_FORM if harmony.chords and not form else form
    shift = find_shift(tune, kept, checkpoint, fit if voicing is SATB else "transpose")
    shift_back = -shift if fit == "transpose" else 0
    if voicing is not SATB:
        place, place_notices = place_tune(tune, voicing, OCTAVE if fit == "octaves" else 1)
        notices += place_notices
        shift_back = place - shift
    elif shift:
        back = ", and back" if fit == "transpose" else ""
        notices.append(f"moved {describe_distance(shift)} to fit its range{back}")
    moved = tune.transposed(shift)
    required = harmony.transposed(shift)
    task = tasks.task_for_harmonizing(moved, kept, checkpoint, fill, required)
    if not (task.given == checkpoint.vocabulary.unknown).any():
        raise ReadingError(f"{chorale.source} has no rest to fill in its four voices")
    whole = [voice for voice in kept if not (fill and (tune.pitches[:, voice] == REST).any())]
    motion = measure_voices(tune, whole)

    def draw_task(generator: np.random.Generator) -> tasks.Task:
        own = form.transposed(shift) if form else draw_phrase_keys(moved, kept, generator)
        plan = draw_motion(task.plan, checkpoint, generator, plan_options.motion, motion)
        return replace(task, plan=plan, form=own)

    draw_task(np.random.default_rng(0))  # raises OptionError before anything is composed
    annotations = _prepare_annotations(moved.transposed(shift_back).annotations, kept, voicing)

    def finish(composed: Chorale) -> Chorale:
        setting = arrange(composed.transposed(shift_back), voicing)
        return annotate_setting(setting, annotations)

    return Job(
        draw_task,
        finish,
        (*notices, which + describe_plan(tune.plan, sources, full_plan, start)),
        tempo_qpm=reading.facts.tempo_qpm,
        title=reading.facts.title,
        composer=reading.facts.composer,
        music=tune,
    )


def _prepare_annotations(
    annotations: Annotations, kept: Sequence[int], voicing: Voicing
) -> Annotations:
    """Return the annotations of a tune for the setting of a choir.

    Names that are not those of voices, such as "Melody", are left out, and all names for another
    choir than SATB. The dynamics of a single tune become those of all voices.
    """
    names = tuple(
        name if voicing is SATB and parse_voices(name) else "" for name in annotations.names
    )
    marks = tuple(
        replace(mark, voice=None) if len(kept) == 1 and mark.kind in DYNAMICS else mark
        for mark in annotations.marks
    )
    return replace(annotations, names=names, marks=tuple(dict.fromkeys(marks)))


def _check_options(keep: Sequence[str], voice: str | None, fit: Fit) -> None:
    if voice and keep:
        raise OptionError(
            "--voice names the voice of a single tune, --keep chooses among several voices; "
            "use one of them"
        )
    if fit not in get_args(Fit):
        raise OptionError(f"fit must be one of {', '.join(get_args(Fit))}, not {fit}")


def _select_voices(
    reading: Reading, keep: Sequence[str], voice: str | None, fill: bool
) -> tuple[list[int], Chorale, list[str]]:
    """Select the voices to keep; a single line is moved to the requested voice.

    If rests are filled, all four voices can be kept.

    Returns:
        The kept voices, 0 (soprano) to 3 (bass); the music; notices.
    """
    if voice and len(reading.voices) == 1 and not keep:
        old, new = VOICES.index(reading.voices[0]), VOICES.index(voice)
        order = list(range(len(VOICES)))
        order[new], order[old] = old, new
        chorale = reading.chorale.reordered(order)
        line_notice = f"one line, read as {voice} (as requested)"
        notices = replace(reading, voice_notice=line_notice).notices
        return [new], chorale, notices
    notices = reading.notices
    names = list(keep) or ([voice] if voice else list(reading.voices))
    if not (keep or voice or fill) and len(names) == len(VOICES):
        names = names[:1]
        notices.append("it has four voices, of which the soprano is kept; --keep chooses others")
    missing = [name for name in names if name not in reading.voices]
    if missing:
        raise OptionError(
            f"{reading.chorale.source} has no {join_names(missing)}; "
            f"it has only the {join_names(reading.voices)}"
        )
    if len(names) == len(VOICES) and not fill:
        raise OptionError("all four voices are kept, which leaves none to write; keep up to three")
    return sorted(VOICES.index(name) for name in names), reading.chorale, notices


def _silence_others(chorale: Chorale, kept: Sequence[int]) -> Chorale:
    """Return the music with rests in all voices but the kept ones.

    Of the annotations of the others, only their names are kept.
    """
    own = np.isin(np.arange(len(VOICES)), kept)
    annotations = chorale.annotations
    return replace(
        chorale,
        pitches=np.where(own, chorale.pitches, np.int16(REST)),
        onsets=chorale.onsets & own,
        annotations=replace(annotations.of_voices(kept), names=annotations.names),
    )


def _describe_left_out(chorale: Chorale, tune: Chorale, reason: str) -> list[str]:
    """Describe annotations that are left out together with something else."""
    lost = count_kinds(chorale.annotations) - count_kinds(tune.annotations)
    return [f"left out with {reason}: {join_names(describe_counts(lost))}"] if lost else []


def _check_size(chorale: Chorale, kept: Sequence[int], part: str = "") -> None:
    """Check that a tune is neither too long nor too short; `part` names the bars of an excerpt."""
    source = f"{chorale.source}, {part}," if part else chorale.source
    bars, fewest = chorale.plan.bars, min(int(chorale.onsets[:, v].sum()) for v in kept)
    if bars > MAX_BARS:
        raise ReadingError(
            f"{source} has {bars:.0f} bars, and at most {MAX_BARS} can be harmonized at once; "
            f"choose some, such as --bars 1-{MAX_BARS}"
        )
    if fewest < MIN_NOTES:
        raise ReadingError(
            f"{source} has only {count(fewest, 'note')} in a voice to keep, and at least "
            f"{MIN_NOTES} are needed; choose a longer tune"
        )
