"""The music of a page, as JSON for its scripts (the types are in `music.d.ts`).

Steps are those of the music as it is played, which is longer than the written music if repeats are
played out. Numbers of bars and names of notes are those of the score, and a note has the
identifiers of its written parts, so that the score shows it in each pass.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chorale.analysis import estimate_key
from chorale.music import STEPS_PER_QUARTER, VOICES, Chorale, Note, notes
from chorale.music.repeats import find_order_of_play
from chorale.music.spelling import Spelling
from chorale.music.unrolling import unroll
from chorale.music.voicings import Voicing
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.score.layout import written_voices
from chorale.rendering.score.note_values import Bar, list_bars, notate_voice
from chorale.rendering.score.spellings import choose_signature, spell_voice
from chorale.rendering.sound import clicks, organ, performance, reverb

_MAX_TRANSPOSITION = 12  # semitones, in the page
_DIGITS = 5  # of the numbers in the page
_SIGNS = {-2: "\U0001d12b", -1: "\u266d", 0: "", 1: "\u266f", 2: "\U0001d12a"}


def collect_music(chorale: Chorale, title: str, render_options: RenderOptions) -> dict[str, Any]:
    """Return the music of a page as JSON values.

    Args:
        chorale: the music.
        title: its title.
        render_options: tempo, whether repeats are played out, and the remarks to show beside the
            notes.

    Raises:
        OptionError: repeats are played out, and the music would be too long.
    """
    written_steps = np.arange(chorale.plan.length_steps)
    played = chorale
    if render_options.play_repeats:
        order = find_order_of_play(chorale.annotations, chorale.plan.length_steps)
        written_steps = np.concatenate([written_steps[each.start : each.end] for each in order])
        played = unroll(chorale)
    voices = written_voices(chorale, render_options)
    plan, timing = played.plan, performance.find_timing(played)
    counted, count_in = clicks.plan_clicks(played, 1, metronome=False)
    _, beats = clicks.plan_clicks(played, 0, metronome=True)
    return {
        "title": title,
        "steps": plan.length_steps,
        "stepsPerQuarter": STEPS_PER_QUARTER,
        "stepsPerBeat": plan.counted_metre.steps_per_beat,
        "tempo": render_options.tempo_qpm,
        "voices": [
            {"number": voice, "name": render_options.voicing.part_at(voice).name}
            for voice in voices
        ],
        "notes": sorted(
            (
                note
                for voice in voices
                for note in _list_notes(chorale, played, voice, written_steps)
            ),
            key=lambda note: (note["step"], note["voice"]),
        ),
        "bars": [_describe_bar(bar, chorale, written_steps) for bar in list_bars(plan)],
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
        "organ": _describe_organ(played, render_options.voicing),
        "remarks": [vars(remark) for remark in render_options.remarks],
    }


def _describe_bar(bar: Bar, chorale: Chorale, written_steps: NDArray[np.int64]) -> dict[str, Any]:
    """Return a measure with its number and its first beat in the score."""
    plan, start = chorale.plan, int(written_steps[bar.start_step])
    return {
        "number": plan.bar_at(start),
        "step": bar.start_step,
        "beat": 1 + plan.step_in_bar(start) / plan.counted_metre.steps_per_beat,
    }


def _list_notes(
    chorale: Chorale, played: Chorale, voice: int, written_steps: NDArray[np.int64]
) -> Iterator[dict[str, Any]]:
    """Yield the notes of a voice as they are played.

    Args:
        chorale: the music as it is written.
        played: the music as it is played.
        voice: 0 = soprano.
        written_steps: (P,) for each step that is played, the written step.
    """
    names, parts = _find_written(chorale, voice)
    line = notes(played, voice)
    following: list[Note | None] = [*line[1:], None]
    for note, after in zip(line, following, strict=False):
        end = note.onset_step + note.length_steps
        written = [int(step) for step in written_steps[note.onset_step : end]]
        yield {
            "voice": voice,
            "pitch": note.pitch,
            "name": names[written[0]],
            "step": note.onset_step,
            "length": note.length_steps,
            "repeated": bool(after and (after.pitch, after.onset_step) == (note.pitch, end)),
            "parts": list(dict.fromkeys(parts[step] for step in written)),
        }


def _find_written(chorale: Chorale, voice: int) -> tuple[list[str], list[str]]:
    """Return the name of the note, and the identifier of its written part, at each step.

    Both are empty where the voice rests.
    """
    names, parts = ([""] * chorale.plan.length_steps for _ in range(2))
    key = chorale.plan.key or estimate_key(chorale)
    spellings = spell_voice(chorale, voice, key, choose_signature(chorale, key))
    for note, spelling in zip(notes(chorale, voice), spellings, strict=True):
        names[note.onset_step : note.onset_step + note.length_steps] = [
            _name(spelling)
        ] * note.length_steps
    for bar in notate_voice(chorale, voice):
        for written in bar:
            if written.number is not None:
                end = written.start_step + written.length_steps
                parts[written.start_step : end] = [
                    f"{voice}-{written.start_step}"
                ] * written.length_steps
    return names, parts


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
