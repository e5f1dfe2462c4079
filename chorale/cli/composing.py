"""What the composing commands have in common: a job is done, and each result becomes files."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chorale.cli.arguments import MAX_SEED, VOICES, temperatures
from chorale.cli.console import progress_bar, say
from chorale.cli.outputs import outputs_of
from chorale.cli.ranking import ranking_as_json, ranking_lines
from chorale.cli.summary import line_of, say_summary
from chorale.options import SamplingOptions

if TYPE_CHECKING:
    from chorale.composing.jobs import Job
    from chorale.composing.ranking import Ranked
    from chorale.music import Chorale
    from chorale.network.checkpoint import Checkpoint


@dataclass(frozen=True)
class Wishes:
    """The options that all composing commands have, as they were typed."""

    count: int
    temperature: str
    top_p: float
    greedy: bool
    guidance: float
    strictness: float
    best_of: int | None  # None: as many as usual, and the ranking is not told
    seed: int | None
    model: str
    output: Path | None
    formats: list[str] | None
    title: str | None
    staves: int
    soundfont: Path | None
    tempo: float | None  # None: that of the music brought
    program: str
    as_json: bool
    quiet: bool
    force: bool


def compose_files(
    wishes: Wishes,
    job_of: "Callable[[Checkpoint], Job]",
    *,
    stem: str,
    account: Sequence[str],
    done: str = "",
) -> None:
    """Do a job and write what comes of it.

    Args:
        wishes: how.
        job_of: the job, for a network.
        stem: what files are called, with `done` and the seed after it.
        account: what is written in the file about the job, a line each.
        done: what is done to music that is brought, such as "harmonized"; the new music is called
            by the title of it, or else the stem, with this after it.

    Raises:
        ChoraleError: an option is wrong, the job cannot be done, or a file cannot be written.
    """
    import json
    import secrets

    from chorale.composing.jobs import run_job
    from chorale.models import find
    from chorale.network.checkpoint import load_checkpoint
    from chorale.reading.parts import SIGNED
    from chorale.rendering.formats import check_formats, rendered
    from chorale.rendering.metadata import COMPOSER, Metadata
    from chorale.rendering.render_options import render_options_of

    sampling = SamplingOptions(
        temperatures(wishes.temperature),
        wishes.top_p,
        wishes.greedy,
        wishes.guidance,
        SamplingOptions.best_of if wishes.best_of is None else wishes.best_of,
        wishes.strictness,
    )
    render_options = render_options_of(
        wishes.tempo, wishes.program, wishes.staves, wishes.soundfont
    )
    seed = secrets.randbelow(MAX_SEED) if wishes.seed is None else wishes.seed
    stem_of_files = "-".join(filter(None, [stem, done, str(seed)]))
    outputs = outputs_of(wishes.output, wishes.formats, "midi", stem_of_files, wishes.count)
    check_formats(outputs.formats, render_options)
    outputs.check(wishes.force)
    checkpoint = load_checkpoint(find(wishes.model))
    job = job_of(checkpoint)
    title = f"{job.title or stem}, {done}" if done else f"Chorale {seed}"
    title = title if wishes.title is None else wishes.title
    composer = f"{job.composer}; {COMPOSER}" if job.composer else COMPOSER
    remarks = list(job.remarks)
    if wishes.tempo is None:
        render_options, remark = render_options.at_tempo_of(job.tempo_qpm)
        remarks += [remark] if remark else []
    quiet = wishes.quiet or wishes.as_json
    for remark in () if quiet else remarks:
        say(remark)
    comments = [*account, _how(sampling), f"model {_name(checkpoint)} {checkpoint.fingerprint}"]
    results = []
    rankings: deque[Sequence[Ranked]] = deque(maxlen=1)  # that of the chorale at hand
    with progress_bar("Composing", wishes.quiet) as progress:
        chorales = run_job(checkpoint, job, wishes.count, seed, sampling, progress, rankings.append)
        for number, chorale in enumerate(chorales, start=1):
            about = Metadata(
                f"{title} no. {number}" if wishes.count > 1 else title,
                (SIGNED, f"seed {seed}, no. {number}", *comments),
                composer,
            )
            contents = rendered(chorale, outputs.formats, about, render_options)
            result = _facts(chorale) | {
                "tempo": round(render_options.tempo_qpm, 3),
                "seed": seed,
                "number": number,
                "model": checkpoint.fingerprint,
                "remarks": remarks,
            }
            if rankings and wishes.as_json:
                result["ranking"] = ranking_as_json(rankings[-1])
            files = list(map(str, outputs.write(contents, wishes.force, number=number)))
            results.append({"file": files[0], "files": files, **result})
            if not quiet:
                for line in ranking_lines(rankings[-1]) if rankings and wishes.best_of else ():
                    say(line)
                if wishes.count > 1:
                    say(line_of(results[-1]))
    if wishes.as_json:
        say(json.dumps(results, indent=2))
    elif not wishes.quiet:
        say_summary(results)


def _how(sampling: SamplingOptions) -> str:
    led = f"guidance {sampling.guidance:g}, strictness {sampling.strictness:g}"
    if sampling.greedy:
        return f"greedy, {led}"
    each = list(dict.fromkeys(f"{temperature:g}" for temperature in sampling.temperatures))
    if len(each) > 1:
        each = [f"{t:g} ({name})" for t, name in zip(sampling.temperatures, VOICES, strict=True)]
    drawn = f"temperature {', '.join(each)}, top-p {sampling.top_p:g}"
    best = f", the best of {sampling.candidates}" if sampling.candidates > 1 else ""
    return f"{drawn}, {led}{best}"


def _name(checkpoint: "Checkpoint") -> str:
    return str(checkpoint.about.get("data", "unknown"))


def _facts(chorale: "Chorale") -> dict[str, Any]:
    from chorale.analysis import estimate_key

    plan = chorale.plan
    return {
        "key": (plan.key or estimate_key(chorale)).name,
        "metre": plan.metre.name if plan.metre else None,
        "pickup_steps": plan.pickup_steps,
        "bars": max(1, plan.last_bar),
        "steps": plan.length_steps,
    }
