"""The functions that compose."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Unpack

from chorale.api.music import Music, to_reading
from chorale.api.options import Options, check_type, parse_plan_options
from chorale.composing.jobs import (
    Fit,
    Job,
    job_for_continuing,
    job_for_generating,
    job_for_harmonizing,
    job_for_rewriting,
    parse_bar_range,
    parse_voices,
    run_job,
)
from chorale.composing.jobs.locks import parse_locks
from chorale.composing.plan_options import parse_keys
from chorale.models import DEFAULT, find
from chorale.music import VOICES, Chorale, Key
from chorale.music.voicings import SATB, Voicing, parse_voicing
from chorale.network.checkpoint import Checkpoint, load_checkpoint
from chorale.options import MAX_SEED, SamplingOptions

Bars = int | str | tuple[int, int]
DEFAULTS = SamplingOptions()


def generate(
    bars: int | None = None,
    *,
    voicing: str = SATB.name,
    progression: str | None = None,
    keys: Sequence[str | Key] = (),
    **options: Unpack[Options],
) -> list[Chorale]:
    """Compose new chorales.

    Args:
        bars: length, 1 to 100; if left out, the total of `phrases`, or else 12.
        voicing: the choir: "SATB", "SSA", "SSAA", "TTBB", "SAB", "SA" or "TB"; see
            `chorale.music.voicings`.
        progression: chords to keep, such as "I vi IV V | I" or "C Am7 F:2 G"; see
            `chorale.composing.chord_texts`. The length follows from them.
        keys: a key for each phrase, the last of which is that of the chorale, such as
            ["G", "D", "E minor", "G"].
        options: see `chorale.api`. Key, metre, pickup, phrases and motion that are left out are
            drawn from Bach's chorales; for another choir than SATB, the key is one that suits it.

    Returns:
        `count` chorales, all different.

    Raises:
        OptionError: an option is unknown or has a wrong value.
        CheckpointError: the model does not exist or is damaged.
    """
    if progression is not None:
        check_type("progression", progression)
    job = job_for_generating(
        _load_chosen_model(options),
        bars,
        parse_plan_options(options),
        _parse_voicing(voicing),
        progression,
        _parse_keys(keys),
    )
    return _run(job, options)


def harmonize(
    tune: Music,
    *,
    voice: str | None = None,
    keep: str | Sequence[str] = (),
    bars: Bars | None = None,
    transpose: int = 0,
    fit: Fit = "octaves",
    voicing: str = SATB.name,
    fill: bool = False,
    chords: str | None = None,
    ignore_chords: bool = False,
    keys: Sequence[str | Key] = (),
    **options: Unpack[Options],
) -> list[Chorale]:
    """Compose the other voices for a tune, which keeps its pitches and rhythms.

    Args:
        tune: the tune, or up to four voices.
        voice: voice that sings the tune, if `tune` is a single line, such as "soprano"; if left
            out, the voice that the file names, or the soprano.
        keep: voices of `tune` to keep, such as "soprano,bass" or ["soprano", "bass"]; if left out,
            all of up to three voices, or only the soprano of four.
        bars: bars to harmonize: (5, 8) or "5-8" for the first and the last, 5 for a single one;
            all if left out.
        transpose: semitones by which to transpose the tune first.
        fit: treatment of a tune that leaves its voice's range: "octaves" moves the tune by octaves,
            "transpose" transposes it as little as possible, and the finished chorale back, except
            for another choir than SATB.
        voicing: the choir, as in `generate`; any but SATB has the tune in its top voice, without
            `voice` and `keep`.
        fill: whether to compose the rests of the kept voices too, as blanks.
        chords: chords to keep, such as "C G7 Am F:2"; see `chorale.composing.chord_texts`. If left
            out, those of the tune.
        ignore_chords: whether the chords of the tune have no influence.
        keys: a key for each phrase, as in `generate`; inferred from the tune if left out.
        options: see `chorale.api`.

    Returns:
        `count` chorales, all different.

    Raises:
        OptionError: an option is unknown, has a wrong value or does not fit the tune.
        ReadingError: the tune cannot be read, or cannot be harmonized.
        CheckpointError: the model does not exist or is damaged.
    """
    check_type("transpose", transpose)
    check_type("fill", fill)
    check_type("ignore_chords", ignore_chords)
    if chords is not None:
        check_type("chords", chords)
    if voice is not None:
        check_type("voice", voice)
    job = job_for_harmonizing(
        _load_chosen_model(options),
        to_reading(tune),
        parse_plan_options(options),
        keep=parse_voices(keep),
        voice=None if voice is None else _parse_voice(voice),
        bars=None if bars is None else parse_bar_range(bars),
        transpose=transpose,
        fit=fit,
        voicing=_parse_voicing(voicing),
        fill=fill,
        chords=chords,
        ignore_chords=ignore_chords,
        keys=_parse_keys(keys),
    )
    return _run(job, options)


def continue_(opening: Music, bars: int | None = None, **options: Unpack[Options]) -> list[Chorale]:
    """Continue an opening in four voices, in its key, metre and manner, to a close.

    Args:
        opening: music in four voices, which stays unchanged at the beginning of each chorale.
        bars: bars to add; if left out, the total of `phrases`, or else 8. Opening and added bars
            together are at most 100.
        options: see `chorale.api`; `phrases` are the phrases to add.

    Returns:
        `count` chorales, all different.

    Raises:
        OptionError: an option is unknown or has a wrong value.
        ReadingError: the opening cannot be read, or does not have four voices.
        CheckpointError: the model does not exist or is damaged.
    """
    return _run(
        job_for_continuing(
            _load_chosen_model(options), to_reading(opening), bars, parse_plan_options(options)
        ),
        options,
    )


def rewrite(
    chorale: Music,
    bars: Bars,
    voices: str | Sequence[str] = VOICES,
    lock: str | Sequence[str] = (),
    **options: Unpack[Options],
) -> list[Chorale]:
    """Rewrite some bars of some voices to fit the music around them, which stays as it is.

    Args:
        chorale: music in four voices.
        bars: bars to rewrite: (5, 8) or "5-8" for the first and the last, 5 for a single one. Bar 1
            is the first whole bar, 0 a pickup.
        voices: voices to rewrite, such as "alto,tenor" or ["alto", "tenor"]; all if left out.
        lock: notes that stay, of a bar or at a beat, such as "soprano 5, alto 6:2.5".
        options: see `chorale.api`.

    Returns:
        `count` chorales, all different.

    Raises:
        OptionError: an option is unknown or has a wrong value, or the music lacks the bars.
        ReadingError: the music cannot be read, or does not have four voices.
        CheckpointError: the model does not exist or is damaged.
    """
    reading, plan_options = to_reading(chorale), parse_plan_options(options)
    job = job_for_rewriting(
        _load_chosen_model(options),
        reading,
        parse_bar_range(bars),
        parse_voices(voices),
        plan_options,
        parse_locks(lock),
    )
    return _run(job, options)


@lru_cache(maxsize=4)
def load_model(model: str | Path = DEFAULT) -> Checkpoint:
    """Load a model by name, or by the path of a checkpoint, and keep it for later calls.

    Raises:
        CheckpointError: the model does not exist or is damaged.
    """
    return load_checkpoint(find(str(model)))


def _load_chosen_model(options: Options) -> Checkpoint:
    model = options.get("model")
    return load_model(DEFAULT if model is None else model)


def _run(job: Job, options: Options) -> list[Chorale]:
    """Run a job with the options; an option that is None takes its default."""
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    names = {each.name for each in fields(SamplingOptions)} & given.keys()
    sampling = {name: given[name] for name in names}
    if isinstance(given.get("temperature"), Mapping):
        by_voice = {_parse_voice(voice): value for voice, value in given["temperature"].items()}
        defaults = dict.fromkeys(VOICES, DEFAULTS.temperatures[0])
        sampling["temperature"] = tuple((defaults | by_voice).values())
    receive = given.get("receive", lambda chorale: None)
    chorales = []
    for chorale in run_job(
        _load_chosen_model(options),
        job,
        given.get("count", 1),
        given.get("seed", secrets.randbelow(MAX_SEED)),
        SamplingOptions(**sampling),
        given.get("progress", lambda done, total: None),
        rules=given.get("rules", ()),
        first_alone="receive" in given,
    ):
        receive(chorale)
        chorales.append(chorale)
    return chorales


def _parse_voicing(voicing: str) -> Voicing:
    check_type("voicing", voicing)
    return parse_voicing(voicing)


def _parse_keys(keys: Sequence[str | Key]) -> tuple[Key, ...]:
    check_type("keys", keys)
    return parse_keys(keys) if keys else ()


def _parse_voice(voice: str) -> str:
    [name] = parse_voices([voice])
    return name
