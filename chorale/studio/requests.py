"""What the page of the studio can ask for, by the public functions of `chorale.api`.

Requests and answers are JSON values; wrong ones raise a ChoraleError, whose text the page shows.
"""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from chorale import api
from chorale.api.music import to_reading
from chorale.errors import ChoraleError, OptionError
from chorale.music import COMMON_TIME, REST, VOICES, Chorale, Plan, from_pitches
from chorale.music.voicings import SATB, Voicing
from chorale.reading import Reading
from chorale.rendering.formats import FORMATS
from chorale.studio.exchange import (
    MAX_STEPS,
    tempo_of,
    to_chorale,
    to_chorale_and_rest,
    to_score,
    voicing_of,
)
from chorale.wording import join_names

ACTIONS = ("generate", "harmonize", "continue", "rewrite")
ALTERNATIVES = 3
SIZES = ("wide", "narrow")
MIN_VOICES = 2  # fewest voices that have findings
MAX_FILE_BYTES = 20_000_000
MAX_NAME_BYTES, MAX_ENDING = 100, 12  # of a file's name, and letters of its ending
OPTIONS = ("temperature", "strictness", "motion", "best_of", "seed")
PLAN_OPTIONS = ("key", "metre")


def view(score: Mapping[str, Any], size: str | None = None) -> dict[str, Any]:
    """Return what the page shows of a score: the engraving, its music, findings and notices.

    Music with fewer than two voices has no findings.

    Args:
        score: see `chorale.studio.exchange`.
        size: window for which the score is engraved, "wide" or "narrow"; None for both.
    """
    chorale, left_out = to_chorale_and_rest(score)
    notices = [f"without a note to stand on: {join_names(left_out)}"] if left_out else []
    return {**_show(chorale, score, size), "notices": notices}


def _show(chorale: Chorale, score: Mapping[str, Any], size: str | None) -> dict[str, Any]:
    """Return the engraving, the music and the findings of a chorale with a score's choir, tempo."""
    voicing = voicing_of(score)
    sizes = [size] if size else SIZES
    shown = api.view(chorale, tempo=tempo_of(score), voicing=voicing, editing=True, sizes=sizes)
    return {**shown, "findings": _check(chorale, voicing)}


def _check(chorale: Chorale, voicing: Voicing) -> list[dict[str, Any]]:
    if (chorale.pitches != REST).any(axis=0).sum() < MIN_VOICES:
        return []
    checked = api.check(chorale, voicing)
    return [
        {
            "step": found.step,
            "end": found.step + 1 if found.end_step is None else found.end_step,
            "voices": list(found.voices),
            "place": chorale.plan.place(found.step),
            "text": f"{found.rule}: {found.text}",
            "fault": found in checked.faults,
        }
        for found in checked.findings
    ]


def compose(
    request: Mapping[str, Any],
    progress: Callable[[int, int], None],
    receive: Callable[[dict[str, Any]], None],
) -> None:
    """Compose the alternatives that a request asks for.

    Args:
        request: action, one of ACTIONS; score; options; bars, voices and locks if it needs them;
            size as in `view`.
        progress: called with the steps done and the total; an exception of it ends the work.
        receive: called with each alternative as soon as it is there: its score and its view.
    """
    action, score = request.get("action"), request.get("score")
    if action not in ACTIONS or not isinstance(score, Mapping):
        raise OptionError(f"a request needs a score and an action, one of {', '.join(ACTIONS)}")
    _check_types(request)
    title, tempo, voicing = str(score.get("title") or ""), tempo_of(score), voicing_of(score)

    def show(chorale: Chorale) -> None:
        shown = {**_show(chorale, score, request.get("size")), "notices": []}
        receive({"score": to_score(chorale, title, tempo, voicing), "view": shown})

    options = _choose_options(request)
    options |= {"count": ALTERNATIVES, "progress": progress, "receive": show}
    if action == "generate":
        options |= {"voicing": voicing.name, **_choose_plan(request)}
        api.generate(request.get("bars"), **options)
    else:
        _compose_from(action, to_reading(to_chorale(score), voicing), request, options)


def _check_types(request: Mapping[str, Any]) -> None:
    """Check the types of a request's values, of which each may be missing.

    Raises:
        OptionError: a value has another type.
    """
    kinds: dict[str, Any] = {"bars": (int, str), "plan": Mapping, "options": Mapping, "size": str}
    for name, kind in kinds.items():
        if not isinstance(request.get(name), (kind, type(None))):
            raise OptionError(f"the {name} of a request have the wrong type")
    for name in ("voices", "locks"):
        values = request.get(name) or []
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise OptionError(f"the {name} of a request must be a list of names")


def _compose_from(
    action: str, reading: Reading, request: Mapping[str, Any], options: dict[str, Any]
) -> None:
    """Compose alternatives from the music of the page.

    A tune is harmonized with all voices that it has, four voices with their soprano and the locks.
    """
    locks, fill = request.get("locks") or (), bool(request.get("fill"))
    if action == "continue":
        api.continue_(reading, request.get("bars"), **options)
    elif action == "rewrite":
        bars, voices = request.get("bars", ""), request.get("voices") or VOICES
        api.rewrite(reading, bars, voices, locks, **options)
    elif reading.voicing is not SATB:
        api.harmonize(reading, voicing=reading.voicing.name, fill=fill, **options)
    elif locks and len(reading.voices) == len(VOICES) and not fill:
        plan = reading.chorale.plan
        api.rewrite(reading, (plan.bar_at(0), plan.last_bar), VOICES[1:], locks, **options)
    else:
        kept = reading.voices
        kept = kept[:1] if len(kept) == len(VOICES) and not fill else kept
        api.harmonize(reading, keep=kept, fill=fill, **options)


def _choose_options(request: Mapping[str, Any]) -> dict[str, Any]:
    given = request.get("options") or {}
    return {name: given[name] for name in OPTIONS if given.get(name) is not None}


def _choose_plan(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the key and the metre of a new chorale; those that are open are drawn."""
    plan = request.get("plan") or {}
    return {name: str(plan[name]) for name in PLAN_OPTIONS if plan.get(name)}


def open_file(path: Path) -> dict[str, Any]:
    """Read a file, and return its score and the notices of its changes."""
    reading = api.read(path)
    if (steps := reading.chorale.plan.length_steps) > MAX_STEPS:
        raise OptionError(f"the studio takes 1 to {MAX_STEPS:,} sixteenths, not {steps:,}")
    title = reading.facts.title or path.stem
    score = to_score(reading.chorale, title, reading.facts.tempo_qpm, reading.voicing)
    return {"score": score, "notices": list(reading.notices)}


def read(name: str, content: bytes) -> dict[str, Any]:
    """Read a file that was dropped on the page, as `open_file` does."""
    if len(content) > MAX_FILE_BYTES:
        raise OptionError(f"the file has more than {MAX_FILE_BYTES // 10**6} MB")
    with TemporaryDirectory() as folder:
        path = Path(folder, _name_file(name))
        path.write_bytes(content)
        try:
            return open_file(path)
        except ChoraleError as error:
            raise type(error)(str(error).replace(f"{folder}/", "")) from error


def _name_file(name: str) -> str:
    """Return the last part of a path, short enough for a file's name; its ending stays."""
    last = name.replace("\\", "/").replace("\0", "").split("/")[-1]
    stem, dot, ending = last.rpartition(".")
    if not (stem.strip(".") and ending) or len(ending) > MAX_ENDING:
        stem, dot, ending = last.strip("."), "", ""
    return f"{_shorten(stem) or 'file'}{dot}{ending}"


def _shorten(name: str) -> str:
    """Return the beginning of a name, of at most MAX_NAME_BYTES."""
    return name.encode(errors="replace")[:MAX_NAME_BYTES].decode(errors="ignore")


def save(score: Mapping[str, Any], kind: str) -> tuple[str, bytes]:
    """Return the name and the contents of a file in a format; several pages are packed."""
    if kind not in FORMATS:
        raise OptionError(f"unknown format {kind!r}; choose from {', '.join(FORMATS)}")
    chorale = to_chorale(score)
    title = str(score["title"]) or "chorale"
    stem = "".join(letter if letter.isalnum() else "-" for letter in title)
    stem = _shorten(stem).strip("-")
    name = f"{stem or 'chorale'}{FORMATS[kind].ending}"
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        files = api.write(
            chorale, path, tempo=tempo_of(score), title=title, voicing=voicing_of(score)
        )
        if len(files) == 1:
            return name, files[0].read_bytes()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for file in files:
                archive.write(file, file.name)
        return f"{stem}.zip", packed.getvalue()


def warm_up() -> None:
    """Load the libraries and the model, so that the first requests are as quick as later ones."""
    silence = np.full((COMMON_TIME.steps_per_bar, len(VOICES)), REST, np.int16)
    plan = Plan(len(silence), COMMON_TIME)
    _show(from_pitches(silence, plan), {}, None)  # as the page asks for it first
    [chorale] = api.generate(1, seed=1)
    _check(chorale, SATB)
