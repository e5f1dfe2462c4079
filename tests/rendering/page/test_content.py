"""The music in a page: its notes, bars, beats and times."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from made_up import made_up_chorale
from strategies import annotations, chorales
from verses import annotated_hymn

from chorale.errors import OptionError
from chorale.music import Annotations, Chorale, Metre, Plan, from_pitches, notes
from chorale.music.annotations import Repeat, SpelledNote
from chorale.music.spelling import Spelling
from chorale.music.unrolling import unroll
from chorale.rendering.page.content import collect_music
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.sound.performance import find_timing

ONE_HUNDRED = RenderOptions(tempo_qpm=100)
REPEATED = replace(ONE_HUNDRED, play_repeats=True)


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
        {"number": 0, "step": 0, "beat": 3},
        {"number": 1, "step": 4, "beat": 1},
        {"number": 2, "step": 16, "beat": 1},
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


def test_notes_have_the_names_that_the_file_gives_them() -> None:
    chorale = from_pitches(np.full((16, 4), 61, np.int16), Plan(16, Metre(4, 4)))
    assert {note["name"] for note in collect_music(chorale, "", ONE_HUNDRED)["notes"]} != {
        "D\u266d4"
    }
    flats = tuple(SpelledNote(voice, 0, Spelling("D", -1, 4)) for voice in range(4))
    chorale = replace(chorale, annotations=Annotations(spellings=flats))
    names = {note["name"] for note in collect_music(chorale, "", ONE_HUNDRED)["notes"]}
    assert names == {"D\u266d4"}


@given(chorales(), annotations())
def test_repeats_are_played_as_in_sound(chorale: Chorale, added: Annotations) -> None:
    chorale = replace(chorale, annotations=added)
    try:
        played = unroll(chorale)
    except OptionError:
        return
    music = collect_music(chorale, "", REPEATED)
    assert music["steps"] == played.plan.length_steps
    for voice in range(4):
        line = [note for note in music["notes"] if note["voice"] == voice]
        assert [(note["pitch"], note["step"], note["length"]) for note in line] == [
            (note.pitch, note.onset_step, note.length_steps) for note in notes(played, voice)
        ]
    written = {
        part for note in collect_music(chorale, "", ONE_HUNDRED)["notes"] for part in note["parts"]
    }
    assert {part for note in music["notes"] for part in note["parts"]} <= written


def test_a_note_that_is_played_twice_is_one_note_of_the_score_and_its_bar_has_one_number() -> None:
    hymn = annotated_hymn()
    music = collect_music(hymn, "", REPEATED)
    once = collect_music(hymn, "", ONE_HUNDRED)
    assert music["steps"] > once["steps"]
    times = [note for note in music["notes"] if "0-4" in note["parts"]]
    assert len(times) > 1
    assert len({(note["pitch"], note["name"], note["length"]) for note in times}) == 1
    numbers = [bar["number"] for bar in music["bars"]]
    assert len(numbers) > len(set(numbers))
    assert set(numbers) <= {bar["number"] for bar in once["bars"]}


def test_music_that_repeats_would_make_too_long_is_refused() -> None:
    plan = Plan(6000, Metre(4, 4))
    chorale = from_pitches(np.full((6000, 4), 60, np.int16), plan)
    chorale = replace(chorale, annotations=Annotations(repeats=(Repeat(0, 6000, 1000),)))
    with pytest.raises(OptionError, match="repeats played out"):
        collect_music(chorale, "", REPEATED)
