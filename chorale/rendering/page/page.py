"""The page of a chorale: its score, its music, and MIDI and MusicXML to save."""

import re
from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any, Literal

from chorale.music import Chorale
from chorale.rendering.metadata import Metadata
from chorale.rendering.page.assembling import PAGE, assemble, quote_json
from chorale.rendering.page.content import collect_music
from chorale.rendering.render_options import DEFAULT_RENDER_OPTIONS, Remark, RenderOptions
from chorale.rendering.score.engraving import svg_pages
from chorale.rendering.score.layout import lay_out_staves, written_voices
from chorale.rendering.score.musicxml import musicxml_bytes
from chorale.rendering.score.pages import NARROW, WIDE, PageShape
from chorale.rendering.sound.midi import midi_bytes

SCRIPTS = tuple(
    f"{PAGE}/{name}.js"
    for name in ("elements", "timing", "organ", "player", "score", "roll", "controls", "main")
)
Size = Literal["wide", "narrow"]
SHAPES: Mapping[Size, PageShape] = {"wide": WIDE, "narrow": NARROW}
_NAMESPACES = re.compile(r' xmlns(?::\w+)?="[^"]*"|<\?xml[^>]*\?>')
_INDENT = re.compile(r"\n\s+")
_OTHER_IDS = re.compile(r'(?<=<g) id="[a-z][a-z0-9]*"')  # neither notes nor glyphs
_EXTERNAL = re.compile(r' (?:xlink:)?href="(?!#)[^"]*"')


def html_bytes(
    chorale: Chorale,
    metadata: Metadata,
    render_options: RenderOptions = DEFAULT_RENDER_OPTIONS,
) -> bytes:
    """Return the contents of an HTML file that shows and plays a chorale.

    Args:
        chorale: the music.
        metadata: title, composer and comments, which stand at the foot of the page.
        render_options: tempo, staves, colours, whether repeats are played out, and remarks on
            notes.

    Raises:
        OutputError: a library is not installed, or cannot read the score.
        OptionError: repeats are played out, and the music would be too long.
    """
    parts = {
        "title": escape(metadata.title),
        "score": _build_score(chorale, metadata, render_options),
        "remarks": _list_remarks(render_options.remarks),
        "downloads": _link_downloads(chorale, metadata, render_options),
        "comments": "\n".join(f"<p>{escape(line)}</p>" for line in metadata.comments),
        "music": quote_json(collect_music(chorale, metadata.title, render_options)),
    }
    return assemble(f"{PAGE}/page.html", SCRIPTS, parts)


def build_view(
    chorale: Chorale, render_options: RenderOptions, sizes: Collection[Size] = tuple(SHAPES)
) -> dict[str, Any]:
    """Return what a page needs to show and play a chorale, as JSON values.

    Args:
        chorale: the music.
        render_options: tempo, staves, colours, and remarks on notes.
        sizes: windows for which the score is engraved.

    Returns:
        The engraved score as HTML ("score"), the staves of each system from the top, with their
        voices and clefs ("staves"), and the music ("music", see `collect_music`).

    Raises:
        OutputError: a library is not installed, or cannot read the score.
    """
    staves = lay_out_staves(
        render_options.voicing, render_options.staves, written_voices(chorale, render_options)
    )
    return {
        "score": _build_score(chorale, Metadata(""), render_options, sizes),
        "staves": [{"voices": list(staff.voices), "clef": staff.clef} for staff in staves],
        "music": collect_music(chorale, "", render_options),
    }


def _build_score(
    chorale: Chorale,
    metadata: Metadata,
    render_options: RenderOptions,
    sizes: Collection[Size] = tuple(SHAPES),
) -> str:
    """Engrave the score for wide and for narrow windows."""
    untitled = replace(metadata, title="")  # the title stands above the score
    engraved = []
    for size, shape in SHAPES.items():
        if size not in sizes:
            continue
        for page in svg_pages(chorale, untitled, render_options, shape, f"{size[0]}-"):
            inline = page.decode()
            for superfluous in (_NAMESPACES, _EXTERNAL, _OTHER_IDS):
                inline = superfluous.sub("", inline)
            inline = _INDENT.sub("\n", inline)
            engraved.append(inline.replace("<svg", f'<svg class="{size}"', 1))
    return "\n".join(engraved)


def _link_downloads(chorale: Chorale, metadata: Metadata, render_options: RenderOptions) -> str:
    """Return links that save the music, which they contain."""
    stem = re.sub(r"[^\w.-]+", "-", metadata.title).strip("-.") or "chorale"
    links = []
    for name, kind, ending, content in (
        ("MIDI", "audio/midi", ".mid", midi_bytes(chorale, metadata, render_options)),
        (
            "MusicXML",
            "application/vnd.recordare.musicxml+xml",
            ".musicxml",
            musicxml_bytes(chorale, metadata, render_options),
        ),
    ):
        data = b64encode(content).decode()
        links.append(
            f'<a class="button" download="{escape(stem + ending)}" '
            f'href="data:{kind};base64,{data}">Save {name}</a>'
        )
    return " ".join(links)


def _list_remarks(remarks: Sequence[Remark]) -> str:
    """Return the list of remarks, each of which jumps to its place.

    Remarks have their labels, as in the score, or are numbered.
    """
    if not remarks:
        return ""
    items = "\n".join(
        f'<li><button type="button" data-step="{remark.step}">'
        f"{escape(f'{remark.label} {remark.place}'.strip())}</button> {escape(remark.text)}</li>"
        for remark in remarks
    )
    labelled = ' class="labelled"' if all(remark.label for remark in remarks) else ""
    return f'<section id="remarks" aria-label="Remarks"><ol{labelled}>\n{items}\n</ol></section>'
