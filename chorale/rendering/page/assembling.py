"""A page as one HTML text, from a template, looks and scripts.

A content security policy forbids every request; the only scripts that run are those of the page,
which it names by their digest.
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files

from chorale.rendering.metadata import SOFTWARE

PAGE = "rendering/page"  # folder of the files that pages share


def assemble(
    template: str, scripts: Sequence[str], parts: Mapping[str, str], connect: str = "'none'"
) -> bytes:
    """Assemble a page.

    Args:
        template: path of an HTML file in the package, with names of parts in braces.
        scripts: paths of the scripts in the package, in the order in which they run.
        parts: HTML of the parts by name; style, scripts, policy and program are added.
        connect: source to which the page may send requests, in the terms of the policy.
    """
    script = "\n".join(_read(name) for name in scripts)
    all_parts = {
        **parts,
        "style": _read(f"{PAGE}/page.css"),
        "script": script,
        "policy": escape(_policy(script, connect)),
        "software": escape(SOFTWARE),
    }
    page = re.sub(r"\{(\w+)\}", lambda found: all_parts[found[1]], _read(template))
    return page.encode()


def quote_json(value: object) -> str:
    """Return JSON that cannot end the element in which it stands."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _read(name: str) -> str:
    """Read one of the files of the package."""
    return files("chorale").joinpath(*name.split("/")).read_text("utf-8")


def _policy(script: str, connect: str) -> str:
    """Return a content security policy that allows this script, and requests to one source."""
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        f"connect-src {connect}; "
        "font-src data:; img-src data:; base-uri 'none'; form-action 'none'"
    )
