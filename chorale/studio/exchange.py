"""Music as JSON between the page of the studio and its server.

A score has these keys:

    title, tempo    title, and quarter notes a minute
    steps           length in sixteenths
    metre, key      such as "4/4" and "G minor"; null if unknown
    pickup          steps before the first whole bar
    early           downbeats that come before a bar is full, in steps
    fermatas        pairs of first step and exclusive end; null if unknown
    voicing         the choir, such as "SSA"
    notes           notes, each with voice (0 = soprano), pitch, step and length
    annotations     words, repeats and the like (`chorale.studio.annotating`); null if none
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from chorale.errors import OptionError
from chorale.music import REST, VOICES, Chorale, Key, Metre, Plan, notes
from chorale.music.voicings import SATB, Voicing, parse_voicing
from chorale.rendering.render_options import DEFAULT_TEMPO_QPM, playable_tempo
from chorale.studio.annotating import (
    annotations_from_json,
    annotations_to_json,
    fit_annotations,
)

MAX_TITLE = 200  # characters
MAX_STEPS = 4_800  # 300 measures of 4/4; a longer score takes too long to engrave at each edit


def to_score(
    chorale: Chorale, title: str, tempo_qpm: float | None = None, voicing: Voicing = SATB
) -> dict[str, Any]:
    """Return a chorale as a score for the page."""
    plan = chorale.plan
    return {
        "title": title[:MAX_TITLE],
        "tempo": playable_tempo(tempo_qpm),
        "steps": plan.length_steps,
        "metre": plan.metre.name if plan.metre else None,
        "key": plan.key.name if plan.key else None,
        "pickup": plan.pickup_steps,
        "early": list(plan.early_downbeats),
        "fermatas": None if plan.fermatas is None else [list(span) for span in plan.fermata_spans],
        "voicing": voicing.name,
        "annotations": annotations_to_json(chorale.annotations),
        "notes": [
            {
                "voice": voice,
                "pitch": note.pitch,
                "step": note.onset_step,
                "length": note.length_steps,
            }
            for voice in range(len(VOICES))
            for note in notes(chorale, voice)
        ],
    }


def to_chorale(score: Mapping[str, Any]) -> Chorale:
    """Return the chorale of a score that the page has sent, with the annotations that fit.

    Raises:
        OptionError: the score is damaged, or its notes overlap or leave it.
    """
    return to_chorale_and_rest(score)[0]


def to_chorale_and_rest(score: Mapping[str, Any]) -> tuple[Chorale, list[str]]:
    """Return the chorale of a score, and counts of the annotations that do not fit its notes.

    Raises:
        OptionError: as `to_chorale`.
    """
    return fit_annotations(_read_notes(score), annotations_from_json(score.get("annotations")))


def voicing_of(score: Mapping[str, Any]) -> Voicing:
    """Return the choir of a score; SATB if it names none.

    Raises:
        OptionError: there is no such choir.
    """
    return parse_voicing(str(score.get("voicing") or SATB.name))


def _read_notes(score: Mapping[str, Any]) -> Chorale:
    """Return the notes and the plan of a score; raises as `to_chorale`."""
    try:
        length = int(score["steps"])
        if not 1 <= length <= MAX_STEPS:
            raise OptionError(f"the studio takes 1 to {MAX_STEPS:,} sixteenths, not {length:,}")
        pitches = np.full((length, len(VOICES)), REST, np.int16)
        onsets = np.zeros((length, len(VOICES)), np.bool_)
        for note in score["notes"]:
            voice, start, size = (int(note[name]) for name in ("voice", "step", "length"))
            if not (0 <= voice < len(VOICES) and size >= 1 and 0 <= start <= length - size):
                raise OptionError("a note is outside the score")
            if (pitches[start : start + size, voice] != REST).any():
                raise OptionError("two notes of a voice overlap")
            pitches[start : start + size, voice] = int(note["pitch"])
            onsets[start, voice] = True
        source = str(score["title"])[:MAX_TITLE] or "the music"
        return Chorale(pitches, onsets, _to_plan(score, length), source)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise OptionError(f"the page sent a damaged score ({error})") from error


def _to_plan(score: Mapping[str, Any], length: int) -> Plan:
    """Return the plan of a score; raises as `to_chorale`, and ValueError for wrong values."""
    fermatas = None
    if score["fermatas"] is not None:
        fermatas = np.zeros(length, np.bool_)
        for start, end in score["fermatas"]:
            fermatas[int(start) : int(end)] = True
    metre = Metre.parse(score["metre"]) if score["metre"] else None
    key = Key.parse(score["key"]) if score["key"] else None
    early = tuple(int(step) for step in score.get("early") or ()) if metre else ()
    pickup = int(score["pickup"]) if metre else 0
    return Plan(length, metre, pickup, key, fermatas, early_downbeats=early)


def tempo_of(score: Mapping[str, Any]) -> float:
    """Return the tempo of a score in quarter notes a minute; the default if it is out of range."""
    tempo = score.get("tempo")
    return playable_tempo(tempo if isinstance(tempo, (int, float)) else DEFAULT_TEMPO_QPM)
