"""`chorale render`: files that are brought, as scores, sound and pictures."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as given
from chorale.cli.console import progress_bar, say
from chorale.cli.input_files import as_written, metadata_of
from chorale.cli.outputs import Outputs, outputs_of
from chorale.errors import OptionError

if TYPE_CHECKING:
    from chorale.music import Chorale
    from chorale.rendering.metadata import Metadata
    from chorale.rendering.render_options import RenderOptions

PRACTICE_FORMAT = "mp3"  # that choirs hand round


def render(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="MIDI or MusicXML files.", show_default=False),
    ],
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format", metavar="FORMATS", help=given.FORMATS_HELP, show_default="by --output"
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="File, whose ending tells the format, or folder.",
            show_default="the file's name, here",
        ),
    ] = None,
    practice: Annotated[
        bool,
        typer.Option(
            "--practice",
            help="A file for each voice, with that voice in front: mp3, other sound, or midi.",
        ),
    ] = False,
    title: Annotated[
        str | None, typer.Option(help="What programs show.", show_default="the file's")
    ] = None,
    key: given.KeyName = None,
    metre: given.MetreName = None,
    pickup: given.Pickup = None,
    staves: given.StavesOfScore = 2,
    tempo: given.TempoOfFile = None,
    program: given.Program = "organ",
    soundfont: given.Soundfont = None,
    part: given.Part = None,
    approximate: given.Approximate = False,
    quiet: given.Quiet = False,
    force: given.Force = False,
) -> None:
    """Write what is in MIDI or MusicXML files as scores, as sound, or as pictures.

    Metre, pickup and key, which a score shows, are estimated and told where the file does not say
    them; --key, --metre and --pickup say otherwise.
    """
    from chorale.composing.jobs.planning import account
    from chorale.reading import read_music
    from chorale.rendering.formats import check_formats
    from chorale.rendering.render_options import render_options_of

    asked = given.plan_options(key, metre, pickup, None)
    render_options = render_options_of(tempo, program, staves, soundfont)
    usual = PRACTICE_FORMAT if practice else None
    prepared: list[tuple[Path, _Job, list[str]]] = []
    for file in files:
        outputs = _outputs(file, len(files), output, formats, usual)
        if not prepared:
            check_formats(outputs.formats, render_options)
        reading = read_music(file, part, approximate)
        chorale, sources = as_written(reading, asked)
        fronts = _fronts(outputs, reading.voices if practice else None)
        remarks = [*reading.told, account(chorale.plan, sources)]
        its_options = render_options
        if tempo is None:
            its_options, remark = render_options.at_tempo_of(reading.facts.tempo_qpm)
            remarks += [remark] if remark else []
        job = _Job(chorale, metadata_of(reading, file, title), its_options, outputs, fronts)
        prepared.append((file, job, remarks))
        outputs.check(force, [_label(front) for front in fronts])
    _check_apart([path for _, job, _ in prepared for path in job.paths])
    written: set[Path] = set()
    for file, job, remarks in prepared:
        for remark in () if quiet else remarks:
            say(f"{file.name}: {remark}")
        written |= set(_render(job, quiet, force, written))


@dataclass(frozen=True)
class _Job:
    """What becomes of one file."""

    chorale: "Chorale"
    about: "Metadata"
    render_options: "RenderOptions"
    outputs: Outputs
    fronts: list[int | None]  # the voice that is in front, a file each; None for all alike

    @property
    def paths(self) -> list[Path]:
        """The files that it becomes, but for pages after the first."""
        return self.outputs.paths([_label(front) for front in self.fronts])


def _render(job: _Job, quiet: bool, force: bool, before: set[Path]) -> list[Path]:
    """Write one file's files, and tell them.

    Raises:
        OutputError: a file is in the way, if it was written for another file even when forced.
    """
    from dataclasses import replace

    from chorale.rendering.formats import rendered

    written: list[Path] = []
    told = 0
    with progress_bar("Rendering", quiet) as progress:
        for number, front in enumerate(job.fronts):
            progress(number, len(job.fronts))
            about = job.about
            if front is not None:
                about = replace(about, title=f"{about.title}: {_label(front)}")
            render_options = replace(job.render_options, front=front)
            contents = rendered(job.chorale, job.outputs.formats, about, render_options)
            written += job.outputs.write(contents, force, _label(front), before=before)
            for path in () if quiet else written[told:]:
                say(str(path))
            told = len(written)
    return written


def _outputs(
    file: Path, count: int, output: Path | None, formats: list[str] | None, usual: str | None
) -> Outputs:
    """Where one of several files goes.

    Raises:
        OptionError: see `outputs_of`; or all would go to one file.
    """
    from os.path import isdir

    if count > 1 and output and output.suffix and not isdir(output):
        raise OptionError(f"{count} files cannot all become {output}; name a folder")
    return outputs_of(output, formats, usual, file.stem)


def _check_apart(paths: list[Path]) -> None:
    """Check that no two files are written to one place.

    Raises:
        OptionError: they are.
    """
    names = [str(path).casefold() for path in paths]  # some systems take a and A for the same
    twice = [str(path) for path, name in zip(paths, names, strict=True) if names.count(name) > 1]
    if twice:
        raise OptionError(
            f"several files would become {twice[0]}, and one would overwrite the other; render "
            "them one by one"
        )


def _fronts(outputs: Outputs, voices: tuple[str, ...] | None) -> list[int | None]:
    """The voices that are in front, a file each; None in one file for all, if no names are given.

    Raises:
        OptionError: a format is neither sound nor notes to be played.
    """
    from chorale.music import VOICES
    from chorale.rendering.formats import FORMATS

    if voices is None:
        return [None]
    for name in outputs.formats:
        if name != "midi" and FORMATS[name].kind != "sound":
            raise OptionError(f"--practice makes sound or midi, not {name}")
    return [VOICES.index(name) for name in voices]


def _label(front: int | None) -> str:
    from chorale.music import VOICES

    return "" if front is None else VOICES[front]
