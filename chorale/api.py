"""The commands as Python functions, all of which `import chorale` offers.

Music is given as a path, as a `Reading` of a file, or as a `Chorale`. The composing functions
(`generate`, `harmonize`, `continue_` and `rewrite`) return a list of `count` chorales, whose plans
hold the metre, key and fermatas that were given or estimated. They take these options by keyword:

    key, metre      such as "G minor" and "3/4", or a `Key` and a `Metre`
    pickup          beats before the first whole bar
    phrases         bars of each phrase, such as [4, 4, 4, 4]
    temperature     above 0; a number, or numbers per voice, such as {"soprano": 1.0}
    top_p           nucleus sampling: only the most likely notes that sum to this, in (0, 1]
    min_p           share of the likeliest note's probability below which none is drawn, 0 to 1
    greedy          True to always take the most likely note
    guidance        how closely to follow the plan and the given notes, 0 to 2
    strictness      penalty on textbook faults (`chorale.composing.voice_leading`), 0 to 2
    best_of         candidates for each chorale, 1 to 64, best kept (`chorale.composing.ranking`)
    rules           further rules of the draw, each a `chorale.composing.rules.LogitRule`
    seed            the same seed gives the same music; a new one if left out or None
    count           number of chorales, all different
    model           name of a model that comes with chorale, or path of a checkpoint

An option that is None has its default. Metre, pickup, key and phrases that input music lacks are
estimated, as on the command line. Wrong options raise OptionError and unusable music ReadingError,
which are both kinds of `ChoraleError`.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from types import UnionType
from typing import Any, TypedDict, Unpack, get_args, get_origin, get_type_hints

from chorale.checking import CheckResult, examine
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
from chorale.composing.jobs.interpreting import InterpretedMusic, check_voices, interpret
from chorale.composing.plan_options import PlanOptions
from chorale.composing.rules import LogitRule
from chorale.errors import OptionError, ReadingError
from chorale.files import refuse_overwrite, write_bytes
from chorale.judging.explaining import Explanation
from chorale.judging.explaining import explain as explain_notes
from chorale.models import DEFAULT, find
from chorale.music import REST, VOICES, Chorale, Key, Metre
from chorale.network.checkpoint import Checkpoint, load_checkpoint
from chorale.options import MAX_SEED, SamplingOptions
from chorale.reading import Reading, read_music
from chorale.reading.parts import Facts
from chorale.rendering.formats import infer_format, page_path, render
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import DEFAULT_TEMPO_QPM, build_render_options

Music = str | Path | Reading | Chorale
Bars = int | str | tuple[int, int]
DEFAULTS = SamplingOptions()


class Options(TypedDict, total=False):
    """Options of the composing functions; see the docstring of `chorale.api`."""

    key: str | Key
    metre: str | Metre
    pickup: float
    phrases: Sequence[int]
    temperature: float | Mapping[str, float]
    top_p: float
    min_p: float
    greedy: bool
    guidance: float
    strictness: float
    best_of: int
    rules: Sequence[LogitRule]
    seed: int
    count: int
    model: str | Path


class SpecificOptions(TypedDict, total=False):
    """Options of single functions, whose types are checked alike."""

    voice: str
    transpose: int
    tempo: float
    program: str | int
    staves: int
    soundfont: str | Path
    title: str


def _list_types(hint: Any) -> tuple[type, ...]:
    """Return the types that a hint allows; an int is a float, a Sequence is a list or a tuple."""
    if hint is float:
        return (int, float)
    if origin := get_origin(hint):
        if origin is UnionType:
            return tuple(
                dict.fromkeys(kind for part in get_args(hint) for kind in _list_types(part))
            )
        return (list, tuple) if origin is Sequence else (origin,)
    return (hint,)


OPTION_TYPES = {name: _list_types(hint) for name, hint in get_type_hints(Options).items()}
SPECIFIC_TYPES = {name: _list_types(hint) for name, hint in get_type_hints(SpecificOptions).items()}


def generate(bars: int | None = None, **options: Unpack[Options]) -> list[Chorale]:
    """Compose new chorales.

    Args:
        bars: length, 1 to 100; the total of `phrases` if left out, or else 12.
        options: see `chorale.api`. Key, metre, pickup and phrases that are left out are drawn from
            Bach's chorales.

    Returns:
        `count` chorales, all different.

    Raises:
        OptionError: an option is unknown or has a wrong value.
        CheckpointError: there is no such model, or it is damaged.
    """
    return _run(
        job_for_generating(_load_chosen_model(options), bars, _parse_plan_options(options)), options
    )


def harmonize(
    tune: Music,
    *,
    voice: str | None = None,
    keep: str | Sequence[str] = (),
    bars: Bars | None = None,
    transpose: int = 0,
    fit: Fit = "octaves",
    **options: Unpack[Options],
) -> list[Chorale]:
    """Compose the other voices for a tune, which keeps its pitches and rhythms.

    Args:
        tune: the tune, or up to four voices.
        voice: voice of a single line, such as "soprano"; if left out, the file's or the soprano.
        keep: voices of `tune` to keep, such as "soprano,bass" or ["soprano", "bass"]; if left out,
            all, or of four voices the soprano.
        bars: bars to harmonize: (5, 8) or "5-8" for the first and the last, 5 for a single one;
            all if left out.
        transpose: semitones by which to transpose the tune first.
        fit: what to do with a tune that leaves its voice's range: "octaves" moves it by octaves,
            "transpose" transposes it as little as possible and the result back.
        options: see `chorale.api`.

    Returns:
        `count` chorales, all different.

    Raises:
        OptionError: an option is unknown or has a wrong value, or does not fit the tune.
        ReadingError: the tune cannot be read, or cannot be harmonized.
        CheckpointError: there is no such model, or it is damaged.
    """
    _check_type("transpose", transpose)
    if voice is not None:
        _check_type("voice", voice)
    job = job_for_harmonizing(
        _load_chosen_model(options),
        to_reading(tune),
        _parse_plan_options(options),
        keep=parse_voices(keep),
        voice=None if voice is None else _parse_voice(voice),
        bars=None if bars is None else parse_bar_range(bars),
        transpose=transpose,
        fit=fit,
    )
    return _run(job, options)


def continue_(opening: Music, bars: int | None = None, **options: Unpack[Options]) -> list[Chorale]:
    """Continue an opening in four voices, in its key, metre and manner, to a close.

    Args:
        opening: the opening, which stays as it is at the beginning of each chorale.
        bars: bars to add; the total of `phrases` if left out, or else 8. The whole has at most 100.
        options: see `chorale.api`; `phrases` are those to add.

    Returns:
        `count` chorales, all different.

    Raises:
        OptionError: an option is unknown or has a wrong value.
        ReadingError: the opening cannot be read, or does not have four voices.
        CheckpointError: there is no such model, or it is damaged.
    """
    return _run(
        job_for_continuing(
            _load_chosen_model(options), to_reading(opening), bars, _parse_plan_options(options)
        ),
        options,
    )


def rewrite(
    chorale: Music,
    bars: Bars,
    voices: str | Sequence[str] = VOICES,
    **options: Unpack[Options],
) -> list[Chorale]:
    """Rewrite some bars of some voices to fit the music around them, which stays as it is.

    Args:
        chorale: music in four voices.
        bars: bars to rewrite: (5, 8) or "5-8" for the first and the last, 5 for a single one. Bar 1
            is the first whole bar, 0 a pickup.
        voices: voices to rewrite, such as "alto,tenor" or ["alto", "tenor"]; all if left out.
        options: see `chorale.api`.

    Returns:
        `count` chorales, all different.

    Raises:
        OptionError: an option is unknown or has a wrong value, or the music has no such bars.
        ReadingError: the music cannot be read, or does not have four voices.
        CheckpointError: there is no such model, or it is damaged.
    """
    reading, plan_options = to_reading(chorale), _parse_plan_options(options)
    job = job_for_rewriting(
        _load_chosen_model(options),
        reading,
        parse_bar_range(bars),
        parse_voices(voices),
        plan_options,
    )
    return _run(job, options)


def read(path: str | Path, part: str | int | None = None, approximate: bool = False) -> Reading:
    """Read the voices of a MIDI or MusicXML file.

    Args:
        path: path of the file.
        part: only part to read, by name or by number from 1; all parts if None.
        approximate: whether to approximate what does not fit sixteenths or four voices, such as
            triplets and chords, rather than to refuse it.

    Returns:
        The chorale, the names of its voices, facts such as the tempo, and notices of changes.

    Raises:
        ReadingError: the file cannot be read, or can be read in more than one way.
    """
    return read_music(Path(path), None if part is None else str(part), approximate)


def write(
    chorale: Chorale,
    path: str | Path,
    *,
    tempo: float = DEFAULT_TEMPO_QPM,
    program: str | int = "organ",
    staves: int = 2,
    soundfont: str | Path | None = None,
    title: str = "Chorale",
    force: bool = False,
) -> list[Path]:
    """Write a chorale to a file in the format that the ending of its name gives.

    Args:
        chorale: the chorale; reading a .mid file gives it back.
        path: path of the file, ending in .mid or .midi, .musicxml or .xml, .svg, .pdf, .png,
            -roll.png (a piano roll), .wav, .flac, .ogg or .mp3.
        tempo: quarter notes a minute, 20 to 300.
        program: instrument, such as "choir", or a General MIDI number, 0 to 127.
        staves: staves of a score: 2, or 4 with one per voice.
        soundfont: soundfont to play with, an .sf2 file; None for the built-in organ.
        title: title in the file.
        force: whether to overwrite existing files.

    Returns:
        The paths of the files: a single one, or one per page of a long score in SVG or PNG.

    Raises:
        OptionError: `chorale` is not a chorale, an option has a wrong value, the path has no known
            ending, or the built-in organ cannot play the program.
        OutputError: a file exists or cannot be written, or a library that the format needs is not
            installed.
        ReadingError: the soundfont is missing or is not a soundfont.
    """
    if not isinstance(chorale, Chorale):
        hint = "; write the chorales of a list one by one" if isinstance(chorale, list) else ""
        raise OptionError(f"only a Chorale can be written, not {_describe_type(chorale)}{hint}")
    options: dict[str, object] = {"tempo": tempo, "program": program, "staves": staves}
    options["title"] = title
    if soundfont is not None:
        options["soundfont"] = soundfont
    for name, value in options.items():
        _check_type(name, value)
    path = Path(path)
    kind = infer_format(path)
    render_options = build_render_options(
        tempo, str(program), staves, Path(soundfont) if soundfont else None
    )
    refuse_overwrite(path, force, python=True)
    [pages] = render(chorale, [kind], Metadata(title), render_options).values()
    files = [page_path(path, page) for page in range(1, len(pages) + 1)]
    for file in files:
        refuse_overwrite(file, force, python=True)
    for file, content in zip(files, pages, strict=True):
        write_bytes(file, content, replace=force)
    return files


def check(music: Music) -> CheckResult:
    """Check part-writing in two to four voices by textbook rules (`chorale.checking`).

    The cadences of estimated phrases are not judged.

    Returns:
        The findings: faults, and tendencies, which at least half of Bach's chorales have too.

    Raises:
        ReadingError: the music cannot be read, or has a single voice.
    """
    return examine(_interpret(music, 2).as_written)


def explain(music: Music, model: str | Path = DEFAULT) -> Explanation:
    """Judge how likely a model finds each note of four voices, and what it would rather write.

    Each voice is judged given the three others, its own past and the plan; see
    `chorale.judging.explaining`.

    Returns:
        All notes with their probabilities and alternatives, and the nats of each voice and step.

    Raises:
        ReadingError: the music cannot be read, or does not have four voices.
        DataError: the music has a pitch that the model lacks.
        OptionError: the model has no encoder, so that no voices can be given to it.
        CheckpointError: there is no such model, or it is damaged.
    """
    return explain_notes(load_model(model), _interpret(music, len(VOICES)).chorale)


@lru_cache(maxsize=4)
def load_model(model: str | Path = DEFAULT) -> Checkpoint:
    """Load a model by name, or by the path of a checkpoint, and keep it for later calls.

    Raises:
        CheckpointError: there is no such model, or it is damaged.
    """
    return load_checkpoint(find(str(model)))


def _load_chosen_model(options: Options) -> Checkpoint:
    return load_model(options.get("model") or DEFAULT)


def _parse_plan_options(options: Options) -> PlanOptions:
    _check_options(options)
    return PlanOptions.parse(
        options.get("key"), options.get("metre"), options.get("pickup"), options.get("phrases")
    )


def _check_options(options: Options) -> None:
    """Check at run time what type hints do not enforce.

    Raises:
        OptionError: an option is unknown or has the wrong type.
    """
    for name, value in options.items():
        if name not in OPTION_TYPES:
            raise OptionError(f"no option {name}; choose from {', '.join(OPTION_TYPES)}")
        if value is not None:
            _check_type(name, value)


def _check_type(name: str, value: object) -> None:
    allowed = (OPTION_TYPES | SPECIFIC_TYPES)[name]
    if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
        kinds = " or ".join(kind.__name__ for kind in allowed)
        raise OptionError(f"{name} must be {kinds}, not {value!r}")


def _run(job: Job, options: Options) -> list[Chorale]:
    """Run a job with the options; those that are None have their defaults."""
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    names = {each.name for each in fields(SamplingOptions)} & given.keys()
    sampling = {name: given[name] for name in names}
    if isinstance(given.get("temperature"), Mapping):
        by_voice = {_parse_voice(voice): value for voice, value in given["temperature"].items()}
        defaults = dict.fromkeys(VOICES, DEFAULTS.temperatures[0])
        sampling["temperature"] = tuple((defaults | by_voice).values())
    return list(
        run_job(
            _load_chosen_model(options),
            job,
            given.get("count", 1),
            given.get("seed", secrets.randbelow(MAX_SEED)),
            SamplingOptions(**sampling),
            rules=given.get("rules", ()),
        )
    )


def _parse_voice(voice: str) -> str:
    [name] = parse_voices([voice])
    return name


def _describe_type(value: object) -> str:
    return f"an object of type {type(value).__name__}"


def to_reading(music: Music) -> Reading:
    """Convert music, given as a path, a Reading or a Chorale, to a Reading.

    Raises:
        ReadingError: the music is none of these, cannot be read, or has no notes.
    """
    if isinstance(music, Reading):
        return music
    if isinstance(music, (str, Path)):
        return read(music)
    if not isinstance(music, Chorale):
        raise ReadingError(
            f"music must be a path, a Reading or a Chorale, not {_describe_type(music)}"
        )
    sounding = (music.pitches != REST).any(axis=0)
    plan = music.plan
    facts = Facts(
        plan.metre,
        plan.pickup_steps if plan.metre else None,
        plan.key.sharps if plan.key else None,
        plan.key.mode if plan.key else None,
        by_chorale=True,
    )
    voices = tuple(voice for voice, sounds in zip(VOICES, sounding, strict=True) if sounds)
    if not voices:
        raise ReadingError("the chorale has no notes; give one that has some")
    return Reading(music, voices, facts, ())


def _interpret(music: Music, min_voices: int) -> InterpretedMusic:
    reading = to_reading(music)
    check_voices(reading, min_voices, Path(music) if isinstance(music, (str, Path)) else None)
    return interpret(reading)
