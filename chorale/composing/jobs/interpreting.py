"""Interpret music that is only shown or judged: check its voices and complete its plan."""

import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from chorale.composing.jobs.checks import refuse_other_choirs
from chorale.composing.jobs.planning import Sources, describe_plan, resolve_plan
from chorale.composing.plan_options import ANY_PLAN, PlanOptions
from chorale.errors import ReadingError
from chorale.music import VOICES, Chorale
from chorale.reading import Reading
from chorale.wording import join_names

REASONS = {  # by the number of voices that are needed
    2: "part-writing is between voices, two to four",
    4: "a voice is judged beside three others",
}


@dataclass(frozen=True)
class InterpretedMusic:
    """Music with a complete plan: metre, pickup, key and phrases.

    Attributes:
        chorale: the music with its own fermatas and estimated ones.
        as_written: the music without estimated fermatas.
        sources: the source of each part of the plan.
    """

    chorale: Chorale
    as_written: Chorale
    sources: Sources

    @property
    def description(self) -> str:
        """The plan in words, with the source of each part."""
        return describe_plan(self.chorale.plan, self.sources)


def interpret(reading: Reading, plan_options: PlanOptions = ANY_PLAN) -> InterpretedMusic:
    """Complete the plan of music; requested parts replace those of the music.

    Raises:
        OptionError: a request does not fit the music.
    """
    chorale = reading.chorale
    kept = [VOICES.index(name) for name in reading.voices]
    plan, sources = resolve_plan(chorale, kept, reading, plan_options)
    as_written = replace(plan, fermatas=chorale.plan.fermatas)
    return InterpretedMusic(replace(chorale, plan=plan), replace(chorale, plan=as_written), sources)


def check_voices(
    reading: Reading,
    least: int,
    file: Path | None = None,
    part: str | None = None,
    reason: str | None = None,
) -> None:
    """Check that music has as many voices as a judgement needs.

    Args:
        reading: the music.
        least: number of voices that are needed, a key of REASONS.
        file: path of the file with the music, if any.
        part: the only part that was read, if one was chosen.
        reason: why they are needed; None for that of REASONS.

    Raises:
        ReadingError: there are fewer voices, or four are needed and are not those of SATB.
    """
    if least == len(VOICES):
        refuse_other_choirs(reading, "explain")
    if len(reading.voices) >= least:
        return
    name = file.name if file else reading.chorale.source or "the music"
    command = f"chorale harmonize {shlex.quote(str(file))}" if file else "chorale harmonize"
    remedy = f"`{command}` adds the others"
    if part is not None:
        name, remedy = f"part {part} of {name}", "leave out --part to read all parts"
    voices, why = join_names(reading.voice_names), reason or REASONS[least]
    raise ReadingError(f"{name} has only the {voices}, and {why}; {remedy}")
