"""Elements of MusicXML that a chorale does not keep, and how notices count them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from xml.etree import ElementTree as ET

from chorale.wording import count, join_names

_NAMES_OF = {
    "slur": "slur",
    "articulation": """
        accent strong-accent soft-accent staccato tenuto detached-legato staccatissimo spiccato
        scoop plop doit falloff stress unstress other-articulation
    """,
    "fingering": "fingering",
    "playing sign": """
        up-bow down-bow harmonic open-string thumb-position pluck double-tongue triple-tongue
        stopped snap-pizzicato fret string hammer-on pull-off bend tap heel toe fingernails hole
        arrow handbell brass-bend flip smear open half-muted harmon-mute golpe other-technical
        harp-pedals damp damp-all eyeglasses string-mute scordatura accordion-registration
        percussion other-direction other-notation
    """,
    "glissando": "glissando slide",
    "arpeggio": "arpeggiate non-arpeggiate",
    "vocal effect": "humming laughing",
    "chord diagram": "frame",
    "Roman numeral": "function numeral",
    "pedal mark": "pedal",
    "octave line": "octave-shift",
    "dashed line": "dashes",
    "bracket": "bracket",
}
_NOUNS: Mapping[str, str] = {
    name: noun for noun, names in _NAMES_OF.items() for name in names.split()
}
COUNTED_ELEMENTS = tuple(_NOUNS)  # whose names no element that is read has
_CREDITS = ("lyricist", "poet", "arranger", "translator")  # types of creators, besides composers
_CONTINUATIONS = {"stop", "continue", "change", "discontinue", "resume"}  # of lines, by type


def list_left_out(element: ET.Element) -> list[str]:
    """List the nouns of what is left out within a note, a direction, a harmony or the like.

    A line is listed where it begins, the arpeggio of a chord once.
    """
    in_chord = element.find("chord") is not None
    nouns = []
    for each in element.iter():
        noun = "tremolo" if is_tremolo_of_two(each) else _NOUNS.get(each.tag)
        if not noun or each.get("type") in _CONTINUATIONS or (in_chord and noun == "arpeggio"):
            continue
        nouns.append(noun)
    return nouns


def count_credits(score: ET.Element) -> Iterator[tuple[str, int]]:
    """Yield the nouns and numbers of the names in the head of a score, without composers."""
    names = [creator for creator in score.iter("creator") if creator.text and creator.text.strip()]
    for noun in _CREDITS:
        if number := sum(name.get("type", "").strip().lower() == noun for name in names):
            yield noun, number
    if number := sum(bool(rights.text and rights.text.strip()) for rights in score.iter("rights")):
        yield "copyright notice", number


def is_tremolo_of_two(element: ET.Element) -> bool:
    """Check for a tremolo between two notes; other tremolos count as ornaments."""
    return element.tag == "tremolo" and element.get("type") in ("start", "stop")


def describe_left_out(counted: Iterable[tuple[str, int]]) -> str:
    """Describe what was left out, such as "3 slurs and 2 articulations left out"; "" for nothing.

    Args:
        counted: nouns with their numbers; a noun may come several times.
    """
    total: Counter[str] = Counter()
    for noun, number in counted:
        total[noun] += number
    names = [count(number, noun) for noun, number in total.items() if number]
    return f"{join_names(names)} left out" if names else ""
