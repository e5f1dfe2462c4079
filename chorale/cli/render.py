"""`chorale render`: write the music of files as scores, sound and pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from chorale.cli.console import print_result
from chorale.cli.failures import Failures
from chorale.cli.rendering import Rendering, check_distinct, prepare, write
from chorale.cli.rendering_options import RenderingOptions
from chorale.cli.with_options import with_options


@with_options
def render(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE", help="MIDI, MusicXML, MEI, ABC or Humdrum files.", show_default=False
        ),
    ],
    options: RenderingOptions,
) -> None:
    """Render music files as scores, sound or pictures.

    Metre, pickup and key that a file does not give are estimated and reported; --metre and --pickup
    override them. If one of several files cannot be rendered, the others are, and the exit status
    is 1.
    """
    render_files(files, options)


def render_files(
    files: Sequence[Path],
    options: RenderingOptions,
    works: Mapping[Path, tuple[str, str]] | None = None,
) -> None:
    """Render music files, and print the paths of what is written.

    Args:
        files: the music files.
        options: options of the command.
        works: title, unless the options give one, and composer of each file; None for those in the
            files.

    Raises:
        ChoraleError: an option is wrong, or the only file cannot be rendered.
        Exit: one of several files cannot be rendered.
    """
    from chorale.rendering.formats import check_formats

    plan_options, target = options.plan_options(), options.target_key()
    all_outputs = options.choose_outputs(files)
    check_formats(all_outputs[0].formats, options.render_options())
    failures = Failures(single=len(files) == 1)
    renderings: list[Rendering] = []
    for file, outputs in zip(files, all_outputs, strict=True):
        with failures.collect(file):
            rendering = prepare(file, outputs, options, plan_options, target)
            renderings.append(_rename(rendering, *works[file], options) if works else rendering)
    for each in renderings:
        each.outputs.check(options.force, each.labels)
    check_distinct([path for each in renderings for path in each.paths])
    written: set[Path] = set()
    for each in renderings:
        for notice in () if options.quiet else each.notices:
            print_result(f"{each.file.name}: {notice}")
        with failures.collect(each.file):
            written |= set(write(each, options.quiet, options.force, written))
    failures.report(files, "rendered")


def _rename(
    rendering: Rendering, title: str, composer: str, options: RenderingOptions
) -> Rendering:
    """Return a rendering with another composer, and another title unless the options give one."""
    title = title if options.title is None else options.title
    metadata = replace(rendering.metadata, title=title, composer=composer)
    return replace(rendering, metadata=metadata)
