"""Arguments and options that several commands share, and the parsing of their texts.

Options that only the composing commands take are in `chorale.cli.composing_options`; sampling,
model and training options are declared in `chorale.options`.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chorale.errors import OptionError
from chorale.options import VOICES, Motion, SamplingOptions, Symbols
from chorale.untrusted import parse_digits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chorale.composing.plan_options import PlanOptions
    from chorale.music import Key
    from chorale.music.voicings import Voicing

DEFAULT_TEMPERATURE = SamplingOptions().temperatures[0]

# The music
File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="MIDI, MusicXML, MEI, ABC or Humdrum file.", show_default=False
    ),
]
Part = Annotated[
    str | None,
    typer.Option("--part", metavar="PART", help="Read only this part, given by name or number."),
]
VoicingName = Annotated[
    str | None,
    typer.Option(
        "--voicing",
        metavar="VOICING",
        help="Choir of the file: SATB, SSA, SSAA, TTBB, SAB, SA or TB.",
        show_default="by the names of the parts",
    ),
]
Approximate = Annotated[
    bool,
    typer.Option(
        "--approximate",
        help="Approximate notes that do not fit sixteenths or four voices, such as triplets and "
        "chords.",
    ),
]
KeyName = Annotated[
    str | None,
    typer.Option(
        "--key",
        metavar="KEY",
        help='Key, such as "G minor", Bb, F#m, h-Moll or "D dorian".',
        show_default="auto",
    ),
]
PhraseKeys = Annotated[
    str | None,
    typer.Option(
        "--keys",
        metavar="KEYS",
        help='Key of each phrase, such as "G, D, e, G"; small letters are minor.',
        show_default="auto",
    ),
]
MetreName = Annotated[
    str | None,
    typer.Option(
        "--metre", metavar="METRE", help="Metre, such as 4/4 or 3/4.", show_default="auto"
    ),
]
Pickup = Annotated[
    float | None,
    typer.Option(
        "--pickup",
        metavar="BEATS",
        help="Beats of pickup before bar 1; in 6/8 a beat is an eighth.",
        show_default="auto",
    ),
]
Choir = Annotated[
    str,
    typer.Option("--voicing", metavar="NAME", help="Choir: SATB, SSA, SSAA, TTBB, SAB, SA or TB."),
]
ModelName = Annotated[
    str,
    typer.Option(
        "--model", help="Model that comes with chorale (see `chorale models`), or checkpoint file."
    ),
]
ModelData = Annotated[
    str | None,
    typer.Option(
        "--data",
        help="Data set: bach, jsb, or a folder of four-part music files.",
        show_default="the model's training data",
    ),
]

# The sound
MAX_COUNT_IN = 8  # bars
CountIn = Annotated[
    int,
    typer.Option(
        "--count-in",
        metavar="BARS",
        min=0,
        max=MAX_COUNT_IN,
        help="Bars of clicks before the music, in sound and midi.",
    ),
]
PlayRepeats = Annotated[
    bool,
    typer.Option(
        "--play-repeats",
        help="Play out repeats, voltas, Da Capo and Dal Segno, in sound, midi and html.",
    ),
]

# The analysis
Analysis = Annotated[
    bool,
    typer.Option(
        "--analysis", help="Print the harmony in the score: Roman numerals, keys and cadences."
    ),
]
SymbolKind = Annotated[
    Symbols | None,
    typer.Option(
        "--symbols",
        help="Symbols of the harmony: Roman numerals or figures below the bass, or chord symbols "
        "above the score.",
        show_default="roman",
    ),
]

# The output
OUTPUT_HELP = (
    "Folder, or file whose ending gives the format. A name that ends in a slash is a folder's."
)
FORMATS_HELP = (
    "Format: midi, musicxml, lilypond, svg, pdf, png, html, roll, wav, flac, ogg or mp3; several "
    "with commas."
)
Staves = Annotated[
    int, typer.Option("--staves", help="Staves of the score: 2, or 4 with one per voice.")
]
Soundfont = Annotated[
    Path | None,
    typer.Option(help="Soundfont to play with, an .sf2 file.", show_default="the built-in organ"),
]
Tempo = Annotated[
    float | None,
    typer.Option(
        "--tempo",
        help="Tempo in quarter notes per minute, 20 to 300.",
        show_default="80, or the file's",
    ),
]
Program = Annotated[
    str, typer.Option(help="Instrument: organ, choir, piano, strings... or a General MIDI number.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON only.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print errors only.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite existing files.")]


def parse_temperatures(text: str) -> float | tuple[float, float, float, float]:
    """Parse one temperature, or one per voice: "0.8", "soprano=1.0,bass=0.7", "0.9,bass=0.6".

    Voices that are not named have the number without a name, or else the default.

    Raises:
        OptionError: the text does not have one of these forms.
    """
    common, by_voice = DEFAULT_TEMPERATURE, dict[str, float]()
    for number, item in enumerate(text.split(",")):
        name, equals, value = item.rpartition("=")
        try:
            temperature = float(value)
        except ValueError:
            raise _temperature_error(text) from None
        if name.strip().lower() in VOICES:
            by_voice[name.strip().lower()] = temperature
        elif equals or number:
            raise _temperature_error(text)
        else:
            common = temperature
    soprano, alto, tenor, bass = (by_voice.get(voice, common) for voice in VOICES)
    return (soprano, alto, tenor, bass) if by_voice else common


def _temperature_error(text: str) -> OptionError:
    return OptionError(
        f"temperature {text!r} is not a number; give one above 0, such as 0.8, or one per voice, "
        "such as soprano=1.0,bass=0.7"
    )


def parse_plan_options(
    key: str | None,
    metre: str | None,
    pickup: float | None,
    phrases: str | None,
    motion: Motion | None = None,
) -> "PlanOptions":
    """Parse the options of the plan.

    Raises:
        OptionError: a text cannot be parsed, or a value is outside its range.
    """
    from chorale.composing.plan_options import PlanOptions

    bars = None if phrases is None else [_parse_bars(bar, phrases) for bar in phrases.split(",")]
    return PlanOptions.parse(key, metre, pickup, bars, motion)


def parse_phrase_keys(keys: str | None) -> "tuple[Key, ...]":
    """Parse the keys of phrases, separated by commas; none if the text is None.

    Raises:
        OptionError: a text between commas is not a key.
    """
    from chorale.composing.plan_options import parse_keys

    return parse_keys([key.strip() for key in keys.split(",")]) if keys is not None else ()


def parse_voicing(name: str | None) -> "Voicing | None":
    """Parse the name of a voicing, such as SSA; None stays None.

    Raises:
        OptionError: there is no voicing of this name.
    """
    from chorale.music import voicings

    return None if name is None else voicings.parse_voicing(name)


def parse_bar_range(text: str) -> tuple[int, int]:
    """Parse a range of bars, such as 5-8 or 5, into its first and last bar.

    Raises:
        OptionError: the text is not a range of bars.
    """
    from chorale.composing.jobs import parse_bar_range

    return parse_bar_range(text)


def parse_voices(text: str | None) -> list[str]:
    """Parse the names of voices, separated by commas, into SATB order; None gives an empty list.

    Raises:
        OptionError: a name is not a voice.
    """
    from chorale.composing.jobs import parse_voices

    return parse_voices(text or [])


def _parse_bars(item: str, text: str) -> int:
    bars = parse_digits(item.strip())
    if bars is None:
        raise OptionError(f"phrases {text!r} are not lengths in bars, such as 4,4,4,4")
    return bars


def find_training_data(about: "Mapping[str, Any]") -> str:
    """Return the name of the data set that a model was trained on, for `load_corpus`.

    Raises:
        OptionError: the model does not record its training data, or only the name of their folder.
    """
    from chorale.corpus.folder import PREFIX

    name = str(about.get("data", ""))
    if not name:
        raise OptionError(
            "the model does not record its training data; use --data with bach, jsb or a folder"
        )
    if name.startswith(PREFIX):  # the checkpoint records the folder's name, not its path
        raise OptionError(
            f"the model was trained on {name.strip()} and does not record where that is; use "
            "--data with its path, or with bach or jsb"
        )
    return name
