"""Files that are brought to be seen and heard as they are: nothing is composed."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chorale.jobs.planning import Sources
    from chorale.music import Chorale
    from chorale.plan_options import PlanOptions
    from chorale.reading import Reading
    from chorale.rendering.about import About

NO_FERMATAS = "none in the file"


def as_brought(reading: "Reading", asked: "PlanOptions") -> "tuple[Chorale, Sources]":
    """The music of a file with metre, pickup and key, estimated where need be.

    Fermatas are the file's own: none is shown or heard that nobody wrote.

    Args:
        reading: the file's.
        asked: what is not to be told by the music.

    Raises:
        OptionError: what is asked for does not go with the music.
    """
    from dataclasses import replace

    from chorale.jobs.planning import planned
    from chorale.music import VOICES

    chorale = reading.chorale
    kept = [VOICES.index(name) for name in reading.voices]
    plan, sources = planned(chorale, kept, reading, asked)
    if chorale.plan.fermatas is None:
        plan = replace(plan, fermatas=None)
        sources = replace(sources, fermatas=NO_FERMATAS)
    return replace(chorale, plan=plan), sources


def about_of(reading: "Reading", file: Path, title: str | None = None) -> "About":
    """What files made from a file say of themselves."""
    from chorale.rendering.about import US, About

    facts = reading.facts
    composer = facts.composer or (US if facts.comments else "")
    comments = facts.comments or (f"from {file.name}",)
    return About(facts.title or file.stem if title is None else title, comments, composer)
