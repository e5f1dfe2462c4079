"""Work shared by the composing commands: resolve the options, compose, write the files."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from chorale.cli.composing_options import ComposingOptions
from chorale.cli.console import print_result, progress_bar
from chorale.cli.labelling import add_labels, choose_symbols
from chorale.cli.outputs import Outputs, choose_outputs
from chorale.cli.ranking import collect_ranking, format_ranking
from chorale.cli.summary import format_result, print_summary
from chorale.errors import OptionError
from chorale.options import MAX_SEED, VOICES, SamplingOptions, Symbols, option_name

if TYPE_CHECKING:
    from chorale.aliases import Progress
    from chorale.composing.jobs import Job
    from chorale.composing.ranking import RankedCandidate
    from chorale.music import Chorale
    from chorale.music.voicings import Voicing
    from chorale.network.checkpoint import Checkpoint
    from chorale.rendering.render_options import RenderOptions

# Sampling options that the files' comments always state; others only if not at their defaults.
ALWAYS_DESCRIBED = ("temperature", "top_p", "greedy", "guidance", "strictness", "best_of")


@dataclass(frozen=True)
class Request:
    """A request for music.

    Attributes:
        make_job: function that makes the job for a loaded model.
        stem: beginning of the file names, before `done` and the seed.
        description: line that describes the request, for the files.
        play_repeats: whether repeats are played out, in sound, MIDI and pages; None if the command
            has no such option.
        done: participle such as "harmonized", empty without input music. The new music's title is
            the input's title (the stem if it has none), a comma and this word.
        voicing: the choir; None for SATB.
    """

    make_job: "Callable[[Checkpoint], Job]"
    stem: str
    description: str
    done: str = ""
    play_repeats: bool | None = None
    voicing: "Voicing | None" = None


def compose_files(options: ComposingOptions, request: Request) -> None:
    """Compose the requested chorales and write each one to its files.

    Raises:
        ChoraleError: an option is wrong, the job cannot be done, or a file cannot be written.
    """
    import json

    resolved = _resolve(options, request)
    quiet = options.quiet or options.as_json
    for notice in () if quiet else resolved.notices:
        print_result(notice)
    results = []
    with progress_bar("Composing", options.quiet) as progress:
        for number, (chorale, ranking) in enumerate(_compose(resolved, progress), start=1):
            results.append(_write(resolved, number, chorale, ranking))
            if not quiet:
                for line in format_ranking(ranking) if ranking and options.best_of else ():
                    print_result(line)
                if options.count > 1:
                    print_result(format_result(results[-1]))
    if options.as_json:
        print_result(json.dumps(results, indent=2))
    elif not options.quiet:
        print_summary(results)


@dataclass(frozen=True)
class _Resolved:
    """Options, files, model and job of a command, resolved before a note is composed."""

    options: ComposingOptions
    sampling: SamplingOptions
    render_options: "RenderOptions"
    outputs: Outputs
    checkpoint: "Checkpoint"
    job: "Job"
    seed: int
    title: str
    composer: str
    comments: tuple[str, ...]
    notices: list[str]
    symbols: Symbols | None


def _resolve(options: ComposingOptions, request: Request) -> _Resolved:
    """Check the options, load the model and make the job, so that errors show at once."""
    import secrets

    from chorale.models import find
    from chorale.network.checkpoint import load_checkpoint
    from chorale.rendering.formats import check_formats
    from chorale.rendering.losses import describe_losses, is_played
    from chorale.rendering.metadata import COMPOSER
    from chorale.rendering.render_options import build_render_options

    sampling = options.sampling_options
    render_options = build_render_options(
        options.tempo, options.program, options.staves, options.soundfont
    )
    if request.voicing:
        render_options = replace(render_options, voicing=request.voicing)
    seed = secrets.randbelow(MAX_SEED) if options.seed is None else options.seed
    stem = "-".join(filter(None, [request.stem, request.done, str(seed)]))
    outputs = choose_outputs(options.output, options.formats, "midi", stem, options.count)
    if request.play_repeats and not is_played(outputs.formats):
        raise OptionError(f"--play-repeats is for sound, midi and html, not {outputs.formats[0]}")
    render_options = replace(render_options, play_repeats=bool(request.play_repeats))
    check_formats(outputs.formats, render_options)
    symbols = choose_symbols(options.analysis, options.symbols, outputs.formats)
    outputs.check(options.force)
    checkpoint = load_checkpoint(find(options.model))
    job = request.make_job(checkpoint)
    title = f"{job.title or request.stem}, {request.done}" if request.done else f"Chorale {seed}"
    notices = list(job.notices)
    if job.music:
        notices += describe_losses(job.music, outputs.formats, request.play_repeats)
    if options.tempo is None:
        render_options, notice = render_options.adopt_tempo(job.tempo_qpm)
        notices += [notice] if notice else []
    data = checkpoint.about.get("data", "unknown")
    model = f"model {data} {checkpoint.fingerprint}"
    return _Resolved(
        options,
        sampling,
        render_options,
        outputs,
        checkpoint,
        job,
        seed,
        title=title if options.title is None else options.title,
        composer=f"{job.composer}; {COMPOSER}" if job.composer else COMPOSER,
        comments=(request.description, _describe_sampling(sampling), model),
        notices=notices,
        symbols=symbols,
    )


def _compose(
    resolved: _Resolved, progress: "Progress"
) -> "Iterator[tuple[Chorale, Sequence[RankedCandidate]]]":
    """Yield each chorale and the ranking of its candidates, empty for a single candidate."""
    from chorale.composing.jobs import run_job

    ranking: deque[Sequence[RankedCandidate]] = deque(maxlen=1)  # ranking of the next chorale
    for chorale in run_job(
        resolved.checkpoint,
        resolved.job,
        resolved.options.count,
        resolved.seed,
        resolved.sampling,
        progress,
        ranking.append,
    ):
        yield chorale, ranking.pop() if ranking else ()


def _write(
    resolved: _Resolved, number: int, chorale: "Chorale", ranking: "Sequence[RankedCandidate]"
) -> dict[str, Any]:
    """Write a chorale's files and return the facts that `--json` prints."""
    from chorale.reading.facts import COMPOSED_BY_CHORALE
    from chorale.rendering.formats import render
    from chorale.rendering.metadata import Metadata

    options, seed = resolved.options, resolved.seed
    metadata = Metadata(
        f"{resolved.title} no. {number}" if options.count > 1 else resolved.title,
        (COMPOSED_BY_CHORALE, f"seed {seed}, no. {number}", *resolved.comments),
        resolved.composer,
    )
    labelled = add_labels(chorale, resolved.symbols)
    contents = render(labelled, resolved.outputs.formats, metadata, resolved.render_options)
    files = list(map(str, resolved.outputs.write(contents, options.force, number=number)))
    result = {
        "file": files[0],
        "files": files,
        **_describe_chorale(chorale),
        "voicing": resolved.render_options.voicing.name,
        "tempo": round(resolved.render_options.tempo_qpm, 3),
        "seed": seed,
        "number": number,
        "model": resolved.checkpoint.fingerprint,
        "remarks": resolved.notices,
    }
    if ranking and options.as_json:
        result["ranking"] = collect_ranking(ranking)
    return result


def _describe_sampling(sampling: SamplingOptions) -> str:
    """Describe the sampling options in a line for the files' comments."""
    rules = f"guidance {sampling.guidance:g}, strictness {sampling.strictness:g}"
    if sampling.greedy:
        return f"greedy, {rules}"
    each = list(dict.fromkeys(f"{temperature:g}" for temperature in sampling.temperatures))
    if len(each) > 1:
        each = [f"{t:g} ({name})" for t, name in zip(sampling.temperatures, VOICES, strict=True)]
    draw = f"temperature {', '.join(each)}, top-p {sampling.top_p:g}"
    for name, value in vars(sampling).items():
        if name not in ALWAYS_DESCRIBED and value != getattr(SamplingOptions(), name):
            draw += f", {option_name(name)} {value:g}"
    best = f", the best of {sampling.candidates}" if sampling.candidates > 1 else ""
    return f"{draw}, {rules}{best}"


def _describe_chorale(chorale: "Chorale") -> dict[str, Any]:
    from chorale.analysis import estimate_key

    plan = chorale.plan
    return {
        "key": (plan.key or estimate_key(chorale)).name,
        "metre": plan.metre.name if plan.metre else None,
        "pickup_steps": plan.pickup_steps,
        "bars": max(1, plan.last_bar),
        "steps": plan.length_steps,
    }
