"""`chorale bach`, run on music21's scores."""

import json
from pathlib import Path

import pytest
from command import Output, Run
from tunes import tune_file

from chorale.corpus import Corpus, bach_catalogue
from chorale.music import VOICES, notes
from chorale.reading import read_music

FEW = ("1.6", "36.4-2", "172.6", "248.5", "248.12-2", "269", "436", "438")


@pytest.fixture(autouse=True)
def few_scores(bach_corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue of few chorales, all of them in the data set."""
    entries = [entry for entry in bach_catalogue.list_entries() if entry.bwv in FEW]
    monkeypatch.setattr(bach_catalogue, "list_entries", lambda: entries)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def bach(run: Run) -> Output:
    """A function that runs `chorale bach`, which must succeed."""

    def bach(*words: str) -> str:
        status, out, err = run("bach", *words)
        assert (status, err) == (0, "")
        return out

    return bach


def found(out: str) -> list[str]:
    """Return the BWV numbers of a table."""
    head, *rows = out.splitlines()
    assert head.split()[:2] == ["BWV", "Riemenschneider"]
    return [row.split()[0] for row in rows if row[0].isdigit()]  # long titles go on


def test_without_a_query_all_chorales_are_listed(bach: Output) -> None:
    assert found(bach()) == list(FEW)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["269"], ["269"]),
        (["BWV 269"], ["269"]),
        (["bwv36.4-2"], ["36.4-2"]),
        (["248"], ["248.5", "248.12-2"]),
        (["R1"], ["269"]),
        (["--riemenschneider", "278"], ["436"]),
        (["wie", "SCHON"], ["1.6", "36.4-2", "172.6", "436"]),
    ],
)
def test_chorales_are_found_by_number_and_title(
    bach: Output, words: list[str], expected: list[str]
) -> None:
    assert found(bach(*words)) == expected


def test_the_table_has_title_key_and_length(bach: Output) -> None:
    row = bach("R1").splitlines()[1]
    assert row.split("  ")[0] == "269"
    assert row.endswith("Aus meines Herzens Grunde  G major    21")


def test_a_chorale_is_rendered_with_title_and_composer(bach: Output) -> None:
    out = bach("269", "-o", "mine.musicxml")
    assert out.splitlines()[-1] == "mine.musicxml"
    text = Path("mine.musicxml").read_text("utf-8")
    assert "<work-title>Aus meines Herzens Grunde (BWV 269)</work-title>" in text
    assert '<creator type="composer">Johann Sebastian Bach</creator>' in text
    assert "<lyric" in text


def test_options_are_those_of_render(bach: Output, run: Run) -> None:
    bach("R1", "--format", "midi,lilypond", "--transpose", "2", "--title", "Morning", "-q")
    assert read_music(Path("bwv269.mid")).facts.title == "Morning"
    assert Path("bwv269.ly").exists()
    original = read_music(bach_catalogue.list_entries()[FEW.index("269")].path).chorale
    moved = read_music(Path("bwv269.mid")).chorale
    for voice in range(len(VOICES)):
        assert notes(moved, voice)[0].pitch == notes(original, voice)[0].pitch + 2
    status, _, err = run("bach", "R1", "--format", "midi")
    assert status == 1
    assert "bwv269.mid exists; use --output" in err


def test_several_chorales_are_written_to_a_folder_only(bach: Output, run: Run) -> None:
    status, out, err = run("bach", "248", "-o", "one.mid")
    assert (status, out) == (2, "")
    assert err.startswith("chorale: 2 chorales found: O Haupt voll Blut und Wunden (BWV 248.5) and")
    bach("248", "-o", "all/", "--format", "midi", "-q")
    assert sorted(path.name for path in Path("all").iterdir()) == [
        "bwv248.12-2.mid",
        "bwv248.5.mid",
    ]


def test_settings_of_the_tune_of_a_file_are_found_in_any_key(bach: Output) -> None:
    bach("436", "-o", "tune.mid", "--transpose", "-3", "-q")
    out = bach("--same-tune-as", "tune.mid")
    assert set(found(out)) == {"436", "172.6", "1.6", "36.4-2"}
    assert out.splitlines()[1].endswith("100%")
    facts = json.loads(bach("--same-tune-as", "tune.mid", "--json"))
    assert (facts[0]["bwv"], facts[0]["tune"], facts[0]["supplied"]) == ("436", 1, False)
    assert next(each for each in facts if each["bwv"] == "1.6")["supplied"]


def test_json_has_the_documented_keys(bach: Output) -> None:
    [facts] = json.loads(bach("269", "--json"))
    assert Path(facts.pop("score")).name == "bwv269.mxl"
    assert facts == {
        "bwv": "269",
        "riemenschneider": [1],
        "title": "Aus meines Herzens Grunde",
        "supplied": False,
        "key": "G major",
        "metre": "3/4",
        "bars": 21,
        "tune": None,
    }


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["999"], 1, "music21 has no chorale BWV 999; the nearest are BWV 436 and 438"),
        (["wie schoen leuchten"], 1, "no chorale has 'wie schoen leuchten' in its title; the near"),
        (["R372"], 2, "there is no Riemenschneider number 372; they are 1 to 371"),
        (["--riemenschneider", "0"], 2, "invalid value"),
        (["269", "--riemenschneider", "1"], 2, "give a number or title, --riemenschneider"),
        (["--same-tune-as", "tune.mid"], 1, "no chorale has at least 70% of the tune of tune.mid"),
        (["269", "--json", "-o", "new.mid"], 2, "--json is for the list; leave it out"),
        (["--same-tune-as", "nowhere.mid"], 1, "there is no file nowhere.mid"),
    ],
)
def test_what_is_not_found_is_an_error_of_one_line(
    run: Run, words: list[str], status: int, message: str
) -> None:
    tune_file(Path("tune.mid"))
    ended = run("bach", *words)
    assert ended[:2] == (status, "")
    assert ended.err.startswith(f"chorale: {message}")
    assert ended.err.count("\n") == 1
