"""Options that the composing commands share."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as shared
from chorale.models import DEFAULT
from chorale.options import MAX_COUNT, MAX_SEED, Motion, SamplingOptions

if TYPE_CHECKING:
    from chorale.composing.plan_options import PlanOptions
    from chorale.music.voicings import Voicing


@dataclass(frozen=True)
class ComposingOptions:
    """Options of `generate`, `harmonize`, `continue` and `rewrite`, as typed."""

    count: Annotated[
        int,
        typer.Option(
            "-n", "--count", min=1, max=MAX_COUNT, help="Number of chorales, all different."
        ),
    ] = 1
    key: shared.KeyName = None
    metre: shared.MetreName = None
    pickup: shared.Pickup = None
    phrases: Annotated[
        str | None,
        typer.Option(
            metavar="BARS",
            help="Bars of each phrase, such as 4,4,4,4; each ends under a fermata.",
            show_default="auto",
        ),
    ] = None
    motion: Annotated[
        Motion | None,
        typer.Option(
            help="How many notes off the beat, compared with Bach's chorales.",
            show_default="auto",
        ),
    ] = None
    temperature: Annotated[
        str,
        typer.Option(
            "-t",
            "--temperature",
            metavar="NUMBER",
            help="Above 0: lower is safer, higher is bolder. Per voice: soprano=1.0,bass=0.7.",
        ),
    ] = f"{shared.DEFAULT_TEMPERATURE:g}"
    sampling: SamplingOptions = field(default_factory=SamplingOptions)
    best_of: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Compose N candidates (1 to 64), keep the best and print the ranking; --greedy "
            "has only one.",
            show_default=f"{SamplingOptions().best_of}, ranking not printed",
        ),
    ] = None
    seed: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=MAX_SEED,
            help="The same seed gives the same music.",
            show_default="a new one",
        ),
    ] = None
    model: shared.ModelName = DEFAULT
    output: Annotated[
        str | None,  # a Path would lose the slash at the end of a folder's name
        typer.Option(
            "-o",
            "--output",
            metavar="PATH",
            help=shared.OUTPUT_HELP,
            show_default="a name with the seed, in this folder",
        ),
    ] = None
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="FORMATS",
            help=shared.FORMATS_HELP,
            show_default="by --output, or midi",
        ),
    ] = None
    title: Annotated[
        str | None,
        typer.Option(metavar="TITLE", help="Title in the files.", show_default="by the task"),
    ] = None
    staves: shared.Staves = 2
    analysis: shared.Analysis = False
    symbols: shared.SymbolKind = None
    soundfont: shared.Soundfont = None
    tempo: shared.Tempo = None
    program: shared.Program = "organ"
    as_json: shared.AsJson = False
    quiet: shared.Quiet = False
    force: shared.Force = False

    @property
    def sampling_options(self) -> SamplingOptions:
        """All sampling options, including temperatures and number of candidates.

        Raises:
            OptionError: a value is outside its interval.
        """
        best_of = self.sampling.best_of if self.best_of is None else self.best_of
        temperature = shared.parse_temperatures(self.temperature)
        return replace(self.sampling, temperature=temperature, best_of=best_of)

    def plan_options(self) -> "PlanOptions":
        """Parse key, metre, pickup, phrases and motion.

        Raises:
            OptionError: a text cannot be parsed, or a value is outside its range.
        """
        return shared.parse_plan_options(
            self.key, self.metre, self.pickup, self.phrases, self.motion
        )

    def describe_request(self, task: str, voicing: "Voicing | None" = None) -> str:
        """Describe the task, the options of the plan, and the choir, in a line for the files.

        The choir is left out if it is SATB, or None.
        """
        pickup = None if self.pickup is None else f"{self.pickup:g}"
        plan = {
            "key": self.key,
            "metre": self.metre,
            "pickup": pickup,
            "phrases": self.phrases,
            "motion": self.motion,
            "voicing": voicing.name if voicing and voicing.name != "SATB" else None,
        }
        parts = [f"{name} {text}" for name, text in plan.items() if text is not None]
        return ", ".join(filter(None, [task, *parts])) or "nothing asked for"
