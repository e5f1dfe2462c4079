"""`chorale render`: write the music of files as scores, sound and pictures."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as shared
from chorale.cli.console import print_result, progress_bar
from chorale.cli.input_files import derive_metadata, interpret_as_written
from chorale.cli.outputs import Outputs, choose_outputs
from chorale.errors import OptionError

if TYPE_CHECKING:
    from chorale.music import Chorale
    from chorale.rendering.metadata import Metadata
    from chorale.rendering.render_options import RenderOptions

PRACTICE_FORMAT = "mp3"  # plays on every phone


def render(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="MIDI or MusicXML files.", show_default=False),
    ],
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format", metavar="FORMATS", help=shared.FORMATS_HELP, show_default="by --output"
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="Folder, or file whose ending gives the format.",
            show_default="the file's name, here",
        ),
    ] = None,
    practice: Annotated[
        bool,
        typer.Option(
            "--practice",
            help="Write one file per voice, with that voice louder than the others, as sound "
            f"({PRACTICE_FORMAT} if no format is given) or midi.",
        ),
    ] = False,
    title: Annotated[
        str | None, typer.Option(help="Title in the files.", show_default="the file's")
    ] = None,
    key: shared.KeyName = None,
    metre: shared.MetreName = None,
    pickup: shared.Pickup = None,
    staves: shared.Staves = 2,
    tempo: shared.Tempo = None,
    program: shared.Program = "organ",
    soundfont: shared.Soundfont = None,
    part: shared.Part = None,
    approximate: shared.Approximate = False,
    quiet: shared.Quiet = False,
    force: shared.Force = False,
) -> None:
    """Render MIDI or MusicXML files as scores, sound or pictures.

    Metre, pickup and key that a file does not give are estimated and reported; --key, --metre and
    --pickup override them.
    """
    from chorale.composing.jobs.planning import describe_plan
    from chorale.reading import read_music
    from chorale.rendering.formats import check_formats
    from chorale.rendering.render_options import build_render_options

    plan_options = shared.parse_plan_options(key, metre, pickup, None)
    render_options = build_render_options(tempo, program, staves, soundfont)
    usual_format = PRACTICE_FORMAT if practice else None
    renderings: list[_Rendering] = []
    for file in files:
        outputs = _choose_outputs(file, len(files), output, formats, usual_format)
        if not renderings:
            check_formats(outputs.formats, render_options)
        reading = read_music(file, part, approximate)
        chorale, sources = interpret_as_written(reading, plan_options)
        front_voices = _choose_front_voices(outputs, reading.voices if practice else None)
        notices = [*reading.notices, describe_plan(chorale.plan, sources)]
        file_options = render_options
        if tempo is None:
            file_options, notice = render_options.adopt_tempo(reading.facts.tempo_qpm)
            notices += [notice] if notice else []
        metadata = derive_metadata(reading, file, title)
        renderings.append(
            _Rendering(file, chorale, metadata, file_options, outputs, front_voices, notices)
        )
        outputs.check(force, renderings[-1].labels)
    _check_distinct([path for each in renderings for path in each.paths])
    written: set[Path] = set()
    for each in renderings:
        for notice in () if quiet else each.notices:
            print_result(f"{each.file.name}: {notice}")
        written |= set(_write(each, quiet, force, written))


@dataclass(frozen=True)
class _Rendering:
    """The music of an input file, ready to be rendered.

    Attributes:
        file: path of the input file.
        chorale: music of the file.
        metadata: metadata of the files to write.
        render_options: options of notation and sound.
        outputs: names and formats of the files to write.
        front_voices: for each set of files, the voice that is louder than the others, 0 to 3;
            None if all voices are equally loud.
        notices: lines on the changes and estimates made in reading the file.
    """

    file: Path
    chorale: "Chorale"
    metadata: "Metadata"
    render_options: "RenderOptions"
    outputs: Outputs
    front_voices: list[int | None]
    notices: list[str]

    @property
    def labels(self) -> list[str]:
        """Labels in the file names: the louder voice, or an empty text."""
        return [_label(voice) for voice in self.front_voices]

    @property
    def paths(self) -> list[Path]:
        """Paths of the files to write, without those of second and later pages."""
        return self.outputs.paths(self.labels)


def _write(rendering: _Rendering, quiet: bool, force: bool, earlier: set[Path]) -> list[Path]:
    """Write the files of a rendering and print their paths.

    Args:
        rendering: music, options and output files.
        quiet: whether to print nothing.
        force: whether to overwrite existing files.
        earlier: files written earlier in this run, which are never overwritten.

    Raises:
        OutputError: a file exists and must not be overwritten, or it cannot be written.
    """
    from dataclasses import replace

    from chorale.rendering.formats import render

    written: list[Path] = []
    with progress_bar("Rendering", quiet) as progress:
        for number, front_voice in enumerate(rendering.front_voices):
            progress(number, len(rendering.front_voices))
            metadata, label = rendering.metadata, _label(front_voice)
            if label:
                metadata = replace(metadata, title=f"{metadata.title}: {label}")
            options = replace(rendering.render_options, front_voice=front_voice)
            contents = render(rendering.chorale, rendering.outputs.formats, metadata, options)
            paths = rendering.outputs.write(contents, force, label, earlier=earlier)
            for path in () if quiet else paths:
                print_result(str(path))
            written += paths
    return written


def _choose_outputs(
    file: Path,
    count: int,
    output: Path | None,
    formats: list[str] | None,
    usual_format: str | None,
) -> Outputs:
    """Choose the output files of one of `count` input files.

    Raises:
        OptionError: several input files would become one file; also as in `choose_outputs`.
    """
    from os.path import isdir

    if count > 1 and output and output.suffix and not isdir(output):
        raise OptionError(f"{count} files cannot all become {output}; name a folder")
    return choose_outputs(output, formats, usual_format, file.stem)


def _check_distinct(paths: list[Path]) -> None:
    """Check that no two files would be written to the same path.

    Raises:
        OptionError: two files would have the same path.
    """
    names = [str(path).casefold() for path in paths]  # some systems ignore case in file names
    twice = [str(path) for path, name in zip(paths, names, strict=True) if names.count(name) > 1]
    if twice:
        raise OptionError(
            f"several files would become {twice[0]}, and one would overwrite the other; render "
            "them one by one"
        )


def _choose_front_voices(outputs: Outputs, voices: tuple[str, ...] | None) -> list[int | None]:
    """Return the louder voice of each set of files: a voice for practice, otherwise None.

    Args:
        outputs: the files to write.
        voices: names of the voices to practise; None without practice.

    Raises:
        OptionError: a format is neither sound nor midi, so its voices have no loudness.
    """
    from chorale.music import VOICES
    from chorale.rendering.formats import FORMATS

    if voices is None:
        return [None]
    for name in outputs.formats:
        if name != "midi" and FORMATS[name].kind != "sound":
            raise OptionError(f"--practice makes sound or midi, not {name}")
    return [VOICES.index(name) for name in voices]


def _label(front_voice: int | None) -> str:
    from chorale.music import VOICES

    return "" if front_voice is None else VOICES[front_voice]
