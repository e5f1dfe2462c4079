"""The functions that judge music."""

from collections.abc import Collection
from pathlib import Path

from chorale.api.composing import load_model
from chorale.api.music import Music, to_reading
from chorale.api.options import check_type
from chorale.checking import CheckResult, examine
from chorale.checking.profiles import BACH, Profile, find_profile
from chorale.composing.jobs.interpreting import InterpretedMusic, check_voices, interpret
from chorale.composing.plan_options import ANY_PLAN, PlanOptions
from chorale.errors import OptionError
from chorale.harmony import HarmonyAnalysis, analyze_harmony
from chorale.judging.explaining import Explanation
from chorale.judging.explaining import explain as explain_notes
from chorale.models import DEFAULT
from chorale.music import VOICES, Key
from chorale.music.voicings import Voicing
from chorale.reading import Reading


def check(
    music: Music,
    voicing: str | Voicing | None = None,
    *,
    key: str | Key | None = None,
    rules: Collection[str] = (),
    ignore: Collection[str] = (),
    profile: str | Path | Profile = BACH,
    open_end: bool = False,
) -> CheckResult:
    """Check part-writing in two to four voices by textbook rules (`chorale.checking`).

    If the phrases are estimated, their cadences are not judged.

    Args:
        music: the music.
        voicing: the choir, such as "SSA", for the ranges and names of the voices; None for that of
            the names in a file, or SATB. A Reading has its own.
        key: home key of the music, such as "G minor"; None for that of a file, or the estimated
            one.
        rules: names of the rules to apply, or beginnings of names; none for those of the profile.
        ignore: names of rules to leave out.
        profile: rules, their weights and points: "bach", "textbook", or the path of a TOML file
            (`chorale.checking.profiles`).
        open_end: whether the music may end on a half close, as an exercise may.

    Returns:
        The findings: faults, and tendencies, which at least half of Bach's chorales have too,
        or which textbooks tolerate, unless the profile says otherwise.

    Raises:
        ReadingError: the music cannot be read, or has a single voice.
        OptionError: there is no such voicing, key, profile or rule, or the voicing lacks a voice.
    """
    if key is not None:
        check_type("key", key)
    check_type("open_end", open_end)
    only, left_out = _list_names("rules", rules), _list_names("ignore", ignore)
    reading = to_reading(music, voicing)
    interpreted = _interpret(reading, music, 2, PlanOptions.parse(key))
    chorale, fermatas = interpreted.as_written, interpreted.chorale.plan.fermatas
    chosen = find_profile(profile).select(only, left_out)
    return examine(
        chorale, fermatas=fermatas, voicing=reading.voicing, profile=chosen, open_end=open_end
    )


def analyze(
    music: Music, key: str | Key | None = None, voicing: str | Voicing | None = None
) -> HarmonyAnalysis:
    """Name the harmony: chords as Roman numerals, keys, cadences, non-chord tones.

    Phrases that the music does not have are estimated; see `chorale.harmony`.

    Args:
        music: the music, in two voices or more.
        key: key of the whole music, such as "G minor"; None for that of the file or an estimate.
        voicing: the choir, such as "SSA"; None to infer that of a file, and for SATB.

    Returns:
        The chords, phrases and non-chord tones, each with its steps.

    Raises:
        ReadingError: the music cannot be read, or has a single voice.
        OptionError: `key` is not a key, or there is no such voicing.
    """
    if key is not None:
        check_type("key", key)
    given = PlanOptions.parse(key, None, None, None, None).key
    reading = to_reading(music, voicing)
    check_voices(reading, 2, _path_of(music), reason="a chord is of two voices or more")
    return analyze_harmony(interpret(reading, PlanOptions(key=given)).chorale, given)


def explain(music: Music, model: str | Path = DEFAULT) -> Explanation:
    """Compute how likely a model finds each note of four voices, and the likeliest alternatives.

    Each voice is judged given the three others, its own past and the plan; see
    `chorale.judging.explaining`.

    Returns:
        All notes with their probabilities and alternatives, and the nats of each voice and step.

    Raises:
        ReadingError: the music cannot be read, or does not have four voices.
        DataError: the music has a pitch outside the model's vocabulary.
        OptionError: the model has no encoder, so it cannot take given voices.
        CheckpointError: the model does not exist or is damaged.
    """
    return explain_notes(
        load_model(model), _interpret(to_reading(music), music, len(VOICES)).chorale
    )


def _list_names(option: str, names: Collection[str]) -> list[str]:
    """Return names of rules; raises OptionError if they are none."""
    is_list = isinstance(names, Collection) and not isinstance(names, (str, bytes))
    if not is_list or not all(isinstance(name, str) for name in names):
        raise OptionError(f'{option} must be a list of names, such as ["crossing"], not {names!r}')
    return list(names)


def _interpret(
    reading: Reading, music: Music, min_voices: int, plan_options: PlanOptions = ANY_PLAN
) -> InterpretedMusic:
    check_voices(reading, min_voices, _path_of(music))
    return interpret(reading, plan_options)


def _path_of(music: Music) -> Path | None:
    return Path(music) if isinstance(music, (str, Path)) else None
