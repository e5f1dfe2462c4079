"""The page of a chorale in a real browser: what it shows and plays."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import open_page, render_page_sound, wait_until
from made_up_hymns import made_up_hymn
from numpy.typing import NDArray
from verses import annotated_hymn

from chorale.music import Chorale, Metre, Plan, from_pitches, notes
from chorale.music.unrolling import unroll
from chorale.rendering.metadata import Metadata
from chorale.rendering.page.page import html_bytes
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.sound.audio import synthesize
from chorale.rendering.sound.performance import perform
from chorale.rendering.sound.samples import SAMPLE_RATE

OPTIONS = RenderOptions(tempo_qpm=96)
HYMN = made_up_hymn(16, 3)
WINDOW = SAMPLE_RATE // 10  # samples over which loudness is compared
SOUNDING = "[...document.querySelectorAll('#score [class*=sounding-]')].map((each) => each.id)"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "hymn.html"
    path.write_bytes(html_bytes(HYMN, Metadata("Hymn"), OPTIONS))
    return path


@pytest.fixture(scope="module")
def pickup_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of music in 3/4 that begins on the third beat."""
    music = from_pitches(np.full((28, 4), 60, np.int16), Plan(28, Metre(3, 4), pickup_steps=4))
    path = tmp_path_factory.mktemp("pickup") / "pickup.html"
    path.write_bytes(html_bytes(music, Metadata("Pickup"), OPTIONS))
    return path


@pytest.fixture
def opened(file: Path) -> Iterator[tuple[Any, list[str]]]:
    with open_page(file, viewport={"width": 1100, "height": 900}) as found:
        yield found


def sounding_parts(chorale: Chorale, step: int) -> set[str]:
    return {
        f"{voice}-{note.onset_step}"
        for voice in range(4)
        for note in notes(chorale, voice)
        if note.onset_step <= step < note.onset_step + note.length_steps
    }


def test_the_page_loads_without_error_and_without_request(opened: tuple[Any, list[str]]) -> None:
    page, complaints = opened
    assert page.title() == "Hymn"
    assert page.locator("#score svg.wide").count() >= 1
    assert complaints == []


def test_the_times_of_the_page_are_those_of_the_sound(opened: tuple[Any, list[str]]) -> None:
    page, _ = opened
    for tempo in (40, 96, 150):
        played = page.evaluate(
            f"""() => {{
              const times = timeSteps(music, {tempo}, false);
              return music.notes.map((note) => [
                note.voice, note.pitch, ...Object.values(timeNote(music, note, times)),
              ]);
            }}"""
        )
        expected = perform(HYMN, tempo).notes
        found = sorted(played, key=lambda note: (note[2], note[0]))
        assert [note[:2] for note in found] == [[note.voice, note.pitch] for note in expected]
        times = [[note.start_s, note.end_s] for note in expected]
        assert np.allclose([note[2:] for note in found], times, atol=1e-3)


def test_while_it_plays_the_notes_that_sound_are_lit(opened: tuple[Any, list[str]]) -> None:
    page, complaints = opened
    page.click("#play")
    wait_until(page, "player.playing && player.seconds() > 0.5")
    for _ in range(5):
        page.wait_for_timeout(317)
        step, lit = page.evaluate(
            "new Promise((done) => requestAnimationFrame(() => { showPresent(); "
            f"done([player.presentStep(), {SOUNDING}]); }}))"
        )
        wide = {each.removeprefix("w-") for each in lit if each.startswith("w-")}
        assert sounding_parts(HYMN, step) <= wide
    page.click("#play")
    assert not page.evaluate("player.playing")
    assert complaints == []


def test_the_sound_of_the_page_is_as_loud_and_as_high_as_that_of_the_audio(
    opened: tuple[Any, list[str]],
) -> None:
    page, _ = opened
    found, expected = render_page_sound(page), synthesize(HYMN, OPTIONS).T
    length = min(found.shape[1], expected.shape[1])
    length -= length % WINDOW

    def loudness(sound: NDArray[np.float32]) -> NDArray[np.float64]:
        windows = sound[:, :length].reshape(2, -1, WINDOW)
        power = np.square(windows, dtype=np.float64).mean(axis=(0, 2))
        return np.asarray(10 * np.log10(power + 1e-8))

    difference = loudness(found) - loudness(expected)
    loud = loudness(expected) > -40
    assert np.abs(difference - np.median(difference))[loud].max() < 4  # decibels
    spectra = [np.abs(np.fft.rfft(sound[:, :length].mean(axis=0))) for sound in (found, expected)]
    assert np.corrcoef(spectra[0], spectra[1])[0, 1] > 0.9
    assert np.abs(found).max() < 1
    assert np.abs(np.diff(found)).max() < 1.5 * np.abs(np.diff(expected)).max()  # no clicks


def test_a_muted_voice_does_not_sound(opened: tuple[Any, list[str]]) -> None:
    page, _ = opened
    page.keyboard.press("1")
    without = render_page_sound(page)
    page.keyboard.press("1")
    for voice in (2, 3, 4):
        page.keyboard.press(str(voice))
    alone = render_page_sound(page)
    page.keyboard.press("1")
    silence = render_page_sound(page)
    assert np.abs(silence).max() < 1e-4
    for sound in (without, alone):
        assert np.abs(sound).max() > 0.01
    for key in ("2", "3", "4", "1"):
        page.keyboard.press(key)
    together = render_page_sound(page)
    assert np.allclose(without + alone, together, atol=1e-3)


def test_a_click_on_a_note_plays_from_there(opened: tuple[Any, list[str]]) -> None:
    page, _ = opened
    note = notes(HYMN, 0)[5]
    page.locator(f"#w-0-{note.onset_step} .notehead").click()
    wait_until(page, "player.playing")
    assert page.evaluate("player.first") == note.onset_step


def test_two_clicks_make_a_loop(opened: tuple[Any, list[str]]) -> None:
    page, _ = opened
    first, last = notes(HYMN, 0)[2], notes(HYMN, 0)[4]
    page.click("#loop")
    for note in (first, last):
        page.locator(f"#w-0-{note.onset_step} .notehead").click()
    start, end = page.evaluate("player.settings.loop")
    assert start == first.onset_step
    assert end >= last.onset_step + last.length_steps
    wait_until(page, "player.playing")
    page.wait_for_timeout(100)
    page.keyboard.press("l")
    assert page.evaluate("player.settings.loop") is None


def test_a_loop_of_bars_is_made_with_the_keyboard_alone(opened: tuple[Any, list[str]]) -> None:
    page, complaints = opened
    starts = [bar["step"] for bar in page.evaluate("music.bars")]
    for key in ("ArrowRight", "l", "l", "ArrowRight", "l"):
        page.keyboard.press(key)
    assert page.evaluate("player.settings.loop") == [starts[1], starts[3]]
    wait_until(page, "player.playing && player.first === music.bars[1].step")
    page.keyboard.press("Escape")
    assert page.evaluate("player.settings.loop") is None
    assert complaints == []


@pytest.mark.parametrize(("step", "clicks"), [(0, 5), (4, 3), (8, 4), (12, 5), (16, 3), (18, 4)])
def test_a_count_in_is_a_bar_and_the_beats_before_the_note(
    pickup_file: Path, step: int, clicks: int
) -> None:
    with open_page(pickup_file) as (page, _):
        found = page.evaluate(f"findCountIn(music, {step})")
    downbeats = [beat for beat, downbeat in found["clicks"] if downbeat]
    assert len(found["clicks"]) == clicks
    assert downbeats == ([0] if clicks == 3 else [0, 12])
    assert found["steps"] == 12 + (step - 4) % 12


def test_repeats_are_played_out_and_each_pass_lights_the_same_notes(tmp_path: Path) -> None:
    hymn = annotated_hymn()
    file = tmp_path / "repeated.html"
    file.write_bytes(html_bytes(hymn, Metadata(), RenderOptions(96, play_repeats=True)))
    with open_page(file) as (page, complaints):
        for note in notes(unroll(hymn), 0):
            lit = page.evaluate(f"score.show({note.onset_step}), {SOUNDING}")
            assert any(each.startswith("w-0-") for each in lit)
        times = page.evaluate("music.notes.filter((note) => note.parts.includes('0-4'))")
        for one in times:  # a click takes the pass that is nearest
            page.evaluate(f"player.seek({one['step']})")
            page.locator("#w-0-4 .notehead").click()
            wait_until(page, "player.playing")
            assert page.evaluate("player.first") == one["step"]
            page.evaluate("player.pause()")
        assert len(times) > 1
        assert complaints == []


def test_the_keyboard_alone_plays_and_moves(opened: tuple[Any, list[str]]) -> None:
    page, _ = opened
    page.keyboard.press("ArrowRight")
    assert page.evaluate("player.presentStep()") == 16
    page.keyboard.press("ArrowUp")
    assert page.evaluate("player.settings.tempo") == 100
    page.keyboard.press(" ")
    wait_until(page, "player.playing")
    page.keyboard.press(" ")
    wait_until(page, "!player.playing")
    page.keyboard.press("v")
    assert page.locator("#roll svg").is_visible()
    page.keyboard.press("Home")
    assert page.evaluate("player.presentStep()") == 0


def test_every_control_has_a_name_for_screen_readers(opened: tuple[Any, list[str]]) -> None:
    page, _ = opened
    nameless = page.evaluate(
        """[...document.querySelectorAll("main button, main input, main a")].filter((each) =>
          !each.getAttribute("aria-label") && !each.textContent.trim() && !each.labels?.length
        ).map((each) => each.outerHTML)"""
    )
    assert nameless == []


def test_a_telephone_shows_the_narrow_score_within_its_window(file: Path) -> None:
    with open_page(file, viewport={"width": 390, "height": 840}) as (page, complaints):
        assert page.locator("#score svg.narrow").first.is_visible()
        assert not page.locator("#score svg.wide").first.is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert complaints == []


def test_the_print_is_the_title_and_the_score_alone(opened: tuple[Any, list[str]]) -> None:
    page, _ = opened
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    assert page.locator("#score svg.wide").first.is_visible()
    for part in ("#bar", "#practice", "footer", "#roll"):
        assert not page.locator(part).is_visible()
