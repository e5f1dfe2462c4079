"""Options that several commands share, and how their texts are read."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chorale.errors import OptionError
from chorale.options import SamplingOptions

if TYPE_CHECKING:
    from chorale.composing.plan_options import PlanOptions

MAX_COUNT = 10_000  # these as chorale.composing.jobs has them, which has NumPy
MAX_BARS = 100
MAX_SEED = 2**31 - 1
DEFAULTS = SamplingOptions()
VOICES = ("soprano", "alto", "tenor", "bass")  # chorale.music has NumPy, and help is instant

# What is composed
KeyName = Annotated[
    str | None,
    typer.Option("--key", metavar="KEY", help='Such as "G minor", Bb or F#m.', show_default="auto"),
]
MetreName = Annotated[
    str | None,
    typer.Option("--metre", metavar="METRE", help="Such as 4/4 or 3/4.", show_default="auto"),
]
Pickup = Annotated[
    float | None,
    typer.Option(
        "--pickup",
        metavar="BEATS",
        help="Beats before bar 1; in 6/8 eighths.",
        show_default="auto",
    ),
]
Phrases = Annotated[
    str | None,
    typer.Option(
        "--phrases",
        metavar="BARS",
        help="Bars of each phrase, such as 4,4,4,4; each ends under a fermata.",
        show_default="auto",
    ),
]
File = Annotated[
    Path, typer.Argument(metavar="FILE", help="A MIDI or MusicXML file.", show_default=False)
]
Part = Annotated[
    str | None,
    typer.Option(
        "--part", metavar="PART", help="Read this part alone: its name, or its number from 1."
    ),
]
Approximate = Annotated[
    bool,
    typer.Option(
        "--approximate",
        help="Take what sixteenths or voices cannot hold (triplets, chords) as nearly as possible.",
    ),
]

# How it is drawn
Count = Annotated[
    int, typer.Option("-n", "--count", min=1, max=MAX_COUNT, help="How many, all different.")
]
Temperature = Annotated[
    str,
    typer.Option(
        "-t",
        "--temperature",
        metavar="NUMBER",
        help="Above 0; lower is safer, higher bolder. By voice: soprano=1.0,bass=0.7.",
    ),
]
TopP = Annotated[
    float, typer.Option(help="Draw from the likeliest notes of this share, in (0, 1].")
]
Greedy = Annotated[
    bool, typer.Option("--greedy", help="Always the likeliest note, whatever temperature.")
]
Guidance = Annotated[
    float,
    typer.Option(
        help="How closely key, metre, phrases and notes given are followed, 0 to 2; "
        "beyond 1 chords suffer."
    ),
]
Strictness = Annotated[
    float,
    typer.Option(
        help="How firmly what textbooks forbid, such as parallels, is avoided, 0 (not) to 2."
    ),
]
BestOf = Annotated[
    int | None,
    typer.Option(
        "--best-of",
        metavar="N",
        help="Write N for each that is kept, 1 to 64, and show how they rank; greedy writes one.",
        show_default=f"{DEFAULTS.best_of}, no ranking shown",
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(min=0, max=MAX_SEED, help="Same seed, same music.", show_default="a new one"),
]
ModelName = Annotated[
    str, typer.Option("--model", help="A model that comes with chorale, or a checkpoint file.")
]

# What becomes of it
Output = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        help="File, whose ending tells the format, or folder.",
        show_default="a name with the seed, here",
    ),
]
FORMATS_HELP = "midi, musicxml, svg, pdf, png, roll, wav, flac, ogg, mp3; several with commas."
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format", metavar="FORMATS", help=FORMATS_HELP, show_default="by --output, or midi"
    ),
]
Title = Annotated[
    str | None,
    typer.Option(metavar="TITLE", help="What programs show.", show_default="one of our own"),
]
StavesOfScore = Annotated[
    int, typer.Option("--staves", help="Of a score: 2, or 4 for a staff a voice.")
]
Soundfont = Annotated[
    Path | None,
    typer.Option(help="An .sf2 file to sound with.", show_default="an organ of our own"),
]
Tempo = Annotated[float, typer.Option(help="Quarter notes a minute, 20 to 300.")]
TempoOfFile = Annotated[
    float | None,
    typer.Option(
        "--tempo",
        help="Quarter notes a minute, 20 to 300.",
        show_default="the file's, or 80",
    ),
]
Program = Annotated[
    str, typer.Option(help="organ, choir, piano, strings..., or a General MIDI number.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Tell the results as JSON and nothing else.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Tell nothing.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite existing files.")]

DEFAULT_TEMPERATURE = f"{DEFAULTS.temperatures[0]:g}"


def temperatures(text: str) -> float | tuple[float, float, float, float]:
    """One temperature, or one a voice: "0.8", "soprano=1.0,bass=0.7", "0.9,bass=0.6".

    Voices that are not named have the number without a name, or else the default.

    Raises:
        OptionError: it is neither.
    """
    common, by_voice = DEFAULTS.temperatures[0], dict[str, float]()
    for number, item in enumerate(text.split(",")):
        name, equals, value = item.rpartition("=")
        try:
            temperature = float(value)
        except ValueError:
            raise _no_temperature(text) from None
        if name.strip().lower() in VOICES:
            by_voice[name.strip().lower()] = temperature
        elif equals or number:
            raise _no_temperature(text)
        else:
            common = temperature
    soprano, alto, tenor, bass = (by_voice.get(voice, common) for voice in VOICES)
    return (soprano, alto, tenor, bass) if by_voice else common


def _no_temperature(text: str) -> OptionError:
    return OptionError(
        f"no temperature {text!r}; give a number above 0, such as 0.8, or numbers by voice, "
        "such as soprano=1.0,bass=0.7"
    )


def plan_options(
    key: str | None, metre: str | None, pickup: float | None, phrases: str | None
) -> "PlanOptions":
    """What is asked of the plan.

    Raises:
        OptionError: a text is not of its kind.
    """
    from chorale.composing.plan_options import PlanOptions

    bars = None if phrases is None else [_whole(bar, phrases) for bar in phrases.split(",")]
    return PlanOptions.of(key, metre, pickup, bars)


def bar_range(text: str) -> tuple[int, int]:
    """The first and the last of some bars, such as 5-8 or 5.

    Raises:
        OptionError: it is neither.
    """
    from chorale.composing.jobs import bars_of

    return bars_of(text)


def voice_names(text: str | None) -> list[str]:
    """Names of voices out of a list with commas, in SATB order; none out of None.

    Raises:
        OptionError: a name is no voice's.
    """
    from chorale.composing.jobs import voices_named

    return voices_named(text or [])


def _whole(item: str, text: str) -> int:
    if not (item.strip().isascii() and item.strip().isdigit()):
        raise OptionError(f"no phrases {text!r}; give their lengths in bars, such as 4,4,4,4")
    return int(item)


def account(
    what: str, key: str | None, metre: str | None, pickup: float | None, phrases: str | None
) -> str:
    """What was asked for, in words, for the file that is written."""
    told = {
        "key": key,
        "metre": metre,
        "pickup": None if pickup is None else f"{pickup:g}",
        "phrases": phrases,
    }
    said = [f"{name} {text}" for name, text in told.items() if text is not None]
    return ", ".join(filter(None, [what, *said])) or "nothing asked for"
