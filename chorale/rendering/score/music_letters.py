"""Accidentals of chord symbols, and letters of dynamics such as "p dolce", in engraved pages.

verovio takes them from its own font, which PDF and PNG files lack. Here they become letters of the
text's font. Source of the numbers: W3C, Standard Music Font Layout (SMuFL) 1.4.
"""

import re

_TEXT_SIZE = 405  # of the letters beside them, in verovio's units
_ACCIDENTALS = str.maketrans(
    {
        "\uea63": "\N{MUSIC FLAT SIGN}" * 2,
        "\uea64": "\N{MUSIC FLAT SIGN}",
        "\uea65": "\N{MUSIC NATURAL SIGN}",
        "\uea66": "\N{MUSIC SHARP SIGN}",
        "\uea67": "\N{MUSIC SHARP SIGN}" * 2,
    }
)
_LETTERS = ("p", "m", "f", "r", "s", "z", "n")
_SOFT = ("pppppp", "ppppp", "pppp", "ppp", "pp", "mp")
_LOUD = ("mf", "pf", "ff", "fff", "ffff", "fffff", "ffffff")
_SUDDEN = ("fp", "fz", "sf", "sfp", "sfpp", "sfz", "sfzp", "sffz", "rf", "rfz")
_DYNAMICS = str.maketrans(
    {
        chr(0xE520 + place): letters
        for place, letters in enumerate((*_LETTERS, *_SOFT, *_LOUD, *_SUDDEN))
    }
)
# Double accidentals, which text fonts lack.
_DOUBLES = str.maketrans(
    {
        "\N{MUSICAL SYMBOL DOUBLE FLAT}": "\N{MUSIC FLAT SIGN}" * 2,
        "\N{MUSICAL SYMBOL DOUBLE SHARP}": "\N{MUSIC SHARP SIGN}" * 2,
    }
)
_MUSIC_TEXT = re.compile(
    '<tspan font-family="Leipzig"[^>]*>([\ue520-\ue53d\uea63-\uea67]+)</tspan>'
)
_FONT = re.compile(r"<style[^>]*>@font-face \{\s*font-family: 'Leipzig'.*?</style>", re.DOTALL)


def spell_music_letters(page: str) -> str:
    """Write the music letters of an engraved page in the text's font."""
    spelled = _MUSIC_TEXT.sub(_spell, page.translate(_DOUBLES))
    return spelled if 'font-family="Leipzig"' in spelled else _FONT.sub("", spelled)


def _spell(found: re.Match[str]) -> str:
    letters = found[1]
    if letters.translate(_DYNAMICS).isascii():
        style = ' font-weight="bold" font-style="italic"'
        return f'<tspan font-size="{_TEXT_SIZE}px"{style}>{letters.translate(_DYNAMICS)}</tspan>'
    return f'<tspan font-size="{_TEXT_SIZE}px">{letters.translate(_ACCIDENTALS)}</tspan>'
