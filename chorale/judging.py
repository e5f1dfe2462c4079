"""The judging verbs of the command line for Python: `import chorale` has them too.

Music may be a path, a `Reading` of one, or a `Chorale`. Metre, key and phrases that it does not
tell are estimated, as the command line does.
"""

from pathlib import Path

from chorale.checking import Checked, examine
from chorale.explaining import Explanation
from chorale.explaining import explain as explained
from chorale.interface import Music, load_model, reading_of
from chorale.jobs.hearing import Heard, check_voices, heard
from chorale.models import DEFAULT
from chorale.music import VOICES


def check(music: Music) -> Checked:
    """What goes against the rules of part-writing (`chorale.checking`), in two to four voices.

    Cadences are not judged where nobody wrote a close.

    Raises:
        ReadingError: the music cannot be used, or has one voice.
    """
    return examine(_heard(music, 2).written)


def explain(music: Music, model: str | Path = DEFAULT) -> Explanation:
    """How likely a network finds each note, and what it would rather have (`chorale.explaining`).

    Raises:
        ReadingError: the music cannot be used, or has not four voices.
        DataError: it has a pitch that the network does not know.
        OptionError: there is no such model, or it hears no notes that are given.
    """
    return explained(load_model(model), _heard(music, len(VOICES)).chorale)


def _heard(music: Music, least_voices: int) -> Heard:
    reading = reading_of(music)
    check_voices(reading, least_voices, Path(music) if isinstance(music, (str, Path)) else None)
    return heard(reading)
