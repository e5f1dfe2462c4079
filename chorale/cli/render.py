"""`chorale render`: write the music of files as scores, sound and pictures."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from chorale.cli.console import print_error, print_result
from chorale.cli.quoting import suggest_quotes
from chorale.cli.rendering import Rendering, check_distinct, prepare, write
from chorale.cli.rendering_options import RenderingOptions
from chorale.cli.with_options import with_options
from chorale.errors import ChoraleError


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
    from chorale.rendering.formats import check_formats

    plan_options, target = options.plan_options(), options.target_key()
    all_outputs = options.choose_outputs(files)
    check_formats(all_outputs[0].formats, options.render_options())
    failures = _Failures(single=len(files) == 1)
    renderings: list[Rendering] = []
    for file, outputs in zip(files, all_outputs, strict=True):
        with failures.collect(file):
            renderings.append(prepare(file, outputs, options, plan_options, target))
    for each in renderings:
        each.outputs.check(options.force, each.labels)
    check_distinct([path for each in renderings for path in each.paths])
    written: set[Path] = set()
    for each in renderings:
        for notice in () if options.quiet else each.notices:
            print_result(f"{each.file.name}: {notice}")
        with failures.collect(each.file):
            written |= set(write(each, options.quiet, options.force, written))
    for error in failures.errors:
        print_error(error)
    if failures.errors:
        hint = suggest_quotes(list(map(str, files)))
        print_error(f"{len(failures.errors)} of {len(files)} files could not be rendered{hint}")
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Failures:
    """Errors of some of several files; the error of a single file is raised at once.

    Attributes:
        single: whether there is only one file.
        errors: a line for each file that failed.
    """

    single: bool
    errors: list[str] = field(default_factory=list)

    @contextmanager
    def collect(self, file: Path) -> Iterator[None]:
        """Collect an error that ends the block.

        Raises:
            ChoraleError: the error, if the file is the only one.
        """
        try:
            yield
        except ChoraleError as error:
            if self.single:
                raise
            name = "" if file.name in str(error) else f"{file}: "
            self.errors.append(f"{name}{error}")
