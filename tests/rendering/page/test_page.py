"""The page of a chorale as a file: what is in it, and what it may do."""

import json
import re
from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser

import pytest
from made_up import made_up_chorale
from made_up_hymns import made_up_hymn

from chorale.rendering.metadata import Metadata
from chorale.rendering.page.content import collect_music
from chorale.rendering.page.page import html_bytes
from chorale.rendering.render_options import Remark, RenderOptions
from chorale.rendering.sound.midi import midi_bytes

CHORALE = made_up_chorale(64, 1)
METADATA = Metadata('Größe <&> "x" </script> \\ {title}', ("seed 7", "<b>model</b>"))
MAX_BYTES = 600_000  # of a page of 16 bars


class _Elements(HTMLParser):
    """The elements of a page, and the text within each kind."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes.append((tag, dict(attrs)))
        self._open = tag
        self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open][-1] += data


@pytest.fixture(scope="module")
def page() -> str:
    return html_bytes(CHORALE, METADATA).decode()


def test_a_page_names_no_address(page: str) -> None:
    without_data = re.sub(r"base64,[\w+/=]+", "", page)
    assert not re.search(r"https?:|//\w+\.", without_data)


def test_every_link_is_to_the_page_or_holds_its_data(page: str) -> None:
    links = [
        value
        for _, attributes in _Elements(page).attributes
        for name, value in attributes.items()
        if name in ("href", "src", "xlink:href")
    ]
    assert links
    assert all(link and link.startswith(("#", "data:")) for link in links)


def test_what_the_score_refers_to_is_in_the_page(page: str) -> None:
    ids = set(re.findall(r' id="([^"]+)"', page))
    used = set(re.findall(r'href="#([^"]+)"', page))
    styled = set(re.findall(r"#([a-z]\w+) (?:g|path|ellipse)\b", page))
    assert used
    assert styled
    assert used <= ids
    assert styled - {"score", "roll", "mixer"} <= ids


def test_title_and_comments_are_text_and_not_markup(page: str) -> None:
    elements = _Elements(page)
    assert elements.texts["title"][0] == METADATA.title
    assert "<b>" not in page
    assert "&lt;b&gt;model&lt;/b&gt;" in page


def test_the_policy_allows_the_script_of_the_page_and_no_request(page: str) -> None:
    elements = _Elements(page)
    [policy] = [
        unescape(attributes["content"] or "")
        for tag, attributes in elements.attributes
        if tag == "meta" and "http-equiv" in attributes
    ]
    script = elements.texts["script"][-1]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_the_music_in_the_page_is_that_of_the_chorale(page: str) -> None:
    music = json.loads(_Elements(page).texts["script"][0])
    assert music["steps"] == 64
    assert music["title"] == METADATA.title


def test_the_midi_file_in_the_page_is_the_one_that_is_written_alone(page: str) -> None:
    [found] = re.findall(r'href="data:audio/midi;base64,([^"]+)"', page)
    assert b64decode(found) == midi_bytes(CHORALE, METADATA)


def test_the_notes_of_both_engravings_have_the_identifiers_of_the_music(page: str) -> None:
    music = json.loads(_Elements(page).texts["script"][0])
    parts = {part for note in music["notes"] for part in note["parts"]}
    for size in "wn":
        assert set(re.findall(rf'id="{size}-([^"]+)" class="note"', page)) == parts


def test_the_same_chorale_gives_the_same_bytes() -> None:
    assert html_bytes(CHORALE, METADATA) == html_bytes(CHORALE, METADATA)


@pytest.mark.parametrize("staves", [2, 4])
def test_a_page_of_sixteen_bars_is_small(staves: int) -> None:
    hymn = made_up_hymn(64, 1)
    options = RenderOptions(staves=4 if staves == 4 else 2)
    assert len(html_bytes(hymn, Metadata(), options)) <= MAX_BYTES


def test_remarks_stand_in_a_list_that_leads_to_their_places() -> None:
    remark = Remark(8, 12, (0, 3), "bar 1, beat 3", "parallel <fifths>")
    page = html_bytes(CHORALE, METADATA, RenderOptions(remarks=(remark,))).decode()
    assert '<button type="button" data-step="8">bar 1, beat 3</button>' in page
    assert "parallel &lt;fifths&gt;" in page


@pytest.mark.parametrize(("pickup", "beat"), [(0, 1), (4, 4), (2, 4.5), (6, 3.5)])
def test_a_pickup_begins_on_its_beat(pickup: int, beat: float) -> None:
    plan = replace(CHORALE.plan, pickup_steps=pickup)
    music = collect_music(replace(CHORALE, plan=plan), "", RenderOptions())
    assert music["bars"][0] == {"number": int(pickup == 0), "step": 0, "beat": beat}
