"""The judging verbs of the command line for Python: `import chorale` has them too.

Music may be a path, a `Reading` of one, or a `Chorale`. Metre, key and phrases that it does not
tell are estimated, as the command line does.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from chorale.checking import Checked, examine
from chorale.explaining import Explanation
from chorale.explaining import explain as explained
from chorale.interface import Music, load_model, reading_of
from chorale.jobs.planning import planned
from chorale.models import DEFAULT
from chorale.music import VOICES, Chorale, Plan
from chorale.plan_options import PlanOptions


def check(music: Music) -> Checked:
    """What goes against the rules of part-writing (`chorale.checking`), in two to four voices.

    Raises:
        ReadingError: the music cannot be used.
    """
    chorale, plan = _heard(music)
    if chorale.plan.fermatas is None:  # cadences are not judged where nobody wrote a close
        plan = replace(plan, fermatas=None)
    return examine(replace(chorale, plan=plan))


def explain(music: Music, model: str | Path = DEFAULT) -> Explanation:
    """How likely a network finds each note, and what it would rather have (`chorale.explaining`).

    Raises:
        ReadingError: the music cannot be used.
        DataError: it has not four voices, or a pitch that the network does not know.
        OptionError: there is no such model, or it hears no notes that are given.
    """
    chorale, plan = _heard(music)
    return explained(load_model(model), replace(chorale, plan=plan))


def _heard(music: Music) -> tuple[Chorale, Plan]:
    """The music as it was brought, and the plan that it is heard by."""
    reading = reading_of(music)
    kept: Sequence[int] = [VOICES.index(name) for name in reading.voices]
    plan, _ = planned(reading.chorale, kept, reading, PlanOptions())
    return reading.chorale, plan
