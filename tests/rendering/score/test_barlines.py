"""Repeat signs, endings, and measures that they divide."""

from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np
import pytest
from annotated_hymns import annotated_hymn
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from score_xml import four_voices, measures_of, one_voice, score_root
from strategies import chorales, plans_with_short_bars

from chorale.music import REST, Annotations, Chorale, Plan, notes
from chorale.music.annotations import Ending, Repeat
from chorale.reading import read_music
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.score.musicxml import musicxml_bytes
from chorale.rendering.score.note_values import sounding_voices


def barlines(measure: Element) -> list[tuple[str | None, str | None, str | None, str | None]]:
    """Return location, style, direction of the repeat and times of each barline."""
    found = []
    for barline in measure.iter("barline"):
        repeat = barline.find("repeat")
        attributes = {} if repeat is None else repeat.attrib
        found.append(
            (
                barline.get("location"),
                barline.findtext("bar-style"),
                attributes.get("direction"),
                attributes.get("times"),
            )
        )
    return found


def endings(root: Element, part: int = 0) -> list[tuple[int, str | None, str | None]]:
    """Return the index of the measure, the number and the type of each ending's start and end."""
    return [
        (place, ending.get("number"), ending.get("type"))
        for place, measure in enumerate(measures_of(root, part))
        for ending in measure.iter("ending")
    ]


def test_a_repeat_has_signs_on_every_staff_and_none_at_the_start_of_the_music() -> None:
    root = score_root(four_voices(4, Annotations(repeats=(Repeat(0, 32), Repeat(32, 64, 3)))))
    for part in (0, 1):
        assert [barlines(measure) for measure in measures_of(root, part)] == [
            [],
            [("right", "light-heavy", "backward", None)],
            [("left", "heavy-light", "forward", None)],
            [("right", "light-heavy", "backward", "3")],
        ]


def test_the_sign_at_the_end_of_the_music_is_the_final_barline() -> None:
    whole = four_voices(2, Annotations(repeats=(Repeat(16, 32),)))
    assert barlines(measures_of(score_root(whole))[-1]) == [
        ("left", "heavy-light", "forward", None),
        ("right", "light-heavy", "backward", None),
    ]
    fuller = one_voice([(60, 24)], Annotations(repeats=(Repeat(0, 24),)))  # filled with a rest
    assert barlines(measures_of(score_root(fuller))[-1])[-1][2] == "backward"


def test_a_repeat_inside_a_measure_divides_it_and_the_second_part_has_no_number() -> None:
    chorale = four_voices(2, Annotations(repeats=(Repeat(4, 16), Repeat(16, 32))), pickup=4)
    chorale = Chorale(
        chorale.pitches,
        chorale.onsets,
        chorale.plan,
        annotations=Annotations(repeats=(Repeat(4, 16), Repeat(16, 32))),
    )
    measures = measures_of(score_root(chorale))
    assert [(each.get("number"), each.get("implicit")) for each in measures] == [
        ("0", "yes"),
        ("1", "no"),
        ("1a", "yes"),
        ("2", "no"),
        ("2a", "yes"),
    ]
    assert [len(list(each.iter("note"))) // 2 for each in measures] == [1, 3, 1, 3, 1]


def beams(lengths: list[int], border: int, metre: str = "4/4") -> list[list[list[str | None]]]:
    line = [(60 + number % 2, length) for number, length in enumerate(lengths)]
    chorale = one_voice(line, Annotations(repeats=(Repeat(0, border),)), metre=metre)
    return [
        [[beam.text for beam in note.iter("beam")] for note in measure.iter("note")]
        for measure in measures_of(score_root(chorale))
    ]


def test_beams_do_not_cross_a_repeat_sign_and_keep_to_the_beats_after_it() -> None:
    begin, end = ["begin"], ["end"]
    assert beams([2] * 8, 6) == [[begin, end, []], [[], begin, end, begin, end]]
    assert beams([2] * 8, 12) == [[begin, end] * 3, [begin, end]]
    assert beams([2] * 6, 4, "6/8") == [[begin, end], [[], begin, ["continue"], end]]
    sixteenths = beams([6, 1, 1, 8], 7)
    assert sixteenths == [[[], []], [[], []]]


def test_a_note_over_a_repeat_sign_is_tied_and_a_rest_divided() -> None:
    repeats = Annotations(repeats=(Repeat(0, 8),))
    tied = measures_of(score_root(one_voice([(60, 4), (62, 8), (64, 4)], repeats)))
    assert [[tie.get("type") for tie in each.iter("tie")] for each in tied] == [["start"], ["stop"]]
    rests = measures_of(score_root(one_voice([(60, 4), (REST, 8), (64, 4)], repeats)))
    assert [len(each.findall("note/rest")) for each in rests] == [1, 1]


def test_accidentals_are_printed_anew_after_a_repeat_sign_and_cancelled_in_the_next_bar() -> None:
    quarters = [(66, 4), (64, 4), (66, 4), (64, 4), (65, 4), (64, 12)]
    repeats = Annotations(repeats=(Repeat(0, 8),))
    shown = [
        note.findtext("accidental")
        for note in score_root(one_voice(quarters, repeats)).iter("note")
    ]
    assert shown[:5] == ["sharp", None, "sharp", None, "natural"]
    back = [(66, 4), (64, 4), (65, 4), (64, 4)]
    shown = [
        note.findtext("accidental") for note in score_root(one_voice(back, repeats)).iter("note")
    ]
    assert shown == ["sharp", None, "natural", None]
    later = [(66, 4), (64, 8), (64, 4), (65, 4), (64, 12)]  # the F comes a whole measure later
    shown = [
        note.findtext("accidental") for note in score_root(one_voice(later, repeats)).iter("note")
    ]
    assert shown[0] == "sharp"
    assert "natural" in shown


def test_the_first_ending_goes_back_and_the_last_is_open_unless_the_music_ends() -> None:
    voltas = Annotations(
        repeats=(Repeat(0, 32),), endings=(Ending(16, 32, (1,)), Ending(32, 48, (2,)))
    )
    root = score_root(four_voices(4, voltas))
    for part in (0, 1):
        assert endings(root, part) == [
            (1, "1", "start"),
            (1, "1", "stop"),
            (2, "2", "start"),
            (2, "2", "discontinue"),
        ]
    assert [barlines(measure)[-1:] for measure in measures_of(root)] == [
        [],
        [("right", "light-heavy", "backward", None)],
        [("right", None, None, None)],
        [("right", "light-heavy", None, None)],
    ]
    assert endings(score_root(four_voices(3, voltas)))[-1] == (2, "2", "stop")


def test_every_ending_but_the_last_pass_goes_back() -> None:
    three = Annotations(
        repeats=(Repeat(0, 32, 4),),
        endings=(Ending(16, 32, (1, 2)), Ending(32, 48, (3,)), Ending(48, 64, (4,))),
    )
    root = score_root(four_voices(4, three))
    repeats = [
        (place, repeat.get("direction"), repeat.get("times"))
        for place, measure in enumerate(measures_of(root))
        for repeat in measure.iter("repeat")
    ]
    assert repeats == [(1, "backward", "3"), (2, "backward", None)]
    assert endings(root)[0] == (1, "1, 2", "start")


def test_the_elements_of_a_barline_are_in_the_order_of_musicxml() -> None:
    voltas = Annotations(repeats=(Repeat(0, 16),), endings=(Ending(8, 16, (1,)),))
    [*_, barline] = score_root(four_voices(2, voltas)).findall("part/measure[2]/barline")
    assert [child.tag for child in barline] == ["bar-style", "ending", "repeat"]


def test_music21_plays_the_repeats_of_a_hymn(tmp_path: Path) -> None:
    from music21 import converter

    hymn = annotated_hymn()
    sections = Annotations(repeats=hymn.annotations.repeats, endings=hymn.annotations.endings)
    chorale = Chorale(hymn.pitches, hymn.onsets, hymn.plan, annotations=sections)
    text = musicxml_bytes(chorale, Metadata(), RenderOptions(staves=4)).decode()
    played = converter.parseData(text, format="musicxml").expandRepeats()
    last = hymn.annotations.endings[0]
    once = hymn.plan.length_steps
    first, second = hymn.annotations.repeats
    again = first.end_step + (last.start_step - second.start_step)
    assert played.highestTime == (once + again) / 4


@st.composite
def divided(draw: st.DrawFn) -> Chorale:
    """Draw a chorale with repeats at any steps."""
    chorale = draw(chorales())
    steps = st.integers(0, chorale.plan.length_steps)
    borders = sorted(draw(st.lists(steps, min_size=2, max_size=4, unique=True)))
    repeats = [Repeat(*pair) for pair in zip(borders[::2], borders[1::2], strict=False)]
    return Chorale(
        chorale.pitches,
        chorale.onsets,
        chorale.plan,
        annotations=Annotations(repeats=tuple(repeats)),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("divided")


def read_back(chorale: Chorale, folder: Path) -> Chorale:
    path = folder / "it.musicxml"
    path.write_bytes(musicxml_bytes(chorale, Metadata(), RenderOptions(staves=4)))
    return read_music(path).chorale


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chorale=divided().filter(lambda chorale: chorale.plan.length_steps > 1))
def test_notes_and_measures_are_read_back_wherever_repeats_stand(
    folder: Path, chorale: Chorale
) -> None:
    assume((chorale.pitches[0] != REST).any() and (chorale.pitches[-1] != REST).any())
    assume(sounding_voices(chorale) not in ([0, 1], [2, 3]))  # read as choirs, SA and TB
    read = read_back(chorale, folder)
    for voice in range(4):
        assert notes(read, voice) == notes(chorale, voice)
    plan = chorale.plan
    assert read.plan.metre == plan.counted_metre
    assert (read.plan.pickup_steps, read.plan.early_downbeats) == (plan.pickup_steps, ())


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(plan=plans_with_short_bars(), data=st.data())
def test_early_downbeats_are_read_back_beside_repeats(
    folder: Path, plan: Plan, data: st.DataObject
) -> None:
    onsets = np.zeros((plan.length_steps, 4), np.bool_)
    onsets[::4] = True
    pitches = np.full((plan.length_steps, 4), 60, np.int16)
    border = 4 * data.draw(st.integers(1, plan.length_steps // 4))
    sections = Annotations(repeats=(Repeat(0, border),))
    read = read_back(Chorale(pitches, onsets, plan, annotations=sections), folder)
    assert (read.onsets == onsets).all()
    assert (read.plan.pickup_steps, read.plan.early_downbeats) == (
        plan.pickup_steps,
        plan.early_downbeats,
    )


def test_an_ending_of_all_passes_goes_back(tmp_path: Path) -> None:
    music = four_voices(
        2, Annotations(repeats=(Repeat(0, 32, 3),), endings=(Ending(16, 32, (1, 2, 3)),))
    )
    found = read_back(music, tmp_path).annotations
    assert (found.repeats, found.endings) == (music.annotations.repeats, music.annotations.endings)
