"""A listening test as a page: pieces by Bach and by the network, and a question on each."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from chorale.music import Chorale, digest
from chorale.rendering.page.assembling import PAGE, assemble, quote_json
from chorale.rendering.page.content import collect_music
from chorale.rendering.render_options import DEFAULT_RENDER_OPTIONS, RenderOptions

SCRIPTS = tuple(f"{PAGE}/{name}.js" for name in ("elements", "timing", "organ", "player", "quiz"))
SKILLS = {
    "little": "Little: I know few chorales.",
    "some": "Some: I sing or play them, or have studied harmony.",
    "much": "Much: I teach, direct a choir or play the organ.",
}
TITLE = "Bach or not?"
_ADVICE = "Send the file to whoever gave you this page: `chorale quiz --score` counts the answers."


@dataclass(frozen=True)
class QuizPiece:
    """A piece of a listening test: its name in the answers, whether it is Bach's, its music."""

    name: str
    is_bach: bool
    chorale: Chorale


def quiz_bytes(
    pieces: Sequence[QuizPiece],
    pairs: bool,
    render_options: RenderOptions = DEFAULT_RENDER_OPTIONS,
) -> bytes:
    """Return the contents of an HTML file with a listening test.

    Args:
        pieces: the pieces in the order in which they are played; if in pairs, two and two.
        pairs: whether one of two pieces is to be chosen, instead of judging each alone.
        render_options: tempo.
    """
    quiz = {
        "id": sha256(" ".join(digest(piece.chorale) for piece in pieces).encode()).hexdigest()[:12],
        "pairs": pairs,
        "pieces": [
            {
                "name": piece.name,
                "bach": piece.is_bach,
                "music": collect_music(piece.chorale, "", render_options),
            }
            for piece in pieces
        ],
    }
    skills = "\n".join(
        f'<label><input type="radio" name="skill" value="{name}"> {escape(text)}</label>'
        for name, text in SKILLS.items()
    )
    parts = {
        "title": escape(TITLE),
        "introduction": escape(_introduce(len(pieces), pairs)),
        "skills": skills,
        "advice": escape(_ADVICE),
        "pieces": quote_json(quiz),
    }
    return assemble(f"{PAGE}/quiz.html", SCRIPTS, parts)


def _introduce(count: int, pairs: bool) -> str:
    """Return what the listener has to do."""
    end = "All are played by the same organ, in the same tempo and in keys of the same kind."
    if pairs:
        return f"{count // 2} pairs of chorales: one of each is by Bach, the other is not. {end}"
    return f"{count} chorales: some are by Bach, the others are not. {end}"
