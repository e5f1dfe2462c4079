"""What an engraved score prints besides the text of a MusicXML file.

Verses begin with their number, as in hymn books; endings have "1." on their bracket; a section that
sounds three times or more has the number of times at its end. In MusicXML files these numbers are
attributes, and would be words of the music if they were printed text. Roman numerals are printed in
musical signs, with the key before them where it changes. A syllable that is continued by a hyphen
has no extender beside it.
"""

import re

from chorale.music.numerals import parse_numeral
from chorale.rendering.score.harmony_labels import print_numeral

_FUNCTION = re.compile(
    r'(?:<direction placement="below">\s*<direction-type>\s*<words font-weight="bold">([^<]*)'
    r"</words>\s*</direction-type>\s*(?:<offset>\d+</offset>\s*)?</direction>\s*)?"
    r'<harmony placement="below">\s*<function>([^<]*)</function>'
)
_PART = re.compile(r"(?=<part id)")
_LYRIC = re.compile(r'(<lyric number="(\d+)"(?: name="verse (\d+)")?>.*?<text>)([^<]*)', re.DOTALL)
_ENDING = re.compile(r'<ending number="([^"]*)"')
_REPEAT = re.compile(
    r'(<barline location="right">(?:(?!</barline>|<ending).)*times="(\d+)")', re.DOTALL
)
_EXTENDER = re.compile(r"(<syllabic>(?:begin|middle)</syllabic>\s*<text>[^<]*</text>)\s*<extend />")
_NO_BREAK_SPACE = "\u00a0"
# Verovio ignores empty figures with their length, so that those after them would be too early.
_BLANK_FIGURE = f"<figure><figure-number>{_NO_BREAK_SPACE}</figure-number></figure>"


def prepare_for_engraving(music: str) -> str:
    """Return a MusicXML text of ours with the numbers of verses, endings and repeats in words."""
    music = _EXTENDER.sub(r"\1", music)
    music = _FUNCTION.sub(_print_function, music)
    music = music.replace("<figure />", _BLANK_FIGURE)
    before, *parts = _PART.split(music)
    for place, part in enumerate(parts):
        numbered = _number_verses(part)
        numbered = _ENDING.sub(_dot_ending, numbered)
        parts[place] = numbered if place else _REPEAT.sub(_print_times, numbered)
    return before + "".join(parts)


def _print_function(found: re.Match[str]) -> str:
    """Replace the function of a chord, and the key before it, by a numeral with a printed text."""
    key, numeral = found.groups()
    text = f"{key or ''} {print_numeral(parse_numeral(numeral))}".strip()
    root = f'<numeral-root text="{text}">1</numeral-root>'
    return f'<harmony placement="below"><numeral>{root}</numeral>'


def _number_verses(part: str) -> str:
    """Put the number of each verse before its first syllable, unless there is only one verse."""
    verses = {found[3] or found[2] for found in _LYRIC.finditer(part)}
    if len(verses) < 2:
        return part
    begun = set()

    def number(found: re.Match[str]) -> str:
        start, line, verse, text = found.groups()
        if line in begun:
            return found[0]
        begun.add(line)
        return found[0] if text[:1].isdigit() else f"{start}{verse or line}.{_NO_BREAK_SPACE}{text}"

    return _LYRIC.sub(number, part)


def _dot_ending(found: re.Match[str]) -> str:
    passes = " ".join(f"{number}." for number in found[1].split(", "))
    return f'<ending number="{passes}"'


def _print_times(found: re.Match[str]) -> str:
    """Put the number of times before a barline with a repeat sign and no ending."""
    words = f'<words halign="right" font-weight="bold">{found[2]}\N{MULTIPLICATION SIGN}</words>'
    direction = f'<direction placement="above"><direction-type>{words}</direction-type></direction>'
    return direction + found[1]
