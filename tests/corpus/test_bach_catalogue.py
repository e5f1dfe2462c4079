"""The catalogue of Bach's chorales: numbers, titles and tunes."""

import json
from importlib import resources

import pytest

from chorale.analysis.tunes import find_tune
from chorale.corpus import Corpus, bach_catalogue
from chorale.corpus.bach_catalogue import (
    Entry,
    find_by_bwv,
    find_by_riemenschneider,
    find_by_title,
    list_entries,
    rank_by_tune,
    suggest_numbers,
    suggest_titles,
    supply_titles,
)
from chorale.music import Chorale


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return list_entries()


@pytest.fixture(scope="module")
def music(bach_corpus: Corpus) -> dict[str, Chorale]:
    """The chorales of the data set, by BWV number."""
    every = [one for chorales in bach_corpus.splits.values() for one in chorales]
    return {one.source.removeprefix("BWV "): one for one in every}


def numbers(entries: list[Entry]) -> list[str]:
    return [entry.bwv for entry in entries]


def test_every_chorale_of_the_data_set_is_listed_once(entries: list[Entry]) -> None:
    text = resources.files("chorale.corpus").joinpath("index.json").read_text("utf-8")
    indexed = {entry["file"] for entry in json.loads(text)}
    files = [entry.path.name for entry in entries]
    assert indexed <= set(files)
    assert len(set(numbers(entries))) == len(files)
    assert all(entry.path.is_file() for entry in entries)
    assert "846" not in numbers(entries)  # a prelude for the keyboard


def test_every_riemenschneider_number_has_a_score(entries: list[Entry]) -> None:
    for number in range(1, 372):
        assert find_by_riemenschneider(entries, number), number
    [first] = find_by_riemenschneider(entries, 1)
    assert (first.bwv, first.title) == ("269", "Aus meines Herzens Grunde")
    assert first.name == "Aus meines Herzens Grunde (BWV 269)"
    assert numbers(find_by_riemenschneider(entries, 126)) == ["18.5-lz"]


def test_chorales_are_in_the_order_of_the_catalogue(entries: list[Entry]) -> None:
    order = numbers(entries)
    for earlier, later in (("1.6", "10.7"), ("9.7", "10.7"), ("248.9-1", "248.12-2")):
        assert order.index(earlier) < order.index(later)


def test_a_number_of_a_work_stands_for_all_its_chorales(entries: list[Entry]) -> None:
    assert numbers(find_by_bwv(entries, "269")) == ["269"]
    assert numbers(find_by_bwv(entries, "140")) == ["140.7"]
    assert len(find_by_bwv(entries, "248")) > 10
    assert numbers(find_by_bwv(entries, "24")) == ["24.6"]
    assert numbers(find_by_bwv(entries, "18.5")) == ["18.5-lz", "18.5-w"]
    assert find_by_bwv(entries, "26.60") == []
    assert suggest_numbers(entries, "999") == ["437", "438"]
    assert suggest_numbers(entries, "9" * 5000) == ["437", "438"]
    assert suggest_numbers(entries, "15") == ["14.5", "16.6"]


def test_titles_are_searched_without_accents_case_and_apostrophes(entries: list[Entry]) -> None:
    for words in ("wie sch\u00f6n", "WIE SCHON leuchtet", "wie schoen"):
        assert "436" in numbers(find_by_title(entries, words))
    assert "347" in numbers(find_by_title(entries, "ich dank dir lieber herre"))
    assert find_by_title(entries, "yesterday") == []
    assert suggest_titles(entries, "ein feste Burg ist user Gott")[0].startswith("Ein' feste Burg")
    assert suggest_titles(entries, "([") == []


def test_missing_titles_are_those_of_the_same_tune_in_brackets(
    entries: list[Entry], music: dict[str, Chorale]
) -> None:
    known = [entry for entry in entries if entry.bwv in music]
    supplied = {entry.bwv: entry for entry in supply_titles(known, music)}
    assert supplied["1.6"].title == "[Wie sch\u00f6n leuchtet der Morgenstern]"
    assert supplied["1.6"].name == "Wie sch\u00f6n leuchtet der Morgenstern (BWV 1.6)"
    assert supplied["12.7"].title == "[Was Gott tut, das ist wohlgetan]"
    assert all(supplied[entry.bwv] == entry for entry in known if entry.title)


def test_settings_of_a_tune_are_ranked_first(
    entries: list[Entry], music: dict[str, Chorale]
) -> None:
    known = [entry for entry in entries if entry.bwv in music]
    tune = (find_tune(music["436"]) + 5) % 12
    ranked = rank_by_tune(tune, known, music)
    assert ranked[0][0].bwv == "436"
    assert ranked[0][1] == pytest.approx(1)
    assert {entry.bwv for entry, _ in ranked[:4]} == {"436", "172.6", "1.6", "36.4-2"}
    shares = [share for _, share in ranked]
    assert shares == sorted(shares, reverse=True)
    assert shares[3] > bach_catalogue.SAME_TUNE > shares[4]


def test_scores_beside_the_data_set_are_read_and_cached(
    entries: list[Entry], music: dict[str, Chorale], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = [entry for entry in entries if entry.bwv in ("269", "41.6", "253")]
    loaded = bach_catalogue.load_chorales(few)
    assert loaded["269"] == music["269"]
    assert {"41.6", "253"} <= loaded.keys()

    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("chorale.corpus.bach.read_scores", refuse)
    assert bach_catalogue.load_chorales(few)["253"] == loaded["253"]
