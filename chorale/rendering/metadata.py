"""Title, composer and comments of a file; each format stores them in its own fields."""

import re
from dataclasses import dataclass

from chorale.version import __version__

COMPOSER = "chorale"
SOFTWARE = f"{COMPOSER} {__version__}"
# Characters that XML or UTF-8 cannot hold: control characters, and the surrogates that stand for
# undecodable bytes of file names.
_UNENCODABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Metadata:
    """Title, composer and comments of a file; unencodable characters become question marks.

    Attributes:
        title: name of the piece in players and notation programs; may be empty.
        comments: seed, options, model and its fingerprint, a line each.
        composer: name of the composer; empty if unknown.
    """

    title: str = "Chorale"
    comments: tuple[str, ...] = ()
    composer: str = COMPOSER

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", make_encodable(self.title))
        object.__setattr__(self, "comments", tuple(map(make_encodable, self.comments)))
        object.__setattr__(self, "composer", make_encodable(self.composer))


def png_fields(metadata: Metadata) -> dict[str, str]:
    """Return the text fields of a PNG file, by the keywords of the PNG specification."""
    fields = {
        "Title": metadata.title,
        "Author": metadata.composer,
        "Software": SOFTWARE,
        "Comment": "; ".join(metadata.comments),
    }
    return {field: text for field, text in fields.items() if text}


def make_encodable(text: str) -> str:
    """Return a text on one line, with question marks for characters that files cannot hold."""
    return _UNENCODABLE.sub("?", " ".join(text.splitlines()))


DEFAULT_METADATA = Metadata()
