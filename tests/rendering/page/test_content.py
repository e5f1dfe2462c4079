"""The music in a page: its notes, bars, beats and times."""

import numpy as np
from hypothesis import given
from made_up import made_up_chorale
from strategies import chorales

from chorale.music import Chorale, Metre, Plan, from_pitches, notes
from chorale.rendering.page.content import collect_music
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.sound.performance import find_timing

ONE_HUNDRED = RenderOptions(tempo_qpm=100)


@given(chorales())
def test_a_page_has_all_notes_in_order_of_time(chorale: Chorale) -> None:
    found = collect_music(chorale, "", ONE_HUNDRED)["notes"]
    for voice in range(4):
        line = [note for note in found if note["voice"] == voice]
        assert [(note["pitch"], note["step"], note["length"]) for note in line] == [
            (note.pitch, note.onset_step, note.length_steps) for note in notes(chorale, voice)
        ]
    assert [note["step"] for note in found] == sorted(note["step"] for note in found)


def test_a_note_names_its_written_parts_and_whether_it_is_repeated() -> None:
    pitches = np.full((24, 4), 60, np.int16)
    chorale = from_pitches(pitches, Plan(24, Metre(4, 4)))
    onsets = chorale.onsets.copy()
    onsets[20, 0] = True
    chorale = Chorale(pitches, onsets, chorale.plan)
    first, *_, last = [
        note for note in collect_music(chorale, "", ONE_HUNDRED)["notes"] if note["voice"] == 0
    ]
    assert first["parts"] == ["0-0", "0-16"]  # tied over the barline
    assert first["repeated"]
    assert not last["repeated"]
    assert first["name"] == "C4"


def test_bars_and_beats_are_those_of_the_plan_with_its_pickup() -> None:
    plan = Plan(28, Metre(3, 4), pickup_steps=4)
    music = collect_music(from_pitches(np.full((28, 4), 60, np.int16), plan), "", ONE_HUNDRED)
    assert music["bars"] == [
        {"number": 0, "step": 0},
        {"number": 1, "step": 4},
        {"number": 2, "step": 16},
    ]
    assert [step for step, downbeat in music["beats"] if downbeat] == [4, 16]
    assert music["countInSteps"] == 12 + 8  # a bar, and the beats before the pickup
    assert [downbeat for _, downbeat in music["countIn"]] == [True, False, False, True, False]


def test_the_slowing_and_the_breaths_are_those_of_the_sound() -> None:
    chorale = made_up_chorale(128, 3)
    music, timing = collect_music(chorale, "", ONE_HUNDRED), find_timing(chorale)
    assert np.allclose(music["slowing"], timing.slowing, atol=1e-5)
    assert music["breath"]["steps"] == list(timing.breaths)
    assert music["tempo"] == 100


def test_silent_voices_are_left_out() -> None:
    pitches = np.full((16, 4), -1, np.int16)
    pitches[:, 0] = 72
    music = collect_music(from_pitches(pitches, Plan(16)), "", ONE_HUNDRED)
    assert music["voices"] == [{"number": 0, "name": "soprano"}]
