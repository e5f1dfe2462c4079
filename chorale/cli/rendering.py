"""Renderings of input files: their music, read and transposed, and the files to write."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from chorale.cli import arguments as shared
from chorale.cli.console import print_result, progress_bar
from chorale.cli.input_files import derive_metadata, interpret_as_written
from chorale.cli.labelling import add_labels, choose_symbols
from chorale.cli.outputs import Outputs
from chorale.errors import OptionError
from chorale.options import VOICES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from chorale.cli.rendering_options import RenderingOptions
    from chorale.composing.plan_options import PlanOptions
    from chorale.music import Chorale, Key
    from chorale.music.voicings import Voicing
    from chorale.reading import Reading
    from chorale.rendering.metadata import Metadata
    from chorale.rendering.render_options import RenderOptions


@dataclass(frozen=True)
class Mix:
    """Loudness of the voices in a set of files, or the only voice that the files have.

    Attributes:
        front_voice: voice that is louder than the others, 0 to 3; None if all are equally loud.
        silent_voice: voice that does not sound, 0 to 3; None if all sound.
        only_voice: voice whose part is written, 0 to 3; None for a score of all voices.
        voice_name: name of the louder, silent or only voice, such as "alto 2"; may be empty.
    """

    front_voice: int | None = None
    silent_voice: int | None = None
    only_voice: int | None = None
    voice_name: str = ""

    @property
    def description(self) -> str:
        """The mix in words, such as "alto" or "without alto"; empty if all sound alike."""
        if self.silent_voice is not None:
            return f"without {self.voice_name}"
        alone = self.front_voice is None and self.only_voice is None
        return "" if alone else self.voice_name

    @property
    def label(self) -> str:
        """The mix as a part of file names; empty if all voices sound alike."""
        return self.description.replace(" ", "-")


@dataclass(frozen=True)
class Rendering:
    """The music of an input file, ready to be rendered.

    Attributes:
        file: path of the input file.
        chorale: music of the file.
        metadata: metadata of the files to write.
        render_options: options of notation and sound.
        outputs: names and formats of the files to write.
        mixes: loudness of the voices, or the only voice, in each set of files.
        notices: lines on the changes and estimates made in reading the file.
    """

    file: Path
    chorale: "Chorale"
    metadata: "Metadata"
    render_options: "RenderOptions"
    outputs: Outputs
    mixes: list[Mix]
    notices: list[str]

    @property
    def labels(self) -> list[str]:
        """Labels in the file names, one for each mix."""
        return [mix.label for mix in self.mixes]

    @property
    def paths(self) -> list[Path]:
        """Paths of the files to write, without those of second and later pages."""
        return self.outputs.paths(self.labels)


def prepare(
    file: Path,
    outputs: Outputs,
    options: "RenderingOptions",
    plan_options: "PlanOptions",
    target: "Key | None",
) -> Rendering:
    """Read a file and transpose its music.

    Args:
        file: path of the input file.
        outputs: names and formats of the files to write.
        options: options of the command.
        plan_options: metre, pickup and key that override those of the file.
        target: key to transpose the music to; None to transpose it as the options say.

    Raises:
        ReadingError: the file cannot be read.
        OptionError: an option does not fit the music.
    """
    from chorale.composing.jobs.planning import describe_plan
    from chorale.reading import read_music
    from chorale.rendering.formats import FORMATS
    from chorale.rendering.losses import describe_losses
    from chorale.rendering.render_options import describe_substitute

    voicing = shared.parse_voicing(options.voicing)
    reading = read_music(file, options.part, options.approximate, voicing)
    chorale, sources = interpret_as_written(reading, plan_options)
    notices = [*reading.notices, describe_plan(chorale.plan, sources)]
    moved, transposing_notices = _transpose(
        chorale, options.transpose or 0, target, reading.voicing
    )
    notices += transposing_notices
    render_options = replace(options.render_options(), voicing=reading.voicing)
    if options.tempo is None:
        render_options, notice = render_options.adopt_tempo(reading.facts.tempo_qpm)
        notices += [notice] if notice else []
    if any(FORMATS[name].kind == "sound" for name in outputs.formats):
        substitute = describe_substitute(reading.facts.programs, render_options)
        notices += [substitute] if substitute else []
    check_beats(moved, render_options)
    symbols = choose_symbols(options.analysis, options.symbols, outputs.formats)
    moved = add_labels(moved, symbols)
    notices += describe_losses(moved, outputs.formats, options.play_repeats)
    mixes = _choose_mixes(reading, options)
    metadata = derive_metadata(reading, file, options.title)
    return Rendering(file, moved, metadata, render_options, outputs, mixes, notices)


def write(
    rendering: Rendering, quiet: bool, force: bool, earlier: "Collection[Path]"
) -> list[Path]:
    """Write the files of a rendering and print their paths.

    Args:
        rendering: music, options and output files.
        quiet: whether to print nothing.
        force: whether to overwrite existing files.
        earlier: files written earlier in this run, which are never overwritten.

    Raises:
        OutputError: a file exists and must not be overwritten, or it cannot be written.
    """
    from chorale.rendering.formats import render
    from chorale.rendering.score.voice_part import extract_voice

    written: list[Path] = []
    with progress_bar("Rendering", quiet) as progress:
        for number, mix in enumerate(rendering.mixes):
            progress(number, len(rendering.mixes))
            metadata = rendering.metadata
            if mix.label:
                metadata = replace(metadata, title=f"{metadata.title}: {mix.description}")
            options = replace(
                rendering.render_options,
                front_voice=mix.front_voice,
                silent_voice=mix.silent_voice,
            )
            chorale = rendering.chorale
            if mix.only_voice is not None:
                chorale, options = (
                    extract_voice(chorale, mix.only_voice),
                    replace(options, staves=4),
                )
            contents = render(chorale, rendering.outputs.formats, metadata, options)
            paths = rendering.outputs.write(contents, force, mix.label, earlier=earlier)
            for path in () if quiet else paths:
                print_result(str(path))
            written += paths
    return written


def check_distinct(paths: "Sequence[Path]") -> None:
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


def _transpose(
    chorale: "Chorale", semitones: int, target: "Key | None", voicing: "Voicing"
) -> "tuple[Chorale, list[str]]":
    """Transpose music by semitones, or to a key, and describe the change in notices.

    The notices list the notes that leave the ranges of the choir's voices.

    Raises:
        OptionError: the music cannot be transposed so.
    """
    from chorale.composing.jobs.transposing import describe_distance, transpose_by, transpose_to
    from chorale.rendering.reports.range_report import describe_notes_out_of_range

    moved = transpose_by(chorale, semitones)
    if target:
        moved, semitones = transpose_to(chorale, target)
    key = moved.plan.key
    if semitones:
        to = f", to {key.name}" if key else ""
        notice = f"transposed {describe_distance(semitones)}{to}"
        return moved, [notice, *describe_notes_out_of_range(moved, voicing)]
    renamed = key and key != chorale.plan.key
    return moved, [f"in {key.name}, the relative key: no note moved"] if key and renamed else []


def check_beats(
    chorale: "Chorale", render_options: "RenderOptions", remedy: str = "add --metre"
) -> None:
    """Check that there are beats to click on, if clicks are requested.

    Args:
        chorale: the music.
        render_options: count-in and metronome.
        remedy: what to do if there are none.

    Raises:
        OptionError: the music has no metre.
    """
    clicks = render_options.count_in_bars or render_options.metronome
    if clicks and not chorale.plan.metre:
        raise OptionError(
            f"a count-in and a metronome need a metre, and the metre of the music changes; {remedy}"
        )


def _choose_mixes(reading: "Reading", options: "RenderingOptions") -> list[Mix]:
    """Return the mixes to write: one for each voice for practice or parts, else all voices alike.

    Raises:
        OptionError: the music has only one voice, and that is to be left out.
    """
    names = {
        VOICES.index(place): name
        for place, name in zip(reading.voices, reading.voice_names, strict=True)
    }
    if options.minus_one and len(names) == 1:
        raise OptionError(
            f"the only voice is the {reading.voice_names[0]}, and without it nothing sounds; leave "
            "out --minus-one"
        )
    mixes = [Mix(front_voice=voice, voice_name=names[voice]) for voice in names if options.practice]
    mixes += [
        Mix(silent_voice=voice, voice_name=names[voice]) for voice in names if options.minus_one
    ]
    mixes += [Mix(only_voice=voice, voice_name=names[voice]) for voice in names if options.parts]
    return mixes or [Mix()]
