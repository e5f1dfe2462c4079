"""The studio in a real browser: from an empty page to a saved file."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from browser import open_page, wait_until
from firefox import open_tab
from made_up import made_up_chorale
from tiny_network import saved, tiny_checkpoint
from verses import annotated_hymn

from chorale import api
from chorale.reading import read_music
from chorale.rendering.metadata import Metadata
from chorale.rendering.score.musicxml import musicxml_bytes
from chorale.studio import requests
from chorale.studio.exchange import to_score

uvicorn = pytest.importorskip("uvicorn")
TOKEN = "a-token"  # noqa: S105  # of the test
PLACE = """([step, degree, staff]) => {
  const { music } = studio.player;
  const bar = music.bars.findLastIndex((each) => each.step <= step);
  const measure = visibleScores().flatMap((each) => [...each.querySelectorAll("g.measure")])[bar];
  measure.scrollIntoView({ block: "center" });
  const staves = findStaves(measure);
  const end = music.bars[bar + 1]?.step ?? music.steps;
  const anchors = findAnchors(measure, staves[0], music.bars[bar].step, end);
  let x = 0;
  for (let k = 1; k < anchors.length; k += 1) {
    const [[left, from], [right, to]] = [anchors[k - 1], anchors[k]];
    x = step >= from && step < to ? left + ((right - left) * (step - from)) / (to - from) : x;
  }
  const { top, bottom } = staves[staff];
  return [x, bottom - ((degree - (staff ? 18 : 30)) * (bottom - top)) / 8];
}"""  # where a note of a step and a staff place stands in the window


@contextmanager
def serve(opening: dict[str, Any] | None = None) -> Iterator[str]:
    """Serve the studio in a thread; yields the address of its page."""
    from chorale.studio.app import create_app
    from chorale.studio.serving import listen

    with listen(0) as socket:
        config = uvicorn.Config(create_app(TOKEN, opening), log_level="critical", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{socket.getsockname()[1]}/?token={TOKEN}"
        finally:
            server.should_exit = True
            thread.join(10)


@pytest.fixture(autouse=True)
def tiny_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the studio compose with a tiny model."""
    model = saved(tiny_checkpoint(), tmp_path)
    for name in ("generate", "harmonize", "continue_", "rewrite"):
        function = getattr(api, name)
        monkeypatch.setattr(
            api, name, lambda *args, _run=function, **options: _run(*args, **options, model=model)
        )


@pytest.fixture
def opened() -> Iterator[tuple[Any, list[str]]]:
    with serve() as address, open_page(address, viewport={"width": 1200, "height": 1000}) as found:
        wait_until(found[0], "studio.player.music.bars.length > 0")
        yield found


def count_notes(page: Any, voice: int | None = None) -> int:
    counted = "true" if voice is None else f"note.voice === {voice}"
    return int(page.evaluate(f"studio.score.notes.filter((note) => {counted}).length"))


def put(page: Any, step: int, degree: int, staff: int = 0) -> None:
    """Click where a note of a step stands, and wait until it is engraved."""
    before = count_notes(page)
    x, y = page.evaluate(PLACE, [step, degree, staff])
    page.mouse.click(x, y)
    wait_until(
        page,
        f"studio.score.notes.length > {before} && "
        "studio.player.music.notes.length === studio.score.notes.length",
    )


def take(page: Any, place: int) -> None:
    """Take one of the alternatives when they are there."""
    wait_until(page, "!document.getElementById('alternatives').hidden")
    page.locator("#alternatives .card").nth(place).get_by_text("Take", exact=True).click()
    wait_until(page, "studio.player.music.notes.length === studio.score.notes.length")


def test_from_an_empty_page_to_a_saved_file(opened: tuple[Any, list[str]], tmp_path: Path) -> None:
    page, complaints = opened
    page.select_option("#key", "G major")
    page.fill("#bars", "4")
    page.click("#new")
    wait_until(page, "studio.player.music.bars.length === 4")
    page.click("#mode-write")
    for step, degree in ((0, 32), (4, 34), (8, 36), (12, 34), (16, 35), (60, 32)):
        put(page, step, degree)
    page.select_option("#voice", "3")
    page.select_option("#length", "8")
    put(page, 48, 21, staff=1)  # the staves of the silent voices are there
    tune = page.evaluate("studio.score.notes")
    found = [(note["voice"], note["pitch"], note["step"], note["length"]) for note in tune]
    assert found == [
        *((0, 67, 0, 4), (0, 71, 4, 4), (0, 74, 8, 4), (0, 71, 12, 4)),
        *((0, 72, 16, 4), (0, 67, 60, 4), (3, 48, 48, 8)),
    ]
    page.keyboard.press("Control+z")
    wait_until(page, "studio.player.music.notes.length === 6")

    page.click("#harmonize")
    take(page, 1)
    assert count_notes(page, 0) == 6
    assert count_notes(page, 3) > 0

    page.click("#mode-select")
    alto = page.evaluate("studio.score.notes.find((note) => note.voice === 1)")
    page.locator(f"#w-1-{alto['step']} .notehead").click()
    page.click("#lock")
    assert page.locator("#score .locked").count() >= 1
    page.fill("#from", "1")
    page.fill("#to", "1")
    assert page.inner_text("#again") == "Again: bars"
    page.click("#again")
    take(page, 0)
    kept = page.evaluate("studio.score.notes.find((note) => note.voice === 1)")
    assert kept == alto

    places = page.evaluate("studio.history.place")
    for button, place in (("#undo", places - 1), ("#undo", places - 2), ("#redo", places - 1)):
        page.click(button)
        assert page.evaluate("studio.history.place") == place
    page.fill("#title", "My Tune")
    page.press("#title", "Tab")
    assert page.evaluate("studio.score.title") == "My Tune"
    page.select_option("#format", "musicxml")
    with page.expect_download() as download:
        page.click("#save")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == "My-Tune.musicxml"
    score = to_score(read_music(file).chorale, "My Tune")
    order = ("voice", "step")
    shown = page.evaluate("studio.score.notes")
    assert score["notes"] == sorted(shown, key=lambda note: [note[name] for name in order])
    assert complaints == []


def test_a_tune_is_written_with_letters_alone(opened: tuple[Any, list[str]]) -> None:
    page, complaints = opened
    page.focus("#mode-write")
    for key in ("Enter", "g", "a", "b", "r", "d", "ArrowUp", "c"):
        page.keyboard.press(key)
    found = page.evaluate("studio.score.notes.map((note) => [note.pitch, note.step])")
    assert found == [[67, 0], [69, 4], [71, 8], [75, 16], [72, 20]]
    page.keyboard.press("Control+z")
    page.keyboard.press("e")
    assert page.evaluate("studio.score.notes.at(-1)") == {
        "voice": 0,
        "pitch": 76,
        "step": 20,
        "length": 4,
    }
    assert complaints == []


def test_an_alternative_that_is_only_tried_is_not_edited(opened: tuple[Any, list[str]]) -> None:
    page, _ = opened
    page.fill("#bars", "2")
    page.click("#compose")
    wait_until(page, "!document.getElementById('alternatives').hidden")
    page.locator("#alternatives .card").first.get_by_text("Listen").click()
    wait_until(page, "studio.player.music.notes.length > 0")
    page.click("#mode-write")
    page.keyboard.press("c")
    assert "take this alternative, or none" in page.inner_text("#message")
    assert count_notes(page) == 0
    page.get_by_text("Take none").click()
    wait_until(page, "studio.player.music.notes.length === 0")
    page.keyboard.press("c")
    assert count_notes(page) == 1


def test_composing_can_be_cancelled(
    opened: tuple[Any, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()

    def compose(request: Any, progress: Any, receive: Any) -> None:
        try:
            for done in range(600):
                progress(done, 600)
                time.sleep(0.05)
        finally:
            ended.set()

    monkeypatch.setattr(requests, "compose", compose)
    page, _ = opened
    page.click("#compose")
    wait_until(page, "document.getElementById('progress').value > 0")
    page.click("#cancel")
    wait_until(page, "document.getElementById('progress').hidden")
    assert ended.wait(5)  # the work ends too
    assert page.inner_text("#message") == ""


def test_taking_an_alternative_gives_up_the_others(
    opened: tuple[Any, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = threading.Event()
    score = to_score(made_up_chorale(32, 1), "Made up")

    def compose(request: Any, progress: Any, receive: Any) -> None:
        try:
            receive({"score": score, "view": requests.view(score, request["size"])})
            for done in range(600):
                progress(done, 600)
                time.sleep(0.05)
        finally:
            ended.set()

    monkeypatch.setattr(requests, "compose", compose)
    page, _ = opened
    page.click("#compose")
    wait_until(page, "studio.player.music.notes.length > 0")  # the first one is shown at once
    assert count_notes(page) == 0
    page.set_viewport_size({"width": 500, "height": 900})  # the alternative stays
    assert page.evaluate("studio.player.music.notes.length") == len(score["notes"])
    assert page.locator("#score svg").first.is_visible()
    take(page, 0)
    assert ended.wait(5)
    assert page.evaluate("document.getElementById('progress').hidden")
    assert count_notes(page) == len(score["notes"])
    assert page.locator("#alternatives").is_hidden()


def test_a_file_that_is_opened_keeps_its_words(tmp_path: Path) -> None:
    file = tmp_path / "hymn.musicxml"
    file.write_bytes(musicxml_bytes(annotated_hymn(), Metadata("Hymn")))
    with serve(requests.open_file(file)) as address, open_page(address) as (page, complaints):
        wait_until(page, "studio.player.music.notes.length > 0")
        assert "morn" in page.inner_text("#score")
        assert page.input_value("#title") == "Hymn"
        page.click("#mode-select")
        page.locator("#w-0-0 .notehead").click()
        page.keyboard.press("Delete")
        wait_until(page, "document.getElementById('message').textContent !== ''")
        assert page.inner_text("#message") == "without a note to stand on: 3 syllables"
        page.keyboard.press("Control+z")
        wait_until(page, "document.getElementById('message').textContent === ''")
        other = tmp_path / "other.mid"
        api.write(made_up_chorale(32, 1), other)
        page.set_input_files("#open", other)
        wait_until(page, "studio.score.steps === 32")
        assert complaints == []


def drop(page: Any, name: str, content: str) -> None:
    """Drop a file on the page."""
    page.evaluate(
        """([name, content]) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([content], name));
          document.dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
        }""",
        [name, content],
    )


def test_a_bad_file_that_is_dropped_gets_a_line_and_changes_nothing(
    opened: tuple[Any, list[str]],
) -> None:
    page, complaints = opened
    for name, words in (("bad.mid", "bad.mid"), ("bad.txt", "bad.txt")):
        drop(page, name, "nothing")
        wait_until(page, f"document.getElementById('message').textContent.includes('{words}')")
    assert page.evaluate("studio.history.scores.length") == 1
    assert [each for each in complaints if "400" not in each] == []  # the browser's own lines


def test_a_choir_has_its_own_voices_and_clefs(opened: tuple[Any, list[str]]) -> None:
    page, _ = opened
    page.select_option("#voicing", "TTBB")
    wait_until(page, "studio.display.view.staves[0].clef === 'tenor'")
    assert page.inner_text("#voice").split("\n") == ["tenor 1", "tenor 2", "bass 1", "bass 2"]
    put(page, 0, 32)  # on the second line, which is G3 in this clef
    assert page.evaluate("studio.score.notes[0].pitch") == 55


def fill_with_tied_notes(page: Any) -> None:
    """Give the page four voices; the alto has a note that is tied over the first bar line."""
    page.evaluate(
        """() => {
          const notes = [];
          for (let step = 0; step < 32; step += 4) {
            [67, 62, 59, 43].forEach((pitch, voice) => {
              if (voice !== 1 || step !== 16) {
                const length = voice === 1 && step === 12 ? 8 : 4;
                notes.push({ voice, pitch, step, length });
              }
            });
          }
          void studio.change({ ...createScore(2, "4/4", "G major"), notes });
        }"""
    )
    wait_until(page, "studio.player.music.notes.length === 31")


def alto(page: Any) -> list[list[int]]:
    """Return pitch, step and length of the notes of the alto in order of time."""
    return sorted(
        page.evaluate(
            "studio.score.notes.filter((note) => note.voice === 1)"
            ".map(({ pitch, step, length }) => [pitch, step, length])"
        ),
        key=lambda note: note[1],
    )


def test_a_single_note_and_a_tied_one_are_composed_again_alone(
    opened: tuple[Any, list[str]],
) -> None:
    page, complaints = opened
    fill_with_tied_notes(page)
    before = page.evaluate("studio.score.notes.length"), alto(page)
    page.click("#mode-select")
    page.locator("#w-1-16 .notehead").click()  # the part after the bar line
    assert page.locator("#score .selected").count() == 2  # both parts
    assert [page.input_value(name) for name in ("#from", "#to")] == ["1", "2"]
    assert page.inner_text("#again") == "Again: 1 note"
    page.click("#again")
    take(page, 1)
    others = [note for note in alto(page) if not 12 <= note[1] < 20]
    assert others == [note for note in before[1] if note[1] != 12]
    assert [note for note in alto(page) if 12 <= note[1] < 20] != [[62, 12, 8]]
    for voice in (0, 2, 3):
        assert count_notes(page, voice) == 8
    assert complaints == []


def test_a_part_of_a_tied_note_is_untied_and_locked_alone(opened: tuple[Any, list[str]]) -> None:
    page, _ = opened
    fill_with_tied_notes(page)
    page.click("#mode-select")
    page.locator("#w-1-16 .notehead").click()
    page.keyboard.press("t")
    wait_until(page, "studio.player.music.notes.length === 32")
    assert [note for note in alto(page) if 8 < note[1] < 20] == [[62, 12, 4], [62, 16, 4]]
    page.keyboard.press("Escape")
    page.locator("#w-1-12 .notehead").click()
    page.keyboard.press("k")
    assert page.locator("#score .locked").count() == 1
    page.keyboard.press("Escape")
    page.fill("#from", "1")
    page.fill("#to", "2")
    page.click("#again")
    take(page, 0)
    assert [62, 12, 4] in alto(page)
    page.locator("#w-1-12 .notehead").click()
    page.click("#whole-voice")
    assert page.inner_text("#again") == f"Again: {count_notes(page, 1)} notes"


def test_a_tie_leads_to_the_next_note_and_back(opened: tuple[Any, list[str]]) -> None:
    page, _ = opened
    fill_with_tied_notes(page)
    before = alto(page)
    page.click("#mode-select")
    page.locator("#w-1-12 .notehead").click()
    for number in (32, 31):  # untied, and tied again
        page.keyboard.press("t")
        wait_until(page, f"studio.player.music.notes.length === {number}")
        page.keyboard.press("Escape")
        page.locator("#w-1-12 .notehead").click()
    assert alto(page) == before
    page.evaluate("studio.change(putNote(studio.score, {voice: 1, pitch: 64, step: 4, length: 4}))")
    page.locator("#w-1-4 .notehead").click()
    page.keyboard.press("t")
    assert page.inner_text("#message").startswith("no tie: the next note")


def test_a_new_edit_gives_up_the_view_before_it(opened: tuple[Any, list[str]]) -> None:
    page, complaints = opened
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.focus("#mode-write")
    page.evaluate(
        """[..."gabagaba"].forEach((key) =>
          document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })))"""
    )
    wait_until(page, "studio.player.music.notes.length === 8")
    assert len(failed) == 7
    assert page.inner_text("#message") == ""
    assert complaints == []


def test_the_whole_way_with_the_keyboard_alone(
    opened: tuple[Any, list[str]], tmp_path: Path
) -> None:
    page, complaints = opened

    def reach(name: str, key: str = "Tab") -> None:
        """Press the tabulator until a control has the focus."""
        for _ in range(60):
            page.keyboard.press(key)
            if page.evaluate(f"document.activeElement?.matches({name!r})"):
                return
        raise AssertionError(f"{name} cannot be reached")

    def use(name: str) -> None:
        reach(name)
        page.keyboard.press("Enter")

    for key in "gabcdbag":
        page.keyboard.press(key)
    wait_until(page, "studio.player.music.notes.length === 8")
    use("#harmonize")
    wait_until(page, "document.querySelectorAll('.card').length === 3")
    use(".card:nth-child(2) button:nth-of-type(1)")  # Listen
    wait_until(page, "studio.player.playing")
    use(".card:nth-child(2) button:nth-of-type(2)")  # Take
    wait_until(page, "studio.player.music.notes.length === studio.score.notes.length")
    assert count_notes(page, 3) > 0
    reach("#mode-select", "Shift+Tab")  # from Harmonise, which has the focus again
    page.keyboard.press("Enter")
    reach("#voice")
    page.keyboard.press("b")  # bass
    reach("#lock")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert page.inner_text("#again") == "Again: 2 notes"
    page.keyboard.press("k")
    assert page.locator("#score .locked").count() >= 2
    page.keyboard.press("Escape")
    reach("#format", "Shift+Tab")
    page.keyboard.press("p")
    with page.expect_download() as download:
        use("#save")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.stat().st_size > 1000
    assert complaints == []


def test_the_studio_works_in_firefox_too(tmp_path: Path) -> None:
    wait = """(async () => {
      for (let tries = 0; tries < 400 && !(CONDITION); tries += 1) {
        await new Promise((done) => setTimeout(done, 50));
      }
      return CONDITION;
    })()"""

    async def use(address: str) -> list[str]:
        async with open_tab(address, tmp_path) as tab:
            assert await tab.evaluate(
                wait.replace("CONDITION", "studio.player.music.bars.length > 0")
            )
            press = "new KeyboardEvent('keydown', { key, bubbles: true })"
            await tab.evaluate(f"[...'gabc'].forEach((key) => document.dispatchEvent({press}))")
            full = "studio.player.music.notes.length === 4"
            assert await tab.evaluate(wait.replace("CONDITION", full))
            await tab.evaluate("document.getElementById('harmonize').click()")
            offered = "document.querySelectorAll('.card').length === 3"
            assert await tab.evaluate(wait.replace("CONDITION", offered))
            assert await tab.evaluate("studio.player.music.notes.length") > 4
            shown = "document.querySelector('#score svg').getClientRects().length"
            assert await tab.evaluate(shown) == 1
            return tab.complaints

    with serve() as address:
        assert asyncio.run(use(address)) == []


def test_every_control_has_a_name_and_a_telephone_shows_all() -> None:
    with (
        serve() as address,
        open_page(address, viewport={"width": 390, "height": 840}) as (page, _),
    ):
        wait_until(page, "studio.player.music.bars.length > 0")
        nameless = page.evaluate(
            """[...document.querySelectorAll("main button, main input, main select")].filter(
              (each) => !each.getAttribute("aria-label") && !each.textContent.trim()
                && ![...(each.labels ?? [])].some((label) => label.textContent.trim())
            ).map((each) => each.outerHTML)"""
        )
        assert nameless == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
