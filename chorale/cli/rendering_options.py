"""Options of `render`, and what they resolve to before a file is read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as shared
from chorale.cli.outputs import Outputs, choose_outputs, is_folder
from chorale.errors import OptionError

if TYPE_CHECKING:
    from chorale.composing.plan_options import PlanOptions
    from chorale.music import Key
    from chorale.rendering.render_options import RenderOptions

PRACTICE_FORMAT = "mp3"  # plays on every phone
PARTS_FORMAT = "pdf"


@dataclass(frozen=True)
class RenderingOptions:
    """Options of `render`, as typed."""

    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format", metavar="FORMATS", help=shared.FORMATS_HELP, show_default="by --output"
        ),
    ] = None
    output: Annotated[
        str | None,  # a Path would lose the slash at the end of a folder's name
        typer.Option(
            "-o",
            "--output",
            metavar="PATH",
            help=shared.OUTPUT_HELP,
            show_default="the file's name, here",
        ),
    ] = None
    practice: Annotated[
        bool,
        typer.Option(
            "--practice",
            help="Write one file per voice, with that voice louder than the others, as sound "
            f"({PRACTICE_FORMAT} if no format is given) or midi.",
        ),
    ] = False
    minus_one: Annotated[
        bool,
        typer.Option(
            "--minus-one",
            help="Write one file per voice in which all voices but that one sound, as sound "
            f"({PRACTICE_FORMAT} if no format is given) or midi.",
        ),
    ] = False
    parts: Annotated[
        bool,
        typer.Option(
            "--parts",
            help="Write one score per voice, with its words and marks "
            f"({PARTS_FORMAT} if no format is given).",
        ),
    ] = False
    count_in: shared.CountIn = 0
    metronome: Annotated[
        bool,
        typer.Option(
            "--metronome", help="Click on each beat, in an even tempo, in sound and midi."
        ),
    ] = False
    play_repeats: shared.PlayRepeats = False
    title: Annotated[
        str | None, typer.Option(help="Title in the files.", show_default="the file's")
    ] = None
    transpose: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=-24,
            max=24,
            help="Transpose the music by N semitones, down if below 0.",
            show_default="0, or to --key",
        ),
    ] = None
    key: Annotated[
        str | None,
        typer.Option(
            "--key",
            metavar="KEY",
            help='Key to transpose the music to, such as "E minor". With --transpose: the key the '
            "file is in, which moves no note.",
            show_default="the file's",
        ),
    ] = None
    metre: shared.MetreName = None
    pickup: shared.Pickup = None
    staves: shared.Staves = 2
    analysis: shared.Analysis = False
    symbols: shared.SymbolKind = None
    tempo: shared.Tempo = None
    program: shared.Program = "organ"
    soundfont: shared.Soundfont = None
    part: shared.Part = None
    voicing: shared.VoicingName = None
    approximate: shared.Approximate = False
    quiet: shared.Quiet = False
    force: shared.Force = False

    def plan_options(self) -> "PlanOptions":
        """Parse metre, pickup and the key that the file is in.

        Raises:
            OptionError: a text cannot be parsed, or a value is outside its range.
        """
        key = None if self.transpose is None else self.key
        return shared.parse_plan_options(key, self.metre, self.pickup, None)

    def target_key(self) -> "Key | None":
        """Parse the key to transpose to; None without one.

        Raises:
            OptionError: the text is not a key.
        """
        if self.transpose is not None:
            return None
        return shared.parse_plan_options(self.key, None, None, None).key

    def render_options(self) -> "RenderOptions":
        """Build the options of notation and sound.

        Raises:
            OptionError: a value is out of range, or the program is unknown.
        """
        from chorale.rendering.render_options import build_render_options

        options = build_render_options(self.tempo, self.program, self.staves, self.soundfont)
        return replace(
            options,
            count_in_bars=self.count_in,
            metronome=self.metronome,
            play_repeats=self.play_repeats,
        )

    def choose_outputs(self, files: Sequence[Path]) -> list[Outputs]:
        """Choose the output files of each input file.

        Raises:
            OptionError: several input files would become one file, a format cannot do what is
                requested, or as in `chorale.cli.outputs.choose_outputs`.
        """
        count, output = len(files), self.output
        if count > 1 and output and not is_folder(output):
            raise OptionError(f"{count} files cannot all become {output}; name a folder")
        usual_format = PRACTICE_FORMAT if self.practice or self.minus_one else None
        if self.parts:
            usual_format = PARTS_FORMAT
        chosen = [choose_outputs(output, self.formats, usual_format, each.stem) for each in files]
        self._check_formats(chosen[0].formats)
        return chosen

    def _check_formats(self, names: Sequence[str]) -> None:
        """Check that formats can hold what is requested of scores, or of sound and midi.

        Raises:
            OptionError: a part would not be a score, a practice file would be neither sound nor
                midi, or no file could click.
        """
        from chorale.rendering.formats import FORMATS
        from chorale.rendering.losses import PLAYED_KINDS

        if self.parts:
            self._check_parts(names)
        silent = [name for name in names if FORMATS[name].kind not in ("notes", "sound")]
        unplayed = [name for name in names if FORMATS[name].kind not in PLAYED_KINDS]
        for requested, option in ((self.practice, "practice"), (self.minus_one, "minus-one")):
            if requested and silent:
                raise _refuse(option, "makes sound or midi", silent[0])
        for requested, option in ((self.count_in > 0, "count-in"), (self.metronome, "metronome")):
            if requested and len(silent) == len(names):
                raise _refuse(option, "is for sound and midi", silent[0])
        if self.play_repeats and len(unplayed) == len(names):
            raise _refuse("play-repeats", "is for sound, midi and html", unplayed[0])

    def _check_parts(self, names: Sequence[str]) -> None:
        """Check that the scores of single voices are requested of formats that have scores.

        Raises:
            OptionError: a format is not that of a score, or another option does not go with parts.
        """
        from chorale.rendering.formats import FORMATS

        if self.practice or self.minus_one:
            other = "practice" if self.practice else "minus-one"
            raise OptionError(
                f"--parts makes scores and --{other} makes sound or midi; give one at a time"
            )
        others = [name for name in names if FORMATS[name].kind != "score"]
        if others:
            scores = [name for name in FORMATS if FORMATS[name].kind == "score"]
            raise OptionError(
                f"--parts makes scores, not {others[0]}; choose from {', '.join(scores)}"
            )


def _refuse(option: str, purpose: str, name: str) -> OptionError:
    """Return the error of an option that a format cannot follow."""
    hint = "; the page has controls of its own for that" if name == "html" else ""
    return OptionError(f"--{option} {purpose}, not {name}{hint}")
