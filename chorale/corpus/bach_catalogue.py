"""A catalogue of Bach's chorales in the installed music21: numbers, titles and tunes.

It lists every score of music21's folder of Bach's works up to BWV 438, the last chorale, once; a
BWV number has more than one score where Bach scored it twice or music21 has two versions.
Riemenschneider numbers and titles are from music21's lists (`music21.corpus.chorales`). Chorales
that are not in these lists get the title of the chorale whose tune is most like theirs, in square
brackets, as librarians mark a title that they supply.
"""

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chorale.aliases import Progress
from chorale.analysis.tunes import compare_tunes, find_tune
from chorale.corpus import bach
from chorale.corpus.cache import cache_folder, load_cache, save_cache
from chorale.corpus.corpus import Corpus, ignore_progress
from chorale.errors import DataError, ReadingError
from chorale.music import OCTAVE, Chorale
from chorale.reading.names import fold

LAST_CHORALE = 438  # number in the BWV
SAME_TUNE = 0.7  # least share of a tune in another setting; see `chorale.analysis.tunes`
_SURE_TUNE = 0.8  # least share for a supplied title
_SUFFIXES = (".mxl", ".xml")
_OTHERS = "bach-others"  # scores that are not in the data set `bach`


@dataclass(frozen=True)
class Entry:
    """A chorale of the catalogue.

    Attributes:
        bwv: number in the BWV with movement and version, such as "269" or "248.23-2".
        riemenschneider: its numbers, 1 to 371; empty if it has none.
        title: beginning of the text; in brackets if supplied, empty if unknown.
        path: the score.
    """

    bwv: str
    riemenschneider: tuple[int, ...]
    title: str
    path: Path

    @property
    def name(self) -> str:
        """Title and number, such as "Aus meines Herzens Grunde (BWV 269)"."""
        title = self.title.strip("[]")
        return f"{title} (BWV {self.bwv})" if title else f"BWV {self.bwv}"


def list_entries() -> list[Entry]:
    """Return the chorales by BWV numbers, with the titles of music21's lists.

    Raises:
        DataError: music21 is not installed.
    """
    folder = bach.score_folder()
    stems = {
        path.stem.removeprefix("bwv"): path
        for path in folder.glob("bwv*")
        if path.suffix in _SUFFIXES
    }
    stems = {bwv: path for bwv, path in stems.items() if _split_number(bwv)[0] <= LAST_CHORALE}
    numbers, titles = _read_lists(stems)
    entries = [
        Entry(bwv, tuple(numbers.get(bwv, ())), titles.get(bwv, ""), path)
        for bwv, path in stems.items()
    ]
    return sorted(entries, key=lambda entry: _split_number(entry.bwv))


def _read_lists(stems: Iterable[str]) -> tuple[dict[str, list[int]], dict[str, str]]:
    """Read Riemenschneider numbers and titles, by BWV number, from music21's lists."""
    lists: Any = import_module("music21.corpus.chorales")
    numbers: dict[str, list[int]] = {}
    titles: dict[str, str] = {}
    for bwv, fact in lists.ChoraleList().byBWV.items():
        titles[str(bwv)] = _clean(fact["title"])
    for number, fact in lists.ChoraleListRKBWV().byRiemenschneider.items():
        bwv = str(fact["bwv"])
        if bwv not in stems:  # "18.5-l" of the list is "18.5-lz" among the scores
            bwv = next((stem for stem in stems if stem.startswith(bwv)), bwv)
        numbers.setdefault(bwv, []).append(number)
        titles[bwv] = _clean(fact["title"])
    return numbers, titles


def _clean(title: str) -> str:
    return title.replace("\u2019", "'").strip()


def _split_number(bwv: str) -> tuple[int, ...]:
    """Split a BWV number into its numbers, which sort as in the catalogue: 248.9-1 before 248.12-2.

    A letter of a version counts by its place in the alphabet, after all numbers.
    """
    tokens = re.findall(r"\d{1,9}|[a-z]", bwv)
    return tuple(int(token) if token.isdigit() else 1000 + ord(token) for token in tokens) or (0,)


def load_chorales(
    entries: Sequence[Entry], progress: Progress = ignore_progress
) -> dict[str, Chorale]:
    """Return the music of the chorales, by BWV number, from caches or else from music21, in 20 s.

    Raises:
        DataError: music21 or its scores are not installed.
        OutputError: a cache cannot be written.
    """
    corpus = bach.load(progress)
    music = {
        chorale.source.removeprefix("BWV "): chorale
        for chorales in corpus.splits.values()
        for chorale in chorales
    }
    paths = [entry.path for entry in entries if entry.bwv not in music]
    others = _load_others(paths, progress)
    return music | {
        path.stem.removeprefix("bwv"): one for path, one in zip(paths, others, strict=True)
    }


def _load_others(paths: Sequence[Path], progress: Progress) -> tuple[Chorale, ...]:
    """Return the chorales that are not in the data set `bach`; raises as `load_chorales`."""
    cache = cache_folder() / f"{_OTHERS}.npz"
    names = hashlib.sha256(" ".join(path.name for path in paths).encode()).hexdigest()[:16]
    identity = f"{bach.identity()}, scores {names}"
    corpus = load_cache(cache, identity)
    if corpus is None:
        try:
            chorales = tuple(bach.read_scores(paths, progress))
        except ReadingError as error:
            raise DataError(f"a score of music21 cannot be read: {error}") from error
        corpus = Corpus(_OTHERS, {"train": chorales, "valid": (), "test": ()})
        save_cache(corpus, cache, identity)
    return corpus.splits["train"]


def supply_titles(entries: Sequence[Entry], music: Mapping[str, Chorale]) -> list[Entry]:
    """Return the entries, with titles in brackets for those that lack one, by their tunes.

    Args:
        entries: the catalogue.
        music: the chorales, by BWV number.
    """
    titled = [entry for entry in entries if entry.title]
    tunes = [_find_degrees(music[entry.bwv]) for entry in titled]

    untitled = [entry for entry in entries if not entry.title]
    if not titled or not untitled:
        return list(entries)
    own_tunes = [_find_degrees(music[entry.bwv]) for entry in untitled]
    shares = compare_tunes(own_tunes, tunes, transpose=False)
    supplied = {
        entry.bwv: replace(entry, title=f"[{titled[int(own.argmax())].title}]")
        for entry, own in zip(untitled, shares, strict=True)
        if own.max() >= _SURE_TUNE
    }
    return [supplied.get(entry.bwv, entry) for entry in entries]


def _find_degrees(chorale: Chorale) -> NDArray[np.int64]:
    """Return the tune of the soprano in semitones above the tonic, if the key is known."""
    tonic = chorale.plan.key.tonic if chorale.plan.key else 0
    return (find_tune(chorale) - tonic) % OCTAVE


def rank_by_tune(
    tune: NDArray[np.int64], entries: Sequence[Entry], music: Mapping[str, Chorale]
) -> list[tuple[Entry, float]]:
    """Return the chorales with the share of a tune that their soprano has, the highest first.

    Args:
        tune: the tune, as `chorale.analysis.tunes.find_tune` returns it.
        entries: the catalogue.
        music: the chorales, by BWV number.
    """
    [shares] = compare_tunes([tune], [find_tune(music[entry.bwv]) for entry in entries])
    ranked = sorted(zip(entries, shares.tolist(), strict=True), key=lambda each: -each[1])
    return [(entry, share) for entry, share in ranked]


def find_by_bwv(entries: Sequence[Entry], number: str) -> list[Entry]:
    """Return the chorales of a BWV number: the one with this number, or else all of the work."""
    exact = [entry for entry in entries if entry.bwv == number]
    return exact or [
        entry for entry in entries if re.match(rf"{re.escape(number)}(?!\d)[.-]?", entry.bwv)
    ]


def suggest_numbers(entries: Sequence[Entry], number: str) -> list[str]:
    """Return the BWV numbers that are nearest to a number, in their order."""
    wanted = _split_number(number.lower())
    numbers = [entry.bwv for entry in entries]
    place = bisect_left(numbers, wanted, key=_split_number)
    return numbers[max(0, min(place, len(numbers) - 1) - 1) : place + 1]


def find_by_riemenschneider(entries: Sequence[Entry], number: int) -> list[Entry]:
    """Return the chorales of a Riemenschneider number."""
    return [entry for entry in entries if number in entry.riemenschneider]


def find_by_title(entries: Sequence[Entry], words: str) -> list[Entry]:
    """Return the chorales with all of some words in their titles, without accents and case."""
    wanted = _fold_words(words)
    return [
        entry
        for entry in entries
        if wanted and all(word in " ".join(_fold_words(entry.title)) for word in wanted)
    ]


def suggest_titles(entries: Sequence[Entry], words: str) -> list[str]:
    """Return the titles that are most like some words, the nearest first."""
    titles = {" ".join(_fold_words(entry.title)): entry.title.strip("[]") for entry in entries}
    titles.pop("", None)
    near = get_close_matches(" ".join(_fold_words(words)), titles, n=3, cutoff=0.4)
    return [titles[title] for title in near]


def _fold_words(text: str) -> list[str]:
    """Return the words of a text in small letters; "schön", "schoen" and "schon" are the same."""
    plain = fold(text.replace("\u00df", "ss")).replace("'", "")
    for umlaut, letter in (("ae", "a"), ("oe", "o"), ("ue", "u")):
        plain = plain.replace(umlaut, letter)
    return re.findall(r"[^\W_]+", plain)
