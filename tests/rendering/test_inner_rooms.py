"""Which rooms of rendering import each other, read from the source of every module."""

import re

import pytest
from modules import PACKAGE

RENDERING = PACKAGE / "rendering"
LOOSE = {"metadata", "render_options", "libraries"}  # below all rooms; formats is above them
OTHER_ROOMS: dict[str, set[str]] = {
    "score": set(),
    "sound": set(),
    "pictures": set(),
    "reports": {"pictures"},
    "page": {"score", "sound"},
}


def test_every_room_is_listed() -> None:
    assert {path.parent.name for path in RENDERING.glob("*/__init__.py")} == OTHER_ROOMS.keys()


@pytest.mark.parametrize("room", OTHER_ROOMS)
def test_a_room_imports_only_what_is_below_it(room: str) -> None:
    sources = [path.read_text("utf-8") for path in (RENDERING / room).glob("*.py")]
    imports = re.findall(r"^ *from chorale\.rendering\.(\w+)", "\n".join(sources), re.MULTILINE)
    assert set(imports) <= {room} | LOOSE | OTHER_ROOMS[room]
