"""Where a piece comes from, for the fields of metadata that each format has."""

import re
from dataclasses import dataclass

from chorale.version import __version__

COMPOSER = "chorale"  # as a composer
SOFTWARE = f"{COMPOSER} {__version__}"
# What neither XML nor UTF-8 can hold: control characters, and undecodable bytes of file names.
_UNTELLABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Metadata:
    """What a file says of itself; letters that no file can hold become question marks.

    Attributes:
        title: what programs show; may be empty.
        comments: a line each: seed, options, the model and its fingerprint.
        composer: who composed it; empty if nobody knows.
    """

    title: str = "Chorale"
    comments: tuple[str, ...] = ()
    composer: str = COMPOSER

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", _tellable(self.title))
        object.__setattr__(self, "comments", tuple(map(_tellable, self.comments)))
        object.__setattr__(self, "composer", _tellable(self.composer))


def png_fields(metadata: Metadata) -> dict[str, str]:
    """The texts of a PNG file, under the keywords that its specification names."""
    fields = {
        "Title": metadata.title,
        "Author": metadata.composer,
        "Software": SOFTWARE,
        "Comment": "; ".join(metadata.comments),
    }
    return {field: text for field, text in fields.items() if text}


def _tellable(text: str) -> str:
    return _UNTELLABLE.sub("?", " ".join(text.splitlines()))


NOTHING = Metadata()  # is known of it
