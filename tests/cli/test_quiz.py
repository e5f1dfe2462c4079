"""`chorale quiz`: the page it writes, the answers it counts, and what it refuses."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from command import Run
from made_up import made_up_chorale
from tiny_network import saved, tiny_checkpoint

from chorale.corpus.corpus import Corpus
from chorale.music import Key, Metre, Plan

PIECES = tuple(
    replace(
        made_up_chorale(96, seed),
        plan=Plan(96, Metre(4, 4), 0, Key(seed, "major")),
        source=f"bwv {seed}",
    )
    for seed in range(4)
)
FEW = ("--model", "tiny.safetensors", "--questions", "3")


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder with a tiny model, and made-up chorales for Bach's."""
    corpus = Corpus("bach", {"train": PIECES[:2], "valid": PIECES[2:3], "test": PIECES[3:]})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHORALE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("chorale.corpus.bach.build", lambda progress: corpus)
    saved(tiny_checkpoint(), Path())


def load_pieces(file: str) -> list[dict[str, object]]:
    text = Path(file).read_text().split('id="pieces">')[1].split("</script>")[0]
    pieces: list[dict[str, object]] = json.loads(text)["pieces"]
    return pieces


def test_a_page_has_pairs_of_a_piece_by_bach_and_one_that_is_composed(run: Run) -> None:
    status, out, err = run("quiz", *FEW, "--seed", "5")
    assert (status, err) == (0, "")
    assert out == "quiz.html: 3 questions; open it in a browser\n"
    pieces = load_pieces("quiz.html")
    assert len(pieces) == 6
    for first, second in zip(pieces[::2], pieces[1::2], strict=True):
        assert first["bach"] != second["bach"]
    composed = {piece["name"] for piece in pieces if not piece["bach"]}
    assert composed == {"seed 5", "seed 6", "seed 7"}


def test_single_pieces_are_half_by_bach(run: Run) -> None:
    status, *_ = run("quiz", *FEW, "--single", "-o", "single.html")
    assert status == 0
    assert sorted(piece["bach"] for piece in load_pieces("single.html")) == [False, True, True]  # type: ignore[type-var]  # booleans


def test_the_same_seed_gives_the_same_page(run: Run) -> None:
    for name in ("one.html", "two.html"):
        assert run("quiz", *FEW, "-o", name)[0] == 0
    assert Path("one.html").read_bytes() == Path("two.html").read_bytes()


def test_answers_are_counted(run: Run) -> None:
    for name, skill, rights in (("a.json", "much", [True, True]), ("b.json", "some", [False])):
        answers = [{"pieces": ["bwv 1", "seed 1"], "right": right} for right in rights]
        Path(name).write_text(json.dumps({"skill": skill, "answers": answers}))
    status, out, err = run("quiz", "--score", "a.json", "b.json")
    assert (status, err) == (0, "")
    assert out.splitlines()[0].startswith("right: 2 of 3, 67% (95% interval 21% to 94%)")
    assert "much: 2 of 2, 100%" in out
    status, out, _ = run("quiz", "--score", "a.json", "b.json", "--json")
    assert json.loads(out)["by_skill"]["some"]["right"] == 0


@pytest.mark.parametrize(
    ("words", "status", "line"),
    [
        (["--score"], 2, "--score needs files"),
        (["answers.json"], 2, "a new test takes no FILE"),
        ([*FEW, "-o", "quiz.mid"], 2, "an .html file"),
        (["--model", "tiny.safetensors", "--questions", "9"], 2, "choose fewer pieces"),
        (["--score", "none.json"], 1, "none.json cannot be read"),
    ],
)
def test_wrong_requests_are_refused_in_one_line(
    run: Run, words: list[str], status: int, line: str
) -> None:
    found, out, err = run("quiz", *words)
    assert (found, out) == (status, "")
    assert line in err
    assert err.count("\n") == 1
    assert not list(Path().glob("*.html"))


def test_an_existing_page_is_not_overwritten(run: Run) -> None:
    Path("quiz.html").write_text("mine")
    status, _, err = run("quiz", *FEW)
    assert status == 1
    assert "quiz.html" in err
    assert Path("quiz.html").read_text() == "mine"
