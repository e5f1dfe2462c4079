"""Scores with coloured notes, which `check` and `explain` write when they are requested."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli.input_files import InputFile, derive_metadata
from chorale.cli.outputs import choose_outputs, is_folder
from chorale.errors import OptionError

if TYPE_CHECKING:
    from chorale.cli.outputs import Outputs
    from chorale.rendering.render_options import Remark, RenderOptions, ScoreColours

ScorePath = Annotated[
    str | None,  # a Path would lose the slash at the end of a folder's name
    typer.Option(
        "-o",
        "--output",
        metavar="PATH",
        help="Write a score of each file with coloured notes: a folder, or a file whose ending "
        "gives the format.",
        show_default="no score",
    ),
]
ScoreFormats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="FORMATS",
        help="Format of the score: html, musicxml, lilypond, svg, pdf or png; several with commas.",
        show_default="by --output",
    ),
]


@dataclass(frozen=True)
class ColouredScores:
    """The scores that a command writes, as requested.

    Attributes:
        output: value of `--output`.
        formats: values of `--format`.
        staves: 2, or 4 for a staff per voice.
        force: whether existing files are overwritten.
        usual_format: format of the scores if `output` is a folder and no format is given.
    """

    output: str | None
    formats: list[str] | None
    staves: int
    force: bool
    usual_format: str

    def choose(self, files: Sequence[Path], label: str) -> "list[Outputs | None]":
        """Choose the score of each file, and check that it can be written; None for no score.

        Args:
            files: the input files.
            label: end of the scores' names in a folder, such as "checked".

        Raises:
            OptionError: several files would become one, a format does not show coloured notes, or
                as in `choose_outputs`.
            OutputError: a file exists, or a library that a format needs is not installed.
        """
        options = self._build_options()
        if self.output is None and not self.formats:
            return [None] * len(files)
        if len(files) > 1 and self.output and not is_folder(self.output):
            raise OptionError(f"{len(files)} files cannot all become {self.output}; name a folder")
        stems = [f"{name}-{label}" for name in _name_apart(files)]
        repeated = _list_repeated(stems)
        if repeated:
            raise OptionError(
                f"several files would become {repeated[0]}; write their scores one by one"
            )
        return [self._choose(stem, options) for stem in stems]

    def _choose(self, stem: str, options: "RenderOptions") -> "Outputs":
        """Choose and check the score of one file; raises as `choose`."""
        from chorale.rendering.formats import FORMATS, check_formats

        outputs = choose_outputs(self.output, self.formats, self.usual_format, stem)
        scores = [name for name, each in FORMATS.items() if each.kind in ("score", "page")]
        for name in outputs.formats:
            if name not in scores:
                raise OptionError(
                    f"format {name} cannot show coloured notes; choose from {', '.join(scores)}"
                )
        check_formats(outputs.formats, options)
        outputs.check(self.force)
        return outputs

    def write(
        self,
        file: InputFile,
        outputs: "Outputs",
        colours: "ScoreColours",
        remarks: "Iterable[Remark]",
        comments: tuple[str, ...] = (),
    ) -> tuple[Path, ...]:
        """Write the score of a file, and return the paths of its files.

        Args:
            file: the input file.
            outputs: the files to write.
            colours: colours of the notes.
            remarks: remarks on notes, for pages.
            comments: lines for the comments of the score, after those of the input file.
        """
        from chorale.rendering.formats import render

        metadata = derive_metadata(file.reading, file.file)
        metadata = replace(metadata, comments=(*metadata.comments, *comments))
        options, _ = self._build_options().adopt_tempo(file.reading.facts.tempo_qpm)
        options = replace(
            options, voicing=file.reading.voicing, colours=colours, remarks=tuple(remarks)
        )
        contents = render(file.music.as_written, outputs.formats, metadata, options)
        return tuple(outputs.write(contents, self.force))

    def _build_options(self) -> "RenderOptions":
        """Return the options of the scores, without colours."""
        from chorale.rendering.render_options import build_render_options

        return build_render_options(None, "organ", self.staves)


def _name_apart(files: Sequence[Path]) -> list[str]:
    """Return names of files without their endings, which only files of the same name keep."""
    repeated = set(_list_repeated([file.stem for file in files]))
    return [
        f"{file.stem}-{file.suffix.lstrip('.')}" if file.stem in repeated else file.stem
        for file in files
    ]


def _list_repeated(names: Sequence[str]) -> list[str]:
    """Return the names that several files would have; some systems ignore case in names."""
    times = Counter(name.casefold() for name in names)
    return [name for name in names if times[name.casefold()] > 1]
