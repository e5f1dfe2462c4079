"""Where the files of a command go: their formats, their names, and nothing overwritten."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from os.path import isdir  # unlike Path.is_dir, raises nothing whatever the name
from pathlib import Path

from chorale.errors import OptionError


@dataclass(frozen=True)
class Outputs:
    """The files of `count` chorales, each in some formats.

    Attributes:
        endings: of the files, by format, in the order in which they are told.
        folder: where they go.
        stem: what they are called, with a number after it when there are several chorales.
        count: how many chorales.
    """

    endings: Mapping[str, str]
    folder: Path
    stem: str
    count: int = 1

    @property
    def formats(self) -> list[str]:
        """Their names."""
        return list(self.endings)

    def path(self, name: str, number: int = 1, label: str = "", page: int = 1) -> Path:
        """The file of a format.

        Args:
            name: the format.
            number: of the chorale, from 1.
            label: what else tells it apart, such as a voice.
            page: from 1, of a format that has a file for each page.
        """
        from chorale.rendering.formats import page_path

        words = [self.stem]
        words += [f"{number:0{len(str(self.count))}}"] if self.count > 1 else []
        words += [label] if label else []
        return page_path(self.folder / f"{'-'.join(words)}{self.endings[name]}", page)

    def paths(self, labels: Sequence[str] = ("",)) -> list[Path]:
        """All files, but for pages after the first."""
        return [
            self.path(name, number, label)
            for number in range(1, self.count + 1)
            for label in labels
            for name in self.endings
        ]

    def check(self, force: bool, labels: Sequence[str] = ("",)) -> None:
        """Check, before any work, that nothing is in the way.

        Raises:
            OutputError: a file exists and `force` is false, or none can be written there.
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
        before: Collection[Path] = (),
    ) -> list[Path]:
        """Write the pages of each format of one chorale, all or, if one would overwrite, none.

        Args:
            contents: of the pages, by format.
            force: whether existing files may be overwritten.
            label: see `path`.
            number: see `path`.
            before: files that may not be, since this run wrote them.

        Raises:
            OutputError: a file is in the way, or it cannot be written.
        """
        from chorale.files import refuse_overwrite, write_bytes

        files = [
            (self.path(name, number, label, page), content)
            for name, pages in contents.items()
            for page, content in enumerate(pages, start=1)
        ]
        for path, _ in files:
            refuse_overwrite(path, force and path not in before)
        for path, content in files:
            write_bytes(path, content, replace=force)
        return [path for path, _ in files]


def outputs_of(
    output: Path | None,
    formats: Sequence[str] | None,
    usual: str | None,
    stem: str,
    chorales: int = 1,
) -> Outputs:
    """The files that `--output` and `--format` ask for.

    An `output` that exists as a folder, or whose name has no ending, is a folder.

    Args:
        output: a file, whose ending tells a format, or a folder; None for this folder.
        formats: names, several with commas; None for the format that `output` tells.
        usual: the format where nothing tells one; None if one must be told.
        stem: what files are called where `output` is no file.
        chorales: how many.

    Raises:
        OptionError: there is no such format, `output` tells another one than `formats`, or it is
            "-".
    """
    from chorale.rendering.formats import ENDINGS, FORMATS, format_of, formats_named

    if str(output) == "-":
        raise OptionError("nothing is written to standard output; name a file or a folder")
    names = formats_named(",".join(formats)) if formats else None
    if output is None or isdir(output) or not output.suffix:
        if names is None and usual is None:
            known = ", ".join(FORMATS)
            raise OptionError(f"tell what to write, by -o or --format; there are {known}")
        chosen = names or [str(usual)]
        return Outputs(
            {name: FORMATS[name].ending for name in chosen}, output or Path(), stem, chorales
        )
    told = format_of(output)  # a folder whose name has an ending must be there
    if names and told not in names:
        raise OptionError(
            f"{output} is named as a file of format {told}, which is not among --format "
            f"{','.join(names)}; choose another name or add the format"
        )
    ending = max((e for e in ENDINGS if output.name.lower().endswith(e)), key=len)
    endings = {name: FORMATS[name].ending for name in names or [told]}
    endings[told] = output.name[-len(ending) :]
    return Outputs(endings, output.parent, output.name[: -len(ending)], chorales)
