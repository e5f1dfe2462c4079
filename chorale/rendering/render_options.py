"""How a chorale is written and played, whatever the format."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

from chorale.errors import OptionError
from chorale.music import VOICES

Staves = Literal[2, 4]

MIN_TEMPO_QPM = 20.0
MAX_TEMPO_QPM = 300.0
USUAL_TEMPO_QPM = 80.0
MAX_PROGRAM = 127

# General MIDI sounds, counted from 0 as in the file; printed lists often count from 1.
PROGRAMS = {
    "piano": 0,
    "harpsichord": 6,
    "organ": 19,
    "strings": 48,
    "choir": 52,
    "brass": 61,
}


@dataclass(frozen=True)
class Colours:
    """Colours of a score, such as "#D55E00"; black is "".

    Attributes:
        notes: of each voice in SATB order, note by note.
        legend: what they mean, each with its colour, to be read from left to right.
    """

    notes: tuple[tuple[str, ...], ...]
    legend: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RenderOptions:
    """How a chorale is written and played.

    Attributes:
        tempo_qpm: quarter notes a minute, 20 to 300.
        program: General MIDI program, 0 to 127.
        staves: of a score: 2, or 4 for a staff a voice.
        soundfont: for sound; the organ of our own if None.
        front: the voice, 0 to 3, that is in front of the others; None if they are alike.
        colours: of the notes of a score; all are black if None.

    Raises:
        OptionError: one is outside its range.
    """

    tempo_qpm: float = USUAL_TEMPO_QPM
    program: int = PROGRAMS["organ"]
    staves: Staves = 2
    soundfont: Path | None = None
    front: int | None = None
    colours: Colours | None = None

    def at_tempo_of(self, tempo_qpm: float | None) -> tuple["RenderOptions", str]:
        """This at the tempo that a file tells, if players take it, with a remark if they do not."""
        tempo = playable(tempo_qpm)
        remark = ""
        if tempo_qpm is not None and tempo_qpm != tempo:
            remark = f"a tempo of {tempo:g}, since players do not take its {tempo_qpm:g}"
        return replace(self, tempo_qpm=tempo), remark

    def __post_init__(self) -> None:
        check_tempo(self.tempo_qpm)
        if not 0 <= self.program <= MAX_PROGRAM:
            raise OptionError(f"program must be 0 to {MAX_PROGRAM}, not {self.program}")
        if self.staves not in (2, 4):
            raise OptionError(f"a score has 2 or 4 staves, not {self.staves}")
        if self.front not in (None, *range(len(VOICES))):
            raise OptionError(f"the voice in front is 0 to {len(VOICES) - 1}, not {self.front}")


def render_options_of(
    tempo_qpm: float | None, program: str, staves: int, soundfont: Path | None = None
) -> RenderOptions:
    """The manner that options ask for; at the usual tempo if none is.

    Raises:
        OptionError: one is outside its range.
    """
    tempo = USUAL_TEMPO_QPM if tempo_qpm is None else tempo_qpm
    return RenderOptions(tempo, program_number(program), cast(Staves, staves), soundfont)


def program_number(text: str) -> int:
    """The General MIDI program, 0 to 127, that a user calls by name or by number.

    Raises:
        OptionError: `text` is neither a name in PROGRAMS nor such a number.
    """
    word = text.strip().lower()
    if word in PROGRAMS:
        return PROGRAMS[word]
    if word.isascii() and word.isdigit() and int(word) <= MAX_PROGRAM:
        return int(word)
    raise OptionError(
        f"no instrument {text!r}; choose {', '.join(PROGRAMS)} "
        f"or a General MIDI number from 0 to {MAX_PROGRAM}"
    )


def check_tempo(tempo_qpm: float) -> None:
    """Check that a tempo, in quarter notes a minute, is one that players take.

    Raises:
        OptionError: it is not MIN_TEMPO_QPM to MAX_TEMPO_QPM.
    """
    if not MIN_TEMPO_QPM <= tempo_qpm <= MAX_TEMPO_QPM:
        raise OptionError(
            f"tempo must be {MIN_TEMPO_QPM:g} to {MAX_TEMPO_QPM:g} quarter notes a minute, "
            f"not {tempo_qpm:g}"
        )


def playable(tempo_qpm: float | None) -> float:
    """A tempo that a file tells, if players take it; else the usual one."""
    if tempo_qpm is None or not MIN_TEMPO_QPM <= tempo_qpm <= MAX_TEMPO_QPM:
        return USUAL_TEMPO_QPM
    return tempo_qpm


USUAL = RenderOptions()
