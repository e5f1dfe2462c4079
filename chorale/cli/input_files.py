"""Files that are brought to be seen, heard and judged as they are: nothing is composed."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chorale.composing.jobs.interpreting import Interpreted
    from chorale.composing.jobs.planning import Bars, Sources
    from chorale.composing.plan_options import PlanOptions
    from chorale.music import Chorale
    from chorale.reading import Reading
    from chorale.rendering.metadata import Metadata

NO_FERMATAS = "none in the file"


@dataclass(frozen=True)
class InputFile:
    """A file that is judged.

    Attributes:
        file: it.
        reading: what it says.
        heard: its music.
        bars: those to tell of; None for all.
        start: first step to tell of.
        end: exclusive.
    """

    file: Path
    reading: "Reading"
    interpret: "Interpreted"
    bars: "Bars | None"
    start: int
    end: int

    @property
    def heading(self) -> list[str]:
        """Its length and all that is known of it, a line each."""
        from chorale.composing.jobs import in_words
        from chorale.wording import describe_length

        shown = f", {in_words(self.bars)} of them" if self.bars else ""
        length = describe_length(self.interpret.written.plan.last_bar, pickup=False)
        return [f"{self.file.name}: {length}{shown}", self.interpret.account, *self.reading.told]

    def facts(self) -> dict[str, Any]:
        """The same for JSON."""
        plan = self.interpret.written.plan
        return {
            "file": str(self.file),
            "plan": self.interpret.account,
            "remarks": self.reading.told,
            "key": plan.key.name if plan.key else None,
            "metre": plan.metre.name if plan.metre else None,
            "pickup_steps": plan.pickup_steps,
            "steps": plan.length_steps,
            "from_step": self.start,
            "to_step": self.end,
        }


def load_for_checking(
    file: Path, part: str | None, approximate: bool, bars: "Bars | None", least_voices: int
) -> InputFile:
    """Read a file that is to be judged.

    Raises:
        ReadingError: it cannot be read, or has fewer voices.
        OptionError: it has no such bars.
    """
    from chorale.composing.jobs.interpreting import check_voices, interpret
    from chorale.composing.jobs.planning import steps_of
    from chorale.reading import read_music

    reading = read_music(file, part, approximate)
    check_voices(reading, least_voices, file, part)
    music = interpret(reading)
    plan = music.written.plan
    start, end = steps_of(plan, bars) if bars else (0, plan.length_steps)
    return InputFile(file, reading, music, bars, start, end)


def as_written(reading: "Reading", asked: "PlanOptions") -> "tuple[Chorale, Sources]":
    """The music of a file with metre, pickup and key, estimated where need be.

    Fermatas are the file's own: none is shown or heard that nobody wrote.

    Args:
        reading: the file's.
        asked: what is not to be told by the music.

    Raises:
        OptionError: what is asked for does not go with the music.
    """
    from chorale.composing.jobs.interpreting import interpret

    music = interpret(reading, asked)
    if music.written.plan.fermatas is None:
        return music.written, replace(music.sources, fermatas=NO_FERMATAS)
    return music.written, music.sources


def metadata_of(reading: "Reading", file: Path, title: str | None = None) -> "Metadata":
    """What files made from a file say of themselves."""
    from chorale.rendering.metadata import COMPOSER, Metadata

    facts = reading.facts
    composer = facts.composer or (COMPOSER if facts.comments else "")
    comments = facts.comments or (f"from {file.name}",)
    return Metadata(facts.title or file.stem if title is None else title, comments, composer)
