"""How a chorale is notated and played, whatever the format."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

from chorale.errors import OptionError
from chorale.music import VOICES

Staves = Literal[2, 4]

MIN_TEMPO_QPM = 20.0
MAX_TEMPO_QPM = 300.0
DEFAULT_TEMPO_QPM = 80.0
MAX_PROGRAM = 127

# General MIDI programs, counted from 0 as in the file; printed lists often count from 1.
PROGRAMS = {
    "piano": 0,
    "harpsichord": 6,
    "organ": 19,
    "strings": 48,
    "choir": 52,
    "brass": 61,
}


@dataclass(frozen=True)
class ScoreColours:
    """Colours of a score's notes, such as "#D55E00"; "" stands for black.

    Attributes:
        notes: colours of the notes of each voice, in SATB order.
        legend: pairs of meaning and colour, from left to right.
    """

    notes: tuple[tuple[str, ...], ...]
    legend: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RenderOptions:
    """How a chorale is notated and played.

    Attributes:
        tempo_qpm: quarter notes a minute, 20 to 300.
        program: General MIDI program, 0 to 127.
        staves: 2, or 4 for a staff per voice; only scores use this.
        soundfont: soundfont that plays the sound; None for the built-in organ.
        front_voice: voice that is louder than the others, 0 to 3; None for equal loudness.
        colours: colours of a score's notes; None for black.

    Raises:
        OptionError: a value is out of range.
    """

    tempo_qpm: float = DEFAULT_TEMPO_QPM
    program: int = PROGRAMS["organ"]
    staves: Staves = 2
    soundfont: Path | None = None
    front_voice: int | None = None
    colours: ScoreColours | None = None

    def __post_init__(self) -> None:
        check_tempo(self.tempo_qpm)
        if not 0 <= self.program <= MAX_PROGRAM:
            raise OptionError(f"program must be 0 to {MAX_PROGRAM}, not {self.program}")
        if self.staves not in (2, 4):
            raise OptionError(f"a score has 2 or 4 staves, not {self.staves}")
        if self.front_voice not in (None, *range(len(VOICES))):
            raise OptionError(
                f"the front voice must be 0 to {len(VOICES) - 1}, not {self.front_voice}"
            )

    def adopt_tempo(self, tempo_qpm: float | None) -> tuple["RenderOptions", str]:
        """Return these options with a file's tempo, and a notice if the tempo is out of range.

        Args:
            tempo_qpm: tempo of the file; None or a tempo out of range gives the default tempo.
        """
        tempo = playable_tempo(tempo_qpm)
        notice = ""
        if tempo_qpm is not None and tempo_qpm != tempo:
            notice = (
                f"tempo {tempo:g}, since the file's {tempo_qpm:g} is not {MIN_TEMPO_QPM:g} to "
                f"{MAX_TEMPO_QPM:g}"
            )
        return replace(self, tempo_qpm=tempo), notice


def build_render_options(
    tempo_qpm: float | None, program: str, staves: int, soundfont: Path | None = None
) -> RenderOptions:
    """Build the options from the values of the command line; a tempo of None is the default.

    Raises:
        OptionError: a value is out of range, or the program is unknown.
    """
    tempo = DEFAULT_TEMPO_QPM if tempo_qpm is None else tempo_qpm
    return RenderOptions(tempo, parse_program(program), cast(Staves, staves), soundfont)


def parse_program(text: str) -> int:
    """Return the General MIDI program, 0 to 127, of an instrument's name or number.

    Raises:
        OptionError: `text` is neither a name in PROGRAMS nor a number from 0 to 127.
    """
    word = text.strip().lower()
    if word in PROGRAMS:
        return PROGRAMS[word]
    if word.isascii() and word.isdigit() and int(word) <= MAX_PROGRAM:
        return int(word)
    raise OptionError(
        f"unknown instrument {text!r}; choose {', '.join(PROGRAMS)} "
        f"or a General MIDI number from 0 to {MAX_PROGRAM}"
    )


def check_tempo(tempo_qpm: float) -> None:
    """Check that a tempo, in quarter notes a minute, is in range.

    Raises:
        OptionError: the tempo is not MIN_TEMPO_QPM to MAX_TEMPO_QPM.
    """
    if not MIN_TEMPO_QPM <= tempo_qpm <= MAX_TEMPO_QPM:
        raise OptionError(
            f"tempo must be {MIN_TEMPO_QPM:g} to {MAX_TEMPO_QPM:g} quarter notes a minute, "
            f"not {tempo_qpm:g}"
        )


def playable_tempo(tempo_qpm: float | None) -> float:
    """Return a file's tempo if it is in range, else the default."""
    if tempo_qpm is None or not MIN_TEMPO_QPM <= tempo_qpm <= MAX_TEMPO_QPM:
        return DEFAULT_TEMPO_QPM
    return tempo_qpm


DEFAULT_RENDER_OPTIONS = RenderOptions()
