"""`chorale analyze`: name the harmony of a file, phrase by phrase."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chorale.cli import arguments as shared
from chorale.cli.console import (
    make_legible,
    print_captured,
    print_paragraph,
    print_result,
)
from chorale.cli.input_files import derive_metadata, describe_file
from chorale.cli.labelling import USUAL_SYMBOLS, choose_symbols
from chorale.cli.outputs import choose_outputs

if TYPE_CHECKING:
    from rich.console import Console

    from chorale.cli.outputs import Outputs
    from chorale.composing.jobs.interpreting import InterpretedMusic
    from chorale.harmony import HarmonyAnalysis
    from chorale.options import Symbols
    from chorale.reading import Reading

MIN_VOICES = 2
REASON = "a chord is of two voices or more"
USUAL_FORMAT = "pdf"


def analyze(
    file: shared.File,
    key: shared.KeyName = None,
    metre: shared.MetreName = None,
    pickup: shared.Pickup = None,
    symbols: shared.SymbolKind = None,
    part: shared.Part = None,
    voicing: shared.VoicingName = None,
    approximate: shared.Approximate = False,
    output: Annotated[
        str | None,  # a Path would lose the slash at the end of a folder's name
        typer.Option(
            "-o",
            "--output",
            metavar="PATH",
            help="Write the score with its harmony: a folder, or a file whose ending gives the "
            "format.",
            show_default="no score",
        ),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="FORMATS",
            help="Format of the score: musicxml, lilypond, svg, pdf, png or html; several with "
            "commas.",
            show_default="by --output",
        ),
    ] = None,
    staves: shared.Staves = 2,
    force: shared.Force = False,
    as_json: shared.AsJson = False,
) -> None:
    """Name chords, keys, cadences and non-chord tones.

    Each phrase is printed with its key and cadence (PAC, IAC, HC, DC or PC), its chords as Roman
    numerals by bar and beat, and its non-chord tones by kind. The chords are the most probable ones
    by analyses of Bach's chorales; phrases that the file does not give are estimated.
    """
    from rich.console import Console

    from chorale.composing.jobs.interpreting import check_voices, interpret
    from chorale.harmony import analyze_harmony
    from chorale.reading import read_music
    from chorale.rendering.reports.harmony_report import collect_facts

    plan_options = shared.parse_plan_options(key, metre, pickup, None)
    outputs = _choose_outputs(file, output, formats, symbols, force)
    reading = read_music(file, part, approximate, shared.parse_voicing(voicing))
    check_voices(reading, MIN_VOICES, file, part, REASON)
    music = interpret(reading, plan_options)
    analysis = analyze_harmony(music.chorale, plan_options.key)
    written: list[Path] = []
    notices = list(reading.notices)
    if outputs:
        chosen = symbols or USUAL_SYMBOLS
        replaced = len(music.as_written.annotations.chord_symbols) if chosen == "lead" else 0
        if replaced:
            notices.append(f"{replaced} chord symbols of the file are replaced in the score")
        written = _write_score(file, reading, music, analysis, outputs, chosen, staves, force)
    plan = music.chorale.plan
    if as_json:
        facts = {
            "file": str(file),
            "plan": music.description,
            "remarks": notices,
            "voicing": reading.voicing.name,
            "metre": plan.metre.name if plan.metre else None,
            "pickup_steps": plan.pickup_steps,
            "steps": plan.length_steps,
            **collect_facts(analysis, plan, reading.voicing),
            "scores": list(map(str, written)),
        }
        print_result(json.dumps(facts, indent=2))
        return
    console = Console(highlight=False, markup=False, emoji=False)
    heading = [describe_file(file, plan, None), music.description, *notices]

    def print_all() -> None:
        _print_report(console, heading, analysis, music, reading)
        for path in written:
            print_paragraph(f"Score: {path}", console)

    print_captured(console, print_all)


def _choose_outputs(
    file: Path,
    output: str | None,
    formats: list[str] | None,
    symbols: "Symbols | None",
    force: bool,
) -> "Outputs | None":
    """Choose the score, and check that it can be written; None for no score.

    Raises:
        OptionError: a format is not a score, or as in `choose_outputs`.
        OutputError: a file exists, or a library that a format needs is not installed.
    """
    from chorale.rendering.formats import check_formats
    from chorale.rendering.render_options import DEFAULT_RENDER_OPTIONS

    if output is None and not formats:
        choose_symbols(symbols is not None, symbols, [USUAL_FORMAT])
        return None
    outputs = choose_outputs(output, formats, USUAL_FORMAT, f"{file.stem}-analysis")
    for name in outputs.formats:
        choose_symbols(True, symbols, [name])
    check_formats(outputs.formats, DEFAULT_RENDER_OPTIONS)
    outputs.check(force)
    return outputs


def _write_score(
    file: Path,
    reading: "Reading",
    music: "InterpretedMusic",
    analysis: "HarmonyAnalysis",
    outputs: "Outputs",
    symbols: "Symbols",
    staves: int,
    force: bool,
) -> list[Path]:
    """Write the score with its labels, and return the paths of its files."""
    from chorale.harmony import label_harmony
    from chorale.rendering.formats import render
    from chorale.rendering.render_options import build_render_options

    options, _ = build_render_options(None, "organ", staves).adopt_tempo(reading.facts.tempo_qpm)
    options = replace(options, voicing=reading.voicing)
    labelled = label_harmony(music.as_written, analysis, symbols)
    contents = render(labelled, outputs.formats, derive_metadata(reading, file), options)
    return outputs.write(contents, force)


def _print_report(
    console: "Console",
    heading: list[str],
    analysis: "HarmonyAnalysis",
    music: "InterpretedMusic",
    reading: "Reading",
) -> None:
    from chorale.rendering.reports.harmony_report import (
        LEGEND,
        list_chords,
        list_nonchord_tones,
        title_phrase,
    )

    plan = music.chorale.plan
    for number, line in enumerate(heading):
        print_paragraph(line, console, bold=not number)
    for number, phrase in enumerate(analysis.phrases, start=1):
        console.print()
        print_paragraph(title_phrase(number, phrase, plan), console, bold=True)
        for line in list_chords(analysis, phrase, plan):
            console.print(make_legible(f"  {line}", console), soft_wrap=True)
        for line in list_nonchord_tones(analysis, phrase, plan, reading.voicing):
            print_paragraph(line, console, indent="  ")
    console.print()
    print_paragraph(LEGEND, console)
