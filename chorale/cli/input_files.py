"""Input files of the commands that do not compose."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from os.path import isdir  # unlike Path.is_dir, raises nothing whatever the name
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chorale.errors import ReadingError

if TYPE_CHECKING:
    from chorale.composing.jobs.interpreting import InterpretedMusic
    from chorale.composing.jobs.planning import Bars, Sources
    from chorale.composing.plan_options import PlanOptions
    from chorale.music import Chorale, Plan
    from chorale.music.voicings import Voicing
    from chorale.reading import Reading
    from chorale.reading.choosing import PartChoice
    from chorale.rendering.metadata import Metadata

NO_FERMATAS = "none in the file"


@dataclass(frozen=True)
class InputFile:
    """A music file to check or explain.

    Attributes:
        file: path of the file.
        reading: the file as it was read.
        music: the music with its plan, estimated where the file does not give it.
        bars: bars to report; None for all.
        start: first step to report.
        end: end of the steps to report, exclusive.
    """

    file: Path
    reading: "Reading"
    music: "InterpretedMusic"
    bars: "Bars | None"
    start: int
    end: int

    @property
    def heading(self) -> list[str]:
        """Lines at the head of a report: file and length, plan, and changes made in reading."""
        title = describe_file(self.file, self.music.as_written.plan, self.bars)
        return [title, self.music.description, *self.reading.notices]

    def collect_facts(self) -> dict[str, Any]:
        """Return the facts of the heading, and the steps to report, as JSON values."""
        plan = self.music.as_written.plan
        return {
            "file": str(self.file),
            "plan": self.music.description,
            "remarks": self.reading.notices,
            "voicing": self.reading.voicing.name,
            "key": plan.key.name if plan.key else None,
            "metre": plan.metre.name if plan.metre else None,
            "pickup_steps": plan.pickup_steps,
            "steps": plan.length_steps,
            "from_step": self.start,
            "to_step": self.end,
        }


@dataclass(frozen=True)
class LoadOptions:
    """How a file to check or explain is read.

    Attributes:
        part: the only part to read; None for all.
        approximate: whether to approximate notes that do not fit.
        bars: bars to report; None for all.
        plan_options: metre, pickup and key that override those of the file; None for the file's.
        voicing: the choir of the file; None to infer it.
        choices: the parts that are voices; none to choose them by their names.
    """

    part: str | None = None
    approximate: bool = False
    bars: "Bars | None" = None
    plan_options: "PlanOptions | None" = None
    voicing: "Voicing | None" = None
    choices: "tuple[PartChoice, ...]" = ()


def list_files(paths: Sequence[Path]) -> list[Path]:
    """Return files to check or explain: those that are named, and the music files of folders.

    Raises:
        ReadingError: a folder has no music files, or cannot be read.
    """
    files: list[Path] = []
    for path in paths:
        files += _list_folder(path) if isdir(path) else [path]
    return list(dict.fromkeys(files))


def _list_folder(folder: Path) -> list[Path]:
    from chorale.reading import SUFFIXES
    from chorale.reading.folders import list_music_files

    found = list_music_files(folder)
    if not found:
        raise ReadingError(
            f"{folder} has no music files; name a folder with files that end in "
            f"{', '.join(SUFFIXES)}"
        )
    return found


def load_for_checking(file: Path, options: LoadOptions, min_voices: int) -> InputFile:
    """Read a file to check or explain.

    Args:
        file: path of the file.
        options: how to read it.
        min_voices: number of voices that are needed; four are those of SATB.

    Raises:
        ReadingError: the file cannot be read, or has fewer than `min_voices` voices.
        OptionError: the options do not fit the music.
    """
    from chorale.composing.jobs.interpreting import check_voices, interpret
    from chorale.composing.jobs.planning import find_steps
    from chorale.composing.plan_options import ANY_PLAN
    from chorale.reading import read_music

    reading = read_music(file, options.part, options.approximate, options.voicing, options.choices)
    check_voices(reading, min_voices, file, options.part)
    music = interpret(reading, options.plan_options or ANY_PLAN)
    plan, bars = music.as_written.plan, options.bars
    start, end = find_steps(plan, bars) if bars else (0, plan.length_steps)
    return InputFile(file, reading, music, bars, start, end)


def interpret_as_written(
    reading: "Reading", plan_options: "PlanOptions"
) -> "tuple[Chorale, Sources]":
    """Return the music of a file with metre, pickup and key, estimated where the file lacks them.

    Fermatas are never estimated: only fermatas in the file are shown and played.

    Args:
        reading: the file as it was read.
        plan_options: metre, pickup and key that override those of the file.

    Raises:
        OptionError: the options do not fit the music.
    """
    from chorale.composing.jobs.interpreting import interpret
    from chorale.composing.jobs.planning import FILE

    music = interpret(reading, plan_options)
    written = music.as_written.plan.fermatas
    return music.as_written, replace(
        music.sources, fermatas=NO_FERMATAS if written is None else FILE
    )


def describe_file(file: Path, plan: "Plan", bars: "Bars | None") -> str:
    """Describe the length of a file's music, and the bars shown; None for all bars."""
    from chorale.composing.jobs import describe_bars
    from chorale.wording import describe_length

    shown = f", only {describe_bars(bars)} shown" if bars else ""
    return f"{file.name}: {describe_length(plan.last_bar, pickup=False)}{shown}"


def derive_metadata(reading: "Reading", file: Path, title: str | None = None) -> "Metadata":
    """Derive the metadata of files made from an input file; `title` replaces the input's."""
    from chorale.rendering.metadata import COMPOSER, Metadata

    facts = reading.facts
    composer = facts.composer or (COMPOSER if facts.comments else "")
    comments = facts.comments or (f"from {file.name}",)
    return Metadata(facts.title or file.stem if title is None else title, comments, composer)
