"""Options of `check`, and what they resolve to before a file is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from os.path import isfile, realpath
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as shared
from chorale.cli.coloured_scores import ScoreFormats, ScorePath
from chorale.cli.input_files import LoadOptions
from chorale.errors import OptionError

if TYPE_CHECKING:
    from chorale.checking.profiles import Profile

STANDARD_OUTPUT = Path("-")


@dataclass(frozen=True)
class CheckOptions:
    """Options of `check`, as typed."""

    bars: Annotated[
        str | None,
        typer.Option(
            metavar="BARS",
            help="Report only these bars, such as 5-8. All bars are checked, but --strict and "
            "points count only these.",
            show_default="all",
        ),
    ] = None
    key: shared.KeyName = None
    metre: shared.MetreName = None
    pickup: shared.Pickup = None
    part: shared.Part = None
    parts: Annotated[
        str | None,
        typer.Option(
            metavar="PARTS",
            help="Parts that are the voices, by name or number, from the top, such as 1,2,4,5; or "
            "with their voices, such as soprano=Flute,bass=5.",
            show_default="by their names",
        ),
    ] = None
    voicing: shared.VoicingName = None
    approximate: shared.Approximate = False
    profile: Annotated[
        str,
        typer.Option(
            metavar="PROFILE",
            help="Rules, their weights, and points: bach, textbook (strict, 20 points), or a TOML "
            "file of your own.",
        ),
    ] = "bach"
    only: Annotated[
        str | None,
        typer.Option(
            "--only",
            "--rules",
            metavar="RULES",
            help="Apply only these rules: names with commas, beginnings of names, or faults or "
            "tendencies for all of a kind.",
            show_default="those of the profile",
        ),
    ] = None
    ignore: Annotated[
        str | None,
        typer.Option(metavar="RULES", help="Leave out these rules, named as in --only."),
    ] = None
    list_rules: Annotated[
        bool,
        typer.Option(
            "--list-rules", help="List the rules, with sources, kinds, weights and Bach's rates."
        ),
    ] = False
    open_end: Annotated[
        bool,
        typer.Option("--open-end", help="Let the music end on a half close, as an exercise may."),
    ] = False
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="EXERCISE",
            help="File with the given voice or voices, such as a bass; report which of its notes "
            "were altered.",
        ),
    ] = None
    output: ScorePath = None
    formats: ScoreFormats = None
    staves: shared.Staves = 2
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv",
            metavar="FILE",
            help="Write a table with a row per file: findings by rule, weight and points. With - "
            "print only the table.",
        ),
    ] = None
    brief: Annotated[
        bool,
        typer.Option("--brief", help="Print only findings and totals, without rates and rules."),
    ] = False
    force: shared.Force = False
    as_json: shared.AsJson = False
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Exit with status 1 if there are faults or altered notes; tendencies do not "
            "count.",
        ),
    ] = False

    @property
    def prints_table(self) -> bool:
        """Whether the table in CSV is printed, and nothing else."""
        return self.csv == STANDARD_OUTPUT

    def load_options(self) -> LoadOptions:
        """Parse the options that say how files are read.

        Raises:
            OptionError: a value is wrong, or options exclude each other.
        """
        from chorale.reading.choosing import parse_part_choices

        if self.part is not None and self.parts is not None:
            raise OptionError("--part reads a single part and --parts several; give one of them")
        return LoadOptions(
            self.part,
            self.approximate,
            shared.parse_bar_range(self.bars) if self.bars is not None else None,
            shared.parse_plan_options(self.key, self.metre, self.pickup, None),
            shared.parse_voicing(self.voicing),
            parse_part_choices(self.parts) if self.parts is not None else (),
        )

    def load_profile(self) -> "Profile":
        """Load the profile, with the requested rules.

        Raises:
            OptionError: there is no such profile or rule, or its file is wrong.
        """
        from chorale.checking.profiles import find_profile

        profile = find_profile(self.profile)
        return profile.select(_split_names(self.only), _split_names(self.ignore))

    def check_outputs(self, files: Sequence[Path], scores: Sequence[Path]) -> None:
        """Check the options of what is printed and of the table.

        Args:
            files: the files to check.
            scores: the marked scores to write.

        Raises:
            OptionError: both JSON and a table are to be printed, or the table would replace a file
                that is read, or a score.
            OutputError: the table exists, or cannot be written.
        """
        from chorale.files import check_writable, refuse_overwrite

        if self.as_json and self.prints_table:
            raise OptionError("--json and --csv - both print; write the table to a file")
        if self.csv is not None and not self.prints_table:
            others = [*files, *scores, *filter(None, [self.against])]
            others += [Path(self.profile)] if isfile(self.profile) else []
            if realpath(self.csv) in map(realpath, others):
                raise OptionError(
                    f"{self.csv} is another file of this command; give the table a name of its own"
                )
            refuse_overwrite(self.csv, self.force, option="--csv")
            check_writable(self.csv)


def _split_names(text: str | None) -> Sequence[str]:
    """Return the names in a list with commas; none for None.

    Raises:
        OptionError: a name is empty.
    """
    if text is None:
        return ()
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise OptionError(f"{text!r} is no list of rules, such as crossing,overlap")
    return names
