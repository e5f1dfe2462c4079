"""How a chorale is notated and played, whatever the format."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

from chorale.errors import OptionError
from chorale.music import VOICES
from chorale.music.voicings import SATB, Voicing
from chorale.wording import join_names

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
# Families of eight programs each, as General MIDI lists them.
PROGRAM_FAMILIES = (
    *("piano", "chromatic percussion", "organ", "guitar", "bass guitar", "strings", "ensemble"),
    *("brass", "reeds", "flutes", "synthesizer lead", "synthesizer pad", "synthesizer effects"),
    *("folk instruments", "percussion", "sound effects"),
)
CHOIR_PROGRAMS = range(52, 55)  # choir, voices and synthesized voices
STRING_PROGRAMS = range(48, 52)  # string ensembles
ORGAN_PROGRAMS = range(16, 21)  # programs that the built-in organ plays


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
class Remark:
    """A remark on some notes, such as a finding of `check`.

    Attributes:
        step: first step of the remark.
        end: exclusive end.
        voices: voices that it is about, 0 = soprano.
        place: its place in words.
        text: the remark.
        label: a mark such as "[1]" that stands in the score at the voices, and before the remark in
            the legend; empty for a remark that only a page shows.
    """

    step: int
    end: int
    voices: tuple[int, ...]
    place: str
    text: str
    label: str = ""


@dataclass(frozen=True)
class RenderOptions:
    """How a chorale is notated and played.

    Attributes:
        tempo_qpm: quarter notes a minute, 20 to 300.
        program: General MIDI program, 0 to 127.
        staves: 2, or 4 for a staff per voice; only scores use this.
        soundfont: soundfont that plays the sound; None for the built-in organ.
        front_voice: voice that is louder than the others, 0 to 3; None for equal loudness.
        silent_voice: voice that does not sound, 0 to 3; None if all sound. Scores have it.
        count_in_bars: bars of clicks before the music, in sound and MIDI.
        metronome: whether a click marks each beat, in an even tempo, in sound and MIDI.
        play_repeats: whether repeats are played out, in sound, MIDI and pages; scores keep the
            signs.
        colours: colours of a score's notes; None for black.
        voicing: choir whose names, clefs and ranges the voices have.
        remarks: remarks on notes, which stand beside the score in a page; those with a label are
            marked in the score, and listed in its legend.
        for_editing: whether an engraved score has staves for silent voices too, and each measure of
            rests by itself, so that notes can be put there.

    Raises:
        OptionError: a value is out of range.
    """

    tempo_qpm: float = DEFAULT_TEMPO_QPM
    program: int = PROGRAMS["organ"]
    staves: Staves = 2
    soundfont: Path | None = None
    front_voice: int | None = None
    silent_voice: int | None = None
    count_in_bars: int = 0
    metronome: bool = False
    play_repeats: bool = False
    colours: ScoreColours | None = None
    voicing: Voicing = SATB
    remarks: tuple[Remark, ...] = ()
    for_editing: bool = False

    def __post_init__(self) -> None:
        check_tempo(self.tempo_qpm)
        if not 0 <= self.program <= MAX_PROGRAM:
            raise OptionError(f"program must be 0 to {MAX_PROGRAM}, not {self.program}")
        if self.staves not in (2, 4):
            raise OptionError(f"a score has 2 or 4 staves, not {self.staves}")
        for name, voice in (("front", self.front_voice), ("silent", self.silent_voice)):
            if voice not in (None, *range(len(VOICES))):
                raise OptionError(f"the {name} voice must be 0 to {len(VOICES) - 1}, not {voice}")
        if self.count_in_bars < 0:
            raise OptionError(f"a count-in has 0 bars or more, not {self.count_in_bars}")

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


def describe_program(program: int) -> str:
    """Return a name for a General MIDI program, 0 to 127: its own, or that of its family."""
    if program in CHOIR_PROGRAMS:
        return "choir"
    if program in STRING_PROGRAMS:
        return "strings"
    return PROGRAM_FAMILIES[program // 8]


def describe_substitute(programs: Sequence[int], render_options: RenderOptions) -> str:
    """Describe that an organ sounds in place of a file's own instruments.

    Args:
        programs: General MIDI programs of the file; none if it states none.
        render_options: program and soundfont that are played.

    Returns:
        A notice that says how to get the instrument; empty if no other instrument is replaced.
    """
    others = [program for program in programs if program not in ORGAN_PROGRAMS]
    if not others or render_options.program not in ORGAN_PROGRAMS:
        return ""
    names = list(dict.fromkeys(map(describe_program, others)))
    soundfont = "" if render_options.soundfont else "--soundfont FILE "
    return (
        f"an organ sounds, not the file's {join_names(names)}; "
        f"`{soundfont}--program {others[0]}` plays the {names[0]}"
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
