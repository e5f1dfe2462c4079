"""Numbers, names and lengths in words, for messages and notices."""

from collections.abc import Sequence

PLACES_SHOWN = 3  # places in a message


def join_names(names: Sequence[str]) -> str:
    """Join names as in a sentence: "soprano, alto and bass"; empty if there are none."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def list_places(places: Sequence[str]) -> str:
    """List places in the music; if there are many, the first few: "bar 1; bar 2; and 5 more"."""
    more = len(places) - PLACES_SHOWN
    return "; ".join([*places[:PLACES_SHOWN], *([f"and {more} more"] if more > 0 else [])])


def count(number: float, noun: str) -> str:
    """Put a number before a noun that takes an s in the plural: "1 bar", "2.5 quarters"."""
    return f"{number:g} {noun}{'' if number == 1 else 's'}"


def describe_length(bars: int, pickup: bool) -> str:
    """Describe a length in whole bars, at least 1, such as "8 bars with a pickup"."""
    length = count(max(1, bars), "bar")
    return f"{length} with a pickup" if pickup else length
