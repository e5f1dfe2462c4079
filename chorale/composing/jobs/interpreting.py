"""Music that is brought to be judged: its voices, and the plan that it is heard by."""

import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from chorale.composing.jobs.planning import Sources, account, resolve_plan
from chorale.composing.plan_options import PlanOptions
from chorale.errors import ReadingError
from chorale.music import VOICES, Chorale
from chorale.reading import Reading
from chorale.wording import join_names

WHY = {  # so many voices are needed
    2: "part-writing is between voices, two to four",
    4: "a voice is judged beside three others",
}


@dataclass(frozen=True)
class Interpreted:
    """Music with metre, pickup, key and phrases, estimated where it does not tell them.

    Attributes:
        chorale: it.
        written: it with no fermatas but those that somebody wrote.
        sources: where each part of its plan comes from.
    """

    chorale: Chorale
    written: Chorale
    sources: Sources

    @property
    def account(self) -> str:
        """Its plan in words, phrases and all."""
        return account(self.chorale.plan, self.sources)


def interpret(reading: Reading, asked: PlanOptions | None = None) -> Interpreted:
    """The music of a reading with a plan.

    Args:
        reading: it.
        asked: what is not to be told by the music.

    Raises:
        OptionError: what is asked for does not go with the music.
    """
    chorale = reading.chorale
    kept = [VOICES.index(name) for name in reading.voices]
    plan, sources = resolve_plan(chorale, kept, reading, asked or PlanOptions())
    written = plan if chorale.plan.fermatas is not None else replace(plan, fermatas=None)
    return Interpreted(replace(chorale, plan=plan), replace(chorale, plan=written), sources)


def check_voices(
    reading: Reading, least: int, file: Path | None = None, part: str | None = None
) -> None:
    """Check that there are as many voices as a judgement needs.

    Args:
        reading: of the music.
        least: how many are needed, one of WHY.
        file: where it comes from, if that is known.
        part: the only one of it that was read, if one was asked for.

    Raises:
        ReadingError: there are fewer.
    """
    if len(reading.voices) >= least:
        return
    what = file.name if file else reading.chorale.source or "the music"
    command = f"chorale harmonize {shlex.quote(str(file))}" if file else "chorale harmonize"
    mend = f"`{command}` adds what is missing"
    if part is not None:
        what, mend = f"part {part} of {what}", "leave out --part to read all parts"
    raise ReadingError(
        f"{what} has only the {join_names(reading.voices)}, and {WHY[least]}; {mend}"
    )
