"""The music of a page, as JSON for its scripts (the types are in `music.d.ts`)."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from chorale.analysis import estimate_key
from chorale.music import STEPS_PER_QUARTER, VOICES, Chorale, Note, notes
from chorale.music.spelling import Spelling, spell_line
from chorale.music.voicings import Voicing
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.score.note_values import list_bars, notate_voice, sounding_voices
from chorale.rendering.sound import clicks, organ, performance, reverb

_MAX_TRANSPOSITION = 12  # semitones, in the page
_DIGITS = 5  # of the numbers in the page
_SIGNS = {-2: "\U0001d12b", -1: "\u266d", 0: "", 1: "\u266f", 2: "\U0001d12a"}


def collect_music(chorale: Chorale, title: str, render_options: RenderOptions) -> dict[str, Any]:
    """Return the music of a page as JSON values.

    Args:
        chorale: the music.
        title: its title.
        render_options: tempo, and the remarks to show beside the notes.
    """
    voices = sounding_voices(chorale)
    plan, timing = chorale.plan, performance.find_timing(chorale)
    counted, count_in = clicks.plan_clicks(chorale, 1, metronome=False)
    _, beats = clicks.plan_clicks(chorale, 0, metronome=True)
    return {
        "title": title,
        "steps": plan.length_steps,
        "stepsPerQuarter": STEPS_PER_QUARTER,
        "tempo": render_options.tempo_qpm,
        "voices": [
            {"number": voice, "name": render_options.voicing.part_at(voice).name}
            for voice in voices
        ],
        "notes": sorted(
            (note for voice in voices for note in _list_notes(chorale, voice)),
            key=lambda note: (note["step"], note["voice"]),
        ),
        "bars": [{"number": bar.number, "step": bar.start_step} for bar in list_bars(plan)],
        "beats": [[click.step, click.downbeat] for click in beats],
        "countIn": [[click.step, click.downbeat] for click in count_in],
        "countInSteps": counted.plan.length_steps - plan.length_steps,
        "slowing": np.round(timing.slowing, _DIGITS).tolist(),
        "breath": {
            "steps": list(timing.breaths),
            "quarters": performance.BREATH_QUARTERS,
            "max": performance.MAX_BREATH_S,
        },
        "gap": {"seconds": performance.GAP_S, "share": performance.MAX_GAP},
        "organ": _describe_organ(chorale, render_options.voicing),
        "remarks": [vars(remark) for remark in render_options.remarks],
    }


def _list_notes(chorale: Chorale, voice: int) -> Iterator[dict[str, Any]]:
    """Yield the notes of a voice with the identifiers of their written parts."""
    line = notes(chorale, voice)
    if not line:
        return
    key = chorale.plan.key or estimate_key(chorale)
    spellings = spell_line([note.pitch for note in line], key)
    parts: dict[int, list[str]] = {}
    for bar in notate_voice(chorale, voice):
        for written in bar:
            if written.number is not None:
                parts.setdefault(written.number, []).append(f"{voice}-{written.start_step}")
    following: list[Note | None] = [*line[1:], None]
    for number, (note, after) in enumerate(zip(line, following, strict=True)):
        end = note.onset_step + note.length_steps
        yield {
            "voice": voice,
            "pitch": note.pitch,
            "name": _name(spellings[number]),
            "step": note.onset_step,
            "length": note.length_steps,
            "repeated": bool(after and (after.pitch, after.onset_step) == (note.pitch, end)),
            "parts": parts[number],
        }


def _name(spelling: Spelling) -> str:
    return f"{spelling.letter}{_SIGNS[spelling.alter]}{spelling.octave}"


def _describe_organ(chorale: Chorale, voicing: Voicing) -> dict[str, Any]:
    """Return the constants of the organ, its room and the clicks."""
    by_voice = organ.choose_divisions(voicing.parts[-1].kind == "bass")
    divisions = list(dict.fromkeys(by_voice))
    pitches = [note.pitch for voice in range(len(VOICES)) for note in notes(chorale, voice)]
    lowest = min(pitches, default=organ.MIDDLE_PITCH) - _MAX_TRANSPOSITION
    highest = max(pitches, default=organ.MIDDLE_PITCH) + _MAX_TRANSPOSITION
    return {
        "divisions": [[_describe_rank(rank) for rank in ranks] for ranks in divisions],
        "divisionOfVoice": [divisions.index(ranks) for ranks in by_voice],
        "panning": organ.PANNING,
        "gains": [
            [
                round(organ.LEVEL * organ.balancing_gain(ranks, pitch), _DIGITS)
                for pitch in range(lowest, highest + 1)
            ]
            for ranks in divisions
        ],
        "lowest": lowest,
        "middle": organ.MIDDLE_PITCH,
        "release": organ.RELEASE_S,
        "chiff": {"seconds": organ.CHIFF_S, "level": organ.CHIFF},
        "reverb": {
            "seconds": reverb.REVERB_S,
            "level": reverb.LEVEL,
            "delay": reverb.DELAY_S,
            "rise": reverb.RISE_S,
            "fade": reverb.FADE_S,
            "bands": [
                [reverb.LOWEST_HZ, reverb.DARK_HZ, reverb.DARK_DECAY_S],
                [reverb.DARK_HZ, reverb.BRIGHT_HZ, reverb.BRIGHT_DECAY_S],
            ],
        },
        "clicks": {
            "seconds": clicks.CLICK_S,
            "decay": clicks.DECAY_S,
            "hertz": [clicks.DOWNBEAT_HZ, clicks.BEAT_HZ],
            "levels": [clicks.DOWNBEAT_LEVEL, clicks.BEAT_LEVEL],
        },
    }


def _describe_rank(rank: organ.Rank) -> dict[str, Any]:
    """Return a rank of pipes; `real` and `imag` are the terms of the Web Audio API's waves."""
    partials = np.concatenate([[0], organ.find_partials(rank)])
    return {
        "octave": 8 / rank.feet,
        "cents": rank.cents,
        "attack": rank.attack_s,
        "real": np.round(partials.real, _DIGITS).tolist(),
        "imag": np.round(-partials.imag, _DIGITS).tolist(),
    }
