"""The verbs of the command line for Python: `import chorale` has them all.

Music that is brought may be a path, a `Reading` of one, or a `Chorale`. What comes back is a list
of `count` chorales; their plans tell the metre, key and fermatas that were asked for or estimated.

All verbs take the `Options`, by name:

    key, metre      such as "G minor" and "3/4", or a `Key` and a `Metre`
    pickup          beats before the first whole bar
    phrases         bars of each phrase, such as [4, 4, 4, 4]
    temperature     above 0; a number, or numbers by voice, such as {"soprano": 1.0}
    top_p           share of probability that is drawn from, in (0, 1]
    greedy          always the likeliest note
    guidance        how closely plan and given notes are followed, 0 to 2
    strictness      how firmly what textbooks forbid is avoided (`chorale.composing.voice_leading`), 0 to 2
    best_of         how many are written for each that is kept, 1 to 64 (`chorale.composing.ranking`)
    seed            same seed, same music; a new one if left out or None
    count           how many, all different
    model           a model that comes with the package, or the path of a checkpoint

Wrong options raise OptionError, music that cannot be used ReadingError; both are `ChoraleError`s.
"""

import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypedDict, Unpack

from chorale.checking import Checked, examine
from chorale.composing.jobs import (
    Fit,
    Job,
    bars_of,
    continuation,
    generation,
    harmonization,
    rewriting,
    run_job,
    voices_named,
)
from chorale.composing.jobs.interpreting import Interpreted, check_voices, interpret
from chorale.composing.plan_options import PlanOptions
from chorale.errors import OptionError, ReadingError
from chorale.files import refuse_overwrite, write_bytes
from chorale.judging.explaining import Explanation
from chorale.judging.explaining import explain as explain_notes
from chorale.models import DEFAULT, find
from chorale.music import REST, VOICES, Chorale, Key, Metre
from chorale.network.checkpoint import Checkpoint, load_checkpoint
from chorale.options import SamplingOptions
from chorale.reading import Reading, read_music
from chorale.reading.parts import Facts
from chorale.rendering.formats import format_of, page_path, rendered
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import USUAL_TEMPO_QPM, render_options_of

Music = str | Path | Reading | Chorale
Bars = int | str | tuple[int, int]
DEFAULTS = SamplingOptions()


KINDS: dict[str, tuple[type, ...]] = {
    "key": (str, Key),
    "metre": (str, Metre),
    "pickup": (int, float),
    "phrases": (list, tuple),
    "temperature": (int, float, Mapping),
    "top_p": (int, float),
    "greedy": (bool,),
    "guidance": (int, float),
    "strictness": (int, float),
    "best_of": (int,),
    "seed": (int,),
    "count": (int,),
    "model": (str, Path),
}
MORE_KINDS: dict[str, tuple[type, ...]] = {  # of single verbs
    "voice": (str,),
    "transpose": (int,),
    "tempo": (int, float),
    "program": (str, int),
    "staves": (int,),
    "soundfont": (str, Path),
    "title": (str,),
}


class Options(TypedDict, total=False):
    """What all verbs take; see the module."""

    key: str | Key
    metre: str | Metre
    pickup: float
    phrases: Sequence[int]
    temperature: float | Mapping[str, float]
    top_p: float
    greedy: bool
    guidance: float
    strictness: float
    best_of: int
    seed: int | None
    count: int
    model: str | Path


def generate(bars: int | None = None, **options: Unpack[Options]) -> list[Chorale]:
    """New chorales of so many bars, 12 unless phrases are asked for.

    Raises:
        OptionError: see the module.
    """
    return _done(generation(_model(options), bars, _asked(options)), options)


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
    """The voices that a tune lacks; what is given stays as it is.

    Args:
        tune: what is brought.
        voice: the voice that a single line is in.
        keep: of several voices those that stay; all, or of four the soprano, if left out.
        bars: those that are wanted, the first and the last: (5, 8) or "5-8", or a single one.
        transpose: semitones by which the tune is moved first.
        fit: "octaves" moves a tune out of its voice's range by octaves; "transpose" by as little
            as possible, and back when the others are written.
        options: see the module.

    Raises:
        OptionError, ReadingError: see the module.
    """
    _check_kind("transpose", transpose)
    if voice is not None:
        _check_kind("voice", voice)
    job = harmonization(
        _model(options),
        reading_of(tune),
        _asked(options),
        keep=voices_named(keep),
        voice=None if voice is None else _named(voice),
        bars=None if bars is None else bars_of(bars),
        transpose=transpose,
        fit=fit,
    )
    return _done(job, options)


def continue_(opening: Music, bars: int | None = None, **options: Unpack[Options]) -> list[Chorale]:
    """An opening in four voices, carried on to a close: for 8 bars unless phrases are asked for.

    Raises:
        OptionError, ReadingError: see the module.
    """
    return _done(continuation(_model(options), reading_of(opening), bars, _asked(options)), options)


def rewrite(
    chorale: Music,
    bars: Bars,
    voices: str | Sequence[str] = VOICES,
    **options: Unpack[Options],
) -> list[Chorale]:
    """Some bars, such as (5, 8), "5-8" or 5, of some voices anew; all else stays as it is.

    Raises:
        OptionError, ReadingError: see the module.
    """
    reading, asked = reading_of(chorale), _asked(options)
    job = rewriting(_model(options), reading, bars_of(bars), voices_named(voices), asked)
    return _done(job, options)


def read(path: str | Path, part: str | int | None = None, approximate: bool = False) -> Reading:
    """The voices in a MIDI or MusicXML file; see `chorale.reading.read_music`.

    Raises:
        ReadingError: it cannot be read, or not in one way.
    """
    return read_music(Path(path), None if part is None else str(part), approximate)


def write(
    chorale: Chorale,
    path: str | Path,
    *,
    tempo: float = USUAL_TEMPO_QPM,
    program: str | int = "organ",
    staves: int = 2,
    soundfont: str | Path | None = None,
    title: str = "Chorale",
    force: bool = False,
) -> list[Path]:
    """Write a chorale in the format that a file's name tells.

    Args:
        chorale: what is written; reading a .mid file gives it back.
        path: where; its name ends in .mid or .midi, .musicxml or .xml, .svg, .pdf, .png, -roll.png
            (a piano roll), .wav, .flac, .ogg or .mp3.
        tempo: quarter notes a minute, 20 to 300.
        program: a sound's name, such as "choir", or its General MIDI number.
        staves: of a score, 2 or 4.
        soundfont: an .sf2 file to sound with; an organ of our own if None.
        title: what programs show.
        force: overwrite existing files.

    Returns:
        The files: one, but for the pages of a long score in SVG or PNG.

    Raises:
        OptionError: tempo, program or staves are out of their ranges, `chorale` is none, the path
            tells no format, or the organ is asked to sound like something else.
        OutputError: a file exists or cannot be written, or the format's library is missing.
        ReadingError: the soundfont is none.
    """
    if not isinstance(chorale, Chorale):
        hint = "; the verbs return a list of them" if isinstance(chorale, list) else ""
        raise OptionError(f"write a Chorale, not {_kind(chorale)}{hint}")
    options: dict[str, object] = {"tempo": tempo, "program": program, "staves": staves}
    options["title"] = title
    if soundfont is not None:
        options["soundfont"] = soundfont
    for name, value in options.items():
        _check_kind(name, value)
    path = Path(path)
    kind = format_of(path)
    render_options = render_options_of(
        tempo, str(program), staves, Path(soundfont) if soundfont else None
    )
    refuse_overwrite(path, force, python=True)
    [pages] = rendered(chorale, [kind], Metadata(title), render_options).values()
    files = [page_path(path, page) for page in range(1, len(pages) + 1)]
    for file in files:
        refuse_overwrite(file, force, python=True)
    for file, content in zip(files, pages, strict=True):
        write_bytes(file, content, replace=force)
    return files


def check(music: Music) -> Checked:
    """What goes against the rules of part-writing (`chorale.checking`), in two to four voices.

    Cadences are not judged where nobody wrote a close.

    Raises:
        ReadingError: the music cannot be used, or has one voice.
    """
    return examine(_heard(music, 2).written)


def explain(music: Music, model: str | Path = DEFAULT) -> Explanation:
    """How likely a network finds each note, and what it would rather have (`chorale.judging.explaining`).

    Raises:
        ReadingError: the music cannot be used, or has not four voices.
        DataError: it has a pitch that the network does not know.
        OptionError: there is no such model, or it hears no notes that are given.
    """
    return explain_notes(load_model(model), _heard(music, len(VOICES)).chorale)


@lru_cache(maxsize=4)
def load_model(model: str | Path = DEFAULT) -> Checkpoint:
    """A model that comes with the package, or a checkpoint; kept once it is loaded.

    Raises:
        CheckpointError: there is none of that name, or it is damaged.
    """
    return load_checkpoint(find(str(model)))


def _model(options: Options) -> Checkpoint:
    return load_model(_given(options, "model", DEFAULT))


def _asked(options: Options) -> PlanOptions:
    _check(options)
    return PlanOptions.of(
        options.get("key"), options.get("metre"), options.get("pickup"), options.get("phrases")
    )


def _check(options: Options) -> None:
    """Check what type hints alone do not hold anyone to.

    Raises:
        OptionError: an option is not known, or not of its kind.
    """
    for name, value in options.items():
        if name not in KINDS:
            raise OptionError(f"no option {name}; choose from {', '.join(KINDS)}")
        if value is not None:
            _check_kind(name, value)


def _check_kind(name: str, value: object) -> None:
    allowed = {**KINDS, **MORE_KINDS}[name]
    if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
        kinds = " or ".join(kind.__name__ for kind in allowed)
        raise OptionError(f"{name} must be {kinds}, not {value!r}")


def _done(job: Job, options: Options) -> list[Chorale]:
    temperature = _given(options, "temperature", DEFAULTS.temperature)
    if isinstance(temperature, Mapping):
        temperature = dict(zip(map(_named, temperature), temperature.values(), strict=True))
        each = [temperature.get(voice, DEFAULTS.temperatures[0]) for voice in VOICES]
        soprano, alto, tenor, bass = each
        temperature = (soprano, alto, tenor, bass)
    sampling = SamplingOptions(
        temperature,
        _given(options, "top_p", DEFAULTS.top_p),
        _given(options, "greedy", DEFAULTS.greedy),
        _given(options, "guidance", DEFAULTS.guidance),
        _given(options, "best_of", DEFAULTS.best_of),
        _given(options, "strictness", DEFAULTS.strictness),
    )
    seed = _given(options, "seed", secrets.randbelow(2**31))
    return list(run_job(_model(options), job, _given(options, "count", 1), seed, sampling))


def _named(voice: str) -> str:
    [name] = voices_named([voice])
    return name


def _kind(value: object) -> str:
    return f"of type {type(value).__name__}"


def _given(options: Options, name: str, default: Any) -> Any:
    """An option, or its default if it is left out or None."""
    value = options.get(name)
    return default if value is None else value


def reading_of(music: Music) -> Reading:
    """What is read of music that is brought.

    Raises:
        ReadingError: it cannot be used.
    """
    if isinstance(music, Reading):
        return music
    if isinstance(music, (str, Path)):
        return read(music)
    if not isinstance(music, Chorale):
        raise ReadingError(f"music is a path, a Reading or a Chorale, not {_kind(music)}")
    sounding = (music.pitches != REST).any(axis=0)
    plan = music.plan
    facts = Facts(
        plan.metre,
        plan.pickup_steps if plan.metre else None,
        plan.key.sharps if plan.key else None,
        plan.key.mode if plan.key else None,
        ours=True,
    )
    voices = tuple(voice for voice, sounds in zip(VOICES, sounding, strict=True) if sounds)
    if not voices:
        raise ReadingError("a chorale without a note; bring one that has some")
    return Reading(music, voices, facts, ())


def _heard(music: Music, least_voices: int) -> Interpreted:
    reading = reading_of(music)
    check_voices(reading, least_voices, Path(music) if isinstance(music, (str, Path)) else None)
    return interpret(reading)
