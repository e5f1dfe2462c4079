"""The page of the studio, from its template and scripts and those of pages that play."""

from collections.abc import Mapping
from html import escape
from typing import Any

from chorale.music.voicings import VOICINGS
from chorale.options import MAX_BARS
from chorale.rendering.formats import FORMATS
from chorale.rendering.page.assembling import PAGE, assemble, quote_json

SCRIPTS = (
    *(
        f"{PAGE}/{name}.js"
        for name in ("elements", "timing", "organ", "player", "score", "roll", "controls")
    ),
    *(
        f"studio/{name}.js"
        for name in (
            *("server", "fields", "staves", "edits", "history", "display", "selection"),
            *("editing", "writing", "alternatives", "composing", "keys", "studio"),
        )
    ),
)
KEYS = (
    *("C major", "G major", "D major", "A major", "E major", "B major", "F major", "Bb major"),
    *("Eb major", "Ab major", "A minor", "E minor", "B minor", "F# minor", "C# minor", "D minor"),
    *("G minor", "C minor", "F minor"),
)
METRES = ("4/4", "3/4", "2/4", "6/8", "3/2", "2/2")


def studio_bytes(token: str, opening: Mapping[str, Any] | None) -> bytes:
    """Return the page, with the token that its requests carry and a file that is open."""
    formats = "".join(f"<option>{escape(name)}</option>" for name in FORMATS)
    parts = {
        "keys": "".join(f"<option>{escape(name)}</option>" for name in KEYS),
        "metres": "".join(f"<option>{escape(name)}</option>" for name in METRES),
        "formats": formats,
        "choirs": "".join(f"<option>{escape(name)}</option>" for name in VOICINGS),
        "most_bars": str(MAX_BARS),
        "start": quote_json({"token": token, "opening": opening}),
    }
    return assemble("studio/studio.html", SCRIPTS, parts, "'self'")
