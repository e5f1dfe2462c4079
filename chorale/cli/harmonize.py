"""`chorale harmonize`: compose the other voices for a tune."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from chorale.cli import arguments as shared
from chorale.cli.composing import Request, compose_files
from chorale.cli.composing_options import ComposingOptions
from chorale.cli.with_options import with_options

if TYPE_CHECKING:
    from chorale.composing.jobs import Job
    from chorale.network.checkpoint import Checkpoint


@with_options
def harmonize(
    tune: shared.File,
    options: ComposingOptions,
    voice: Annotated[
        Literal["soprano", "alto", "tenor", "bass"] | None,
        typer.Option(help="Voice that sings the tune.", show_default="the file's, or soprano"),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(
            metavar="VOICES",
            help="Voices of the file to keep, such as soprano,bass.",
            show_default="all; the soprano of four",
        ),
    ] = None,
    part: shared.Part = None,
    bars: Annotated[
        str | None,
        typer.Option(
            metavar="BARS", help="Harmonize only these bars, such as 1-16.", show_default="all"
        ),
    ] = None,
    transpose: Annotated[
        int, typer.Option(min=-24, max=24, help="Semitones by which to transpose the tune first.")
    ] = 0,
    fit: Annotated[
        Literal["octaves", "transpose"],
        typer.Option(
            help="For a tune outside its voice's range: move it by octaves, or transpose it as "
            "little as possible and the finished chorale back."
        ),
    ] = "octaves",
    fill: Annotated[
        bool,
        typer.Option("--fill", help="Compose the rests of the kept voices too: they are blanks."),
    ] = False,
    chords: Annotated[
        str | None,
        typer.Option(
            metavar="CHORDS",
            help='Chords to keep, such as "C G7 Am F:2" or "I vi | ii65 V | I".',
            show_default="those of the file",
        ),
    ] = None,
    ignore_chords: Annotated[
        bool,
        typer.Option("--ignore-chords", help="Print the file's chord symbols without using them."),
    ] = False,
    keys: shared.PhraseKeys = None,
    approximate: shared.Approximate = False,
    play_repeats: shared.PlayRepeats = False,
    voicing: shared.Choir = "SATB",
) -> None:
    """Compose the other voices for a tune, whose pitches and rhythms stay as they are.

    Metre, pickup, key and phrases that the file does not give are estimated and reported; --key,
    --metre, --pickup and --phrases override them. Chord symbols of the file are followed, and
    figures under a bass that is kept.
    """
    from chorale.music.voicings import parse_voicing

    plan_options = options.plan_options()
    kept = shared.parse_voices(keep)
    choir = parse_voicing(voicing)
    phrase_keys = shared.parse_phrase_keys(keys)
    bar_range = shared.parse_bar_range(bars) if bars is not None else None

    def make_job(checkpoint: "Checkpoint") -> "Job":
        from chorale.composing.jobs import job_for_harmonizing
        from chorale.reading import read_music

        return job_for_harmonizing(
            checkpoint,
            read_music(tune, part, approximate),
            plan_options,
            keep=kept,
            voice=voice,
            bars=bar_range,
            transpose=transpose,
            fit=fit,
            voicing=choir,
            fill=fill,
            chords=chords,
            ignore_chords=ignore_chords,
            keys=phrase_keys,
        )

    task = f"voices to {tune.name}"
    if transpose:
        task += f", moved by {transpose} semitones"
    if fill:
        task += ", its rests filled"
    if chords:
        task += f", chords {chords}"
    if keys:
        task += f", keys of phrases {keys}"
    description = options.describe_request(task, choir)
    request = Request(make_job, tune.stem, description, "harmonized", play_repeats, choir)
    compose_files(options, request)
