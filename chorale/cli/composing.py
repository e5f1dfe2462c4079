"""What the composing commands have in common: a job is done, and each result becomes a file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os.path import isdir  # unlike Path.is_dir, raises nothing whatever the name
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chorale.cli.arguments import MAX_SEED, VOICES, temperatures
from chorale.cli.console import progress_bar, say
from chorale.errors import OptionError
from chorale.options import SamplingOptions

if TYPE_CHECKING:
    from chorale.checkpoint import Checkpoint
    from chorale.jobs import Job
    from chorale.music import Chorale


@dataclass(frozen=True)
class Wishes:
    """The options that all composing commands have, as they were typed."""

    count: int
    temperature: str
    top_p: float
    greedy: bool
    guidance: float
    seed: int | None
    model: str
    output: Path | None
    tempo: float | None  # None: that of the music brought
    program: str
    as_json: bool
    quiet: bool
    force: bool
    candidates: int = 1


def compose_files(
    wishes: Wishes,
    job_of: "Callable[[Checkpoint], Job]",
    *,
    stem: str,
    title: str | None,
    account: Sequence[str],
) -> None:
    """Do a job and write what comes of it.

    Args:
        wishes: how.
        job_of: the job, for a network.
        stem: what files are called, with the seed after it.
        title: what the music is called; None calls it after the seed.
        account: what is written in the file about the job, a line each.

    Raises:
        ChoraleError: an option is wrong, the job cannot be done, or a file cannot be written.
    """
    import json
    import secrets

    from chorale.checkpoint import load_checkpoint
    from chorale.files import check_writable, refuse_overwrite, write_bytes
    from chorale.jobs import composed
    from chorale.models import find
    from chorale.rendering.midi import check_tempo, midi_bytes, playable, program_number

    sampling = SamplingOptions(
        temperatures(wishes.temperature),
        wishes.top_p,
        wishes.greedy,
        wishes.guidance,
        wishes.candidates,
    )
    instrument = program_number(wishes.program)
    if wishes.tempo is not None:
        check_tempo(wishes.tempo)
    seed = secrets.randbelow(MAX_SEED) if wishes.seed is None else wishes.seed
    title = f"Chorale {seed}" if title is None else title
    paths = output_paths(wishes.output, wishes.count, f"{stem}-{seed}")
    for path in paths:
        refuse_overwrite(path, wishes.force)
    check_writable(paths[0])
    checkpoint = load_checkpoint(find(wishes.model))
    job = job_of(checkpoint)
    tempo = wishes.tempo or playable(job.tempo_qpm)
    remarks = list(job.remarks)
    if not wishes.tempo and job.tempo_qpm and job.tempo_qpm != tempo:
        remarks.append(f"a tempo of {tempo:g}, since players do not take its {job.tempo_qpm:g}")
    quiet = wishes.quiet or wishes.as_json
    for remark in () if quiet else remarks:
        say(remark)
    results = []
    with progress_bar("Composing", wishes.quiet) as progress:
        chorales = composed(checkpoint, job, wishes.count, seed, sampling, progress)
        for number, (path, chorale) in enumerate(zip(paths, chorales, strict=True), start=1):
            content = midi_bytes(
                chorale,
                tempo_qpm=tempo,
                program=instrument,
                title=title.replace("{seed}", str(seed))
                + (f" no. {number}" if wishes.count > 1 else ""),
                comments=[
                    "Composed by chorale",
                    f"seed {seed}, no. {number}",
                    *account,
                    _how(sampling),
                    f"model {checkpoint.about.get('data', 'unknown')} {checkpoint.fingerprint}",
                ],
            )
            write_bytes(path, content)
            results.append(_result(path, chorale, seed, number, checkpoint, tempo, remarks))
            if not quiet:
                say(_line(results[-1]))
    if wishes.as_json:
        say(json.dumps(results, indent=2))
    elif not wishes.quiet:
        say("To hear it, open it with a MIDI player or a notation program such as MuseScore.")


def output_paths(output: Path | None, count: int, stem: str) -> list[Path]:
    """Where the chorales go: numbered when there are several; a folder gets names of our own.

    An `output` that exists as a folder, or whose name has no ending, is a folder.

    Raises:
        OptionError: it ends in something else than a MIDI file does, or is "-".
    """
    from chorale.rendering.midi import check_midi_name

    if str(output) == "-":
        raise OptionError("music is not written to standard output; name a MIDI file or a folder")
    folder, ending = Path(), ".mid"
    if output and (isdir(output) or not output.suffix):
        folder = output
    elif output:
        check_midi_name(output)
        folder, stem, ending = output.parent, output.stem, output.suffix
    if count == 1:
        return [folder / f"{stem}{ending}"]
    width = len(str(count))
    return [folder / f"{stem}-{number:0{width}}{ending}" for number in range(1, count + 1)]


def _how(sampling: SamplingOptions) -> str:
    if sampling.greedy:
        return f"greedy, guidance {sampling.guidance:g}"
    each = list(dict.fromkeys(f"{temperature:g}" for temperature in sampling.temperatures))
    if len(each) > 1:
        each = [f"{t:g} ({name})" for t, name in zip(sampling.temperatures, VOICES, strict=True)]
    drawn = f"temperature {', '.join(each)}, top-p {sampling.top_p:g}"
    best = f", the best of {sampling.candidates}" if sampling.candidates > 1 else ""
    return f"{drawn}, guidance {sampling.guidance:g}{best}"


def _result(
    path: Path,
    chorale: "Chorale",
    seed: int,
    number: int,
    checkpoint: "Checkpoint",
    tempo: float,
    remarks: Sequence[str],
) -> dict[str, Any]:
    from chorale.analysis import estimate_key

    plan = chorale.plan
    return {
        "file": str(path),
        "key": (plan.key or estimate_key(chorale)).name,
        "metre": plan.metre.name if plan.metre else None,
        "pickup_steps": plan.pickup_steps,
        "bars": max(1, plan.last_bar),
        "steps": plan.length_steps,
        "tempo": round(tempo, 3),
        "seed": seed,
        "number": number,
        "model": checkpoint.fingerprint,
        "remarks": list(remarks),
    }


def _line(result: dict[str, Any]) -> str:
    metre = f", {result['metre']}" if result["metre"] else ""
    bars = f"{result['bars']} bar" + ("" if result["bars"] == 1 else "s")
    if result["pickup_steps"]:
        bars += " with a pickup"
    return f"{result['file']}: {result['key']}{metre}, {bars}, seed {result['seed']}"
