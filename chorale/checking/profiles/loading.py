"""The profiles that ship, and profiles in TOML files.

A file states what differs from another profile:

    base = "textbook"       # the profile that holds for all that the file does not state: bach
                            # (if there is no base) or textbook
    points = 20             # points of an exercise without faults
    weight = 1              # weight of each fault whose rule is not under [weights]
    ignore = ["overlap"]    # rules that are left out
    tendencies = ["crossing"]   # rules against which findings are tendencies and cost nothing

    [weights]               # weight of a fault, by the name of its rule
    "parallel fifths" = 2

    [ranges]                # lowest and highest note of a voice
    soprano = ["C4", "G5"]

Names of rules are those of `chorale check --list-rules`, whole or a beginning that several share.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from os.path import isfile  # unlike Path.is_file, raises nothing whatever the name
from pathlib import Path
from types import MappingProxyType
from typing import Any

from chorale.checking.profiles.profile import Profile, bach_profile
from chorale.checking.rules import RULES
from chorale.errors import OptionError
from chorale.music.spelling import Spelling
from chorale.music.voices import VOICES
from chorale.music.voicings import VOICINGS
from chorale.untrusted import read_at_most, shorten

BACH, TEXTBOOK = "bach", "textbook"
PROFILES = (BACH, TEXTBOOK)
SUFFIX = ".toml"
MAX_BYTES = 16_000  # Python takes time with the square of the dots in a key
MAX_WEIGHT = 1000  # of a fault, and most points of an exercise
VOICE_NAMES = frozenset({*VOICES, *(name for each in VOICINGS.values() for name in each.names)})

_FOLDER = Path(__file__).parent
_NOTE = re.compile(r"([A-Ga-g])([#b]?)(-1|\d)")
_ALTERATIONS = {"": 0, "#": 1, "b": -1}


def find_profile(name: str | Path | Profile) -> Profile:
    """Return a profile by its name, or load it from a TOML file.

    Args:
        name: one of PROFILES, or the path of a file that ends in .toml.

    Raises:
        OptionError: there is no such profile or file, or the file is not as described above.
    """
    if isinstance(name, Profile):
        return name
    word = str(name).strip()
    if word.lower() == BACH:
        return bach_profile()
    if word.lower() == TEXTBOOK:
        return _load(_FOLDER / f"{TEXTBOOK}{SUFFIX}")
    if not word.lower().endswith(SUFFIX):
        raise OptionError(
            f"there is no profile {word!r}; choose {', '.join(PROFILES)} or a file that ends in "
            f"{SUFFIX}"
        )
    return _load(Path(name))


def _load(path: Path) -> Profile:
    """Load a profile from a TOML file; raises as `find_profile`."""
    if not isfile(path):
        raise OptionError(
            f"there is no file {path}; choose {', '.join(PROFILES)} or a {SUFFIX} file that exists"
        )
    try:
        content = read_at_most(path, MAX_BYTES)
    except OSError as error:
        raise OptionError(f"cannot read the profile {path}: {error.strerror}") from error
    if content is None:
        raise OptionError(f"the profile {path} is longer than {MAX_BYTES:,} bytes")
    try:
        values = tomllib.loads(content.decode("utf-8-sig"))  # some editors begin with a mark
    except (ValueError, RecursionError) as error:
        raise OptionError(f"the profile {path} is no TOML: {error}") from error
    try:
        return _build(path.stem, values)
    except OptionError as error:
        raise OptionError(f"the profile {path}: {error}") from error


def _build(name: str, values: Mapping[str, Any]) -> Profile:
    """Build a profile from the values of a TOML file; raises as `find_profile`."""
    profile = replace(_find_base(values.get("base", BACH)), name=name)
    changes: dict[str, Callable[[Profile, Any], Profile]] = {  # in the order in which they apply
        "base": lambda profile, _: profile,
        "points": lambda profile, value: replace(
            profile, points=_require_number(value, "points", least=1)
        ),
        "weight": _set_every_weight,
        "weights": _set_weights,
        "tendencies": lambda profile, value: replace(
            profile, tendencies=frozenset(_find_rules(profile, value, "tendencies"))
        ),
        "ignore": lambda profile, value: replace(
            profile, ignored=frozenset(_find_rules(profile, value, "ignore"))
        ),
        "ranges": _set_ranges,
    }
    unknown = [key for key in values if key not in changes]
    if unknown:
        raise OptionError(f"unknown key {_quote(unknown[0])}; the keys are {', '.join(changes)}")
    for key, change in changes.items():
        if key in values:
            profile = change(profile, values[key])
    if len(profile.ignored) == len(RULES):
        raise OptionError("no rule remains to be applied; ignore fewer rules")
    return profile


def _find_base(name: object) -> Profile:
    if name not in PROFILES:
        raise OptionError(f"base is {_quote(name)}; choose {' or '.join(PROFILES)}")
    return find_profile(str(name))


def _set_every_weight(profile: Profile, value: object) -> Profile:
    weight = _require_number(value, "weight")
    return replace(profile, weights=MappingProxyType(dict.fromkeys(RULES, weight)))


def _set_weights(profile: Profile, table: object) -> Profile:
    weights = dict(profile.weights)
    for name, value in _require_table(table, "weights").items():
        weight = _require_number(value, f"the weight of {_quote(name)}")
        weights |= dict.fromkeys(profile.find_rules([name]), weight)
    return replace(profile, weights=MappingProxyType(weights))


def _set_ranges(profile: Profile, table: object) -> Profile:
    ranges = dict(profile.ranges)
    for voice, notes in _require_table(table, "ranges").items():
        if voice not in VOICE_NAMES:
            raise OptionError(
                f"{_quote(voice)} in [ranges] is no voice; name one such as {', '.join(VOICES)} or "
                "soprano 2"
            )
        if not isinstance(notes, list) or len(notes) != 2:
            raise OptionError(f'the range of {voice} is not two notes, such as ["C4", "G5"]')
        lowest, highest = (_parse_note(note, voice) for note in notes)
        if lowest > highest:
            raise OptionError(f"the range of {voice} goes from {notes[0]} down to {notes[1]}")
        ranges[voice] = lowest, highest
    return replace(profile, ranges=MappingProxyType(ranges))


def _find_rules(profile: Profile, names: object, key: str) -> list[str]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise OptionError(f'{key} is not a list of names, such as ["crossing", "overlap"]')
    return profile.find_rules(names)


def _require_table(value: object, key: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise OptionError(f"{key} is not a table, which begins with the line [{key}]")
    return value


def _require_number(value: object, name: str, least: float = 0) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise OptionError(f"{name} is {_quote(value)}, which is no number")
    if not least <= value <= MAX_WEIGHT:  # nor NaN, which fails every comparison
        raise OptionError(f"{name} is {_quote(value)}; it must be {least} to {MAX_WEIGHT}")
    return float(value)


def _parse_note(text: object, voice: str) -> int:
    """Return the MIDI number of a note such as "F#4"; middle C is C4."""
    found = _NOTE.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise OptionError(
            f"{_quote(text)} in the range of {voice} is no note such as C4, F#3 or Bb4"
        )
    letter, sign, octave = found.groups()
    return Spelling(letter.upper(), _ALTERATIONS[sign], int(octave)).pitch


def _quote(value: object) -> str:
    """Return a value of a file for a message, shortened if it is long."""
    try:
        return shorten(repr(value))
    except (ValueError, RecursionError):  # a number of thousands of digits, tables in tables
        return f"too long a value ({type(value).__name__})"
