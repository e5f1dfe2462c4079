"""Output files of a command: names, formats, and protection from overwriting."""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from os.path import isdir  # unlike Path.is_dir, raises nothing whatever the name
from pathlib import Path

from chorale.errors import OptionError


@dataclass(frozen=True)
class Outputs:
    """The files of `count` chorales, each in one or more formats.

    Attributes:
        endings: ending of the files by format, in the order of writing.
        folder: folder of the files.
        stem: beginning of the file names; a number follows it if there are several chorales.
        count: number of chorales.
    """

    endings: Mapping[str, str]
    folder: Path
    stem: str
    count: int = 1

    @property
    def formats(self) -> list[str]:
        """Names of the formats."""
        return list(self.endings)

    def path(self, name: str, number: int = 1, label: str = "", page: int = 1) -> Path:
        """Return the path of a file.

        Args:
            name: format of the file.
            number: number of the chorale, from 1.
            label: text that sets the file apart from others, such as a voice.
            page: number of the page, from 1, in a format with a file per page.
        """
        from chorale.rendering.formats import page_path

        words = [self.stem]
        words += [f"{number:0{len(str(self.count))}}"] if self.count > 1 else []
        words += [label] if label else []
        return page_path(self.folder / f"{'-'.join(words)}{self.endings[name]}", page)

    def paths(self, labels: Sequence[str] = ("",)) -> list[Path]:
        """Return the paths of all files, without those of second and later pages."""
        return [
            self.path(name, number, label)
            for number in range(1, self.count + 1)
            for label in labels
            for name in self.endings
        ]

    def check(self, force: bool, labels: Sequence[str] = ("",)) -> None:
        """Check, before any work, that the files can be written.

        Raises:
            OutputError: a file exists and `force` is false, or the folder cannot be written.
        """
        from chorale.files import check_writable, refuse_overwrite

        paths = self.paths(labels)
        for path in paths:
            refuse_overwrite(path, force)
        check_writable(paths[0])

    def write(
        self,
        contents: Mapping[str, Sequence[bytes]],
        force: bool,
        label: str = "",
        number: int = 1,
        earlier: Collection[Path] = (),
    ) -> list[Path]:
        """Write one chorale in each format, or nothing if any file must not be overwritten.

        Args:
            contents: contents of the pages, by format.
            force: whether existing files may be overwritten.
            label: see `path`.
            number: see `path`.
            earlier: files written earlier in this run, which are not overwritten even by force.

        Returns:
            The paths of the files.

        Raises:
            OutputError: a file must not be overwritten, or cannot be written.
        """
        from chorale.files import refuse_overwrite, write_bytes

        files = [
            (self.path(name, number, label, page), content)
            for name, pages in contents.items()
            for page, content in enumerate(pages, start=1)
        ]
        for path, _ in files:
            refuse_overwrite(path, force and path not in earlier)
        for path, content in files:
            write_bytes(path, content, replace=force)
        return [path for path, _ in files]


def is_folder(output: str | Path) -> bool:
    """Return whether `--output` names a folder, whatever dots are in its name.

    It does if it ends in a slash, is an existing folder, or has no ending. A Path has lost its
    slash, so only the text of the option has it.
    """
    slashes = ("/", os.sep)
    return str(output).endswith(slashes) or isdir(output) or not Path(output).suffix


def choose_outputs(
    output: str | Path | None,
    formats: Sequence[str] | None,
    usual_format: str | None,
    stem: str,
    chorales: int = 1,
) -> Outputs:
    """Choose the output files from the options `--output` and `--format`.

    `is_folder` decides whether `output` is a folder or a file.

    Args:
        output: folder, or file whose ending gives a format; None for the current folder.
        formats: names of formats, several in one item with commas; None for the format that
            `output` gives.
        usual_format: format used if neither option gives a format; None if a format is required.
        stem: beginning of the file names if `output` is not a file.
        chorales: number of chorales.

    Raises:
        OptionError: a format is unknown or missing, `output` has the ending of a format that is
            not in `formats`, or `output` is "-".
    """
    from chorale.rendering.formats import ENDINGS, FORMATS, infer_format, parse_formats

    if str(output) == "-":
        raise OptionError("nothing is written to standard output; name a file or a folder")
    names = parse_formats(",".join(formats)) if formats else None
    if output is None or is_folder(output):
        if names is None and usual_format is None:
            raise OptionError(
                f"no format is given; name a file with -o, or choose with --format from "
                f"{', '.join(FORMATS)}"
            )
        chosen = names or [str(usual_format)]
        return Outputs(
            {name: FORMATS[name].ending for name in chosen}, Path(output or ""), stem, chorales
        )
    output = Path(output)
    try:
        inferred = infer_format(output)
    except OptionError as error:
        raise OptionError(f"{error}; or end the name of a folder with a slash") from error
    if names and inferred not in names:
        raise OptionError(
            f"{output} has the ending of format {inferred}, which is not in --format "
            f"{','.join(names)}; choose another name or add the format"
        )
    ending = max((e for e in ENDINGS if output.name.lower().endswith(e)), key=len)
    endings = {name: FORMATS[name].ending for name in names or [inferred]}
    endings[inferred] = output.name[-len(ending) :]
    return Outputs(endings, output.parent, output.name[: -len(ending)], chorales)
