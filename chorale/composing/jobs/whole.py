"""Jobs on a chorale in four voices: to carry it on, and to rewrite a part of it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from chorale.composing import tasks
from chorale.composing.jobs.job import MAX_BARS, Job, check_bars, require_conditioning
from chorale.composing.jobs.planning import Bars, account, in_words, resolve_plan, steps_of
from chorale.composing.plan_options import PlanOptions
from chorale.composing.plans import draw_plan
from chorale.errors import OptionError, ReadingError
from chorale.music import REST, VOICES, Chorale, pitch_name
from chorale.network.checkpoint import Checkpoint
from chorale.reading import Reading
from chorale.wording import join_names

USUAL_BARS = 8  # that are added


def continuation(
    checkpoint: Checkpoint, reading: Reading, bars: int | None, asked: PlanOptions
) -> Job:
    """An opening of four voices, carried on to a close.

    Args:
        checkpoint: the network.
        reading: the opening.
        bars: how many more; a bar that the opening leaves unfinished is filled up besides. If None
            as many as the phrases asked for have, or USUAL_BARS.
        asked: what is not to be told by the music; the phrases are those that come.

    Raises:
        OptionError: the phrases asked for do not fill the bars, or the network hears no plan.
        ReadingError: the opening is not in four voices, or too long.
    """
    require_conditioning(checkpoint)
    bars = sum(asked.phrases or [USUAL_BARS]) if bars is None else bars
    check_bars(bars)
    _check_whole(reading, "continue")
    chorale = reading.chorale
    _check_pitches(chorale, checkpoint)
    plan, sources = resolve_plan(chorale, range(len(VOICES)), reading, replace(asked, phrases=None))
    total = plan.last_bar + bars
    if total > MAX_BARS:
        raise ReadingError(
            f"{chorale.source} and {bars} bars make {total}; at most {MAX_BARS} can be written "
            "at once: bring a shorter opening or ask for fewer --bars"
        )
    opening = replace(chorale, plan=plan)

    def task(generator: np.random.Generator) -> tasks.Task:
        whole = draw_plan(checkpoint.plans, total, generator, asked, plan)
        return tasks.continuation(opening, whole, checkpoint)

    whole = task(np.random.default_rng(0)).plan  # raises before any work
    if whole.fermatas is None:
        plan, sources = replace(plan, fermatas=None), replace(sources, fermatas="without a metre")
    return Job(
        task,
        remarks=(*reading.told, f"the opening: {account(plan, sources)}", _coming(bars, asked)),
        tempo_qpm=reading.facts.tempo_qpm,
        title=reading.facts.title,
        composer=reading.facts.composer,
    )


def rewriting(
    checkpoint: Checkpoint,
    reading: Reading,
    bars: Bars,
    voices: Sequence[str],
    asked: PlanOptions,
) -> Job:
    """Some bars of some voices of a chorale anew, all else as it is.

    Raises:
        OptionError: there are no such bars, or the network hears no evidence.
        ReadingError: the chorale is not in four voices, too long, or all that could be rewritten
            reaches over the edge of its bars.
    """
    require_conditioning(checkpoint)
    if not voices:
        raise OptionError(f"no voice to rewrite; choose from {', '.join(VOICES)}")
    _check_whole(reading, "rewrite")
    chorale = reading.chorale
    _check_pitches(chorale, checkpoint)
    if chorale.plan.bars > MAX_BARS:
        raise ReadingError(
            f"{chorale.source} has {chorale.plan.bars:.0f} bars; at most {MAX_BARS} can be read "
            "at once: bring a part of it"
        )
    plan, sources = resolve_plan(chorale, range(len(VOICES)), reading, asked)
    chorale = replace(chorale, plan=plan)
    start, end = steps_of(plan, bars)
    task = tasks.region(chorale, start, end, [VOICES.index(name) for name in voices], checkpoint)
    if not (task.given == checkpoint.vocabulary.unknown).any():
        raise ReadingError(
            f"nothing can be rewritten in {in_words(bars)}: every note of {join_names(voices)} there "
            "is held over the edge; choose more --bars"
        )
    return Job(
        lambda generator: task,
        remarks=(*reading.told, account(plan, sources)),
        tempo_qpm=reading.facts.tempo_qpm,
        title=reading.facts.title,
        composer=reading.facts.composer,
    )


def _coming(bars: int, asked: PlanOptions) -> str:
    """What is added, in words."""
    follow = "1 bar follows" if bars == 1 else f"{bars} bars follow"
    if asked.phrases is None:
        return follow
    return f"{follow}, in phrases of {join_names(list(map(str, asked.phrases)))} (as asked)"


def _check_whole(reading: Reading, verb: str) -> None:
    if len(reading.voices) < len(VOICES):
        raise ReadingError(
            f"{reading.chorale.source} has {join_names(reading.voices)} alone; four voices are needed "
            f"to {verb} it: `chorale harmonize` writes the others"
        )


def _check_pitches(chorale: Chorale, checkpoint: Checkpoint) -> None:
    """Check that the network knows all pitches.

    Raises:
        ReadingError: it does not; where.
    """
    vocabulary, pitches = checkpoint.vocabulary, chorale.pitches
    lowest, highest = vocabulary.lowest_pitch, vocabulary.highest_pitch
    outside = (pitches != REST) & ((pitches < lowest) | (pitches > highest))
    if outside.any():
        step, voice = map(int, np.argwhere(outside)[0])
        raise ReadingError(
            f"{chorale.source}: {chorale.plan.place(step)} of the {VOICES[voice]} has "
            f"{pitch_name(int(pitches[step, voice]))}; the network knows {pitch_name(lowest)} to "
            f"{pitch_name(highest)}: transpose the music"
        )
