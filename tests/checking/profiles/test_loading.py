"""Profiles that ship, and those in TOML files."""

import os
import tomllib
from pathlib import Path

import pytest

from chorale.checking import RULES
from chorale.checking.profiles import PROFILES, find_profile, loading
from chorale.checking.profiles.profile import KIND_NAMES
from chorale.errors import OptionError

SHIPPED = sorted(Path(loading.__file__).parent.glob("*.toml"))


def write(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, "utf-8")
    return path


def test_shipped_files_are_found_by_their_names() -> None:
    assert [path.stem for path in SHIPPED] == [name for name in PROFILES if name != "bach"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_name_in_a_shipped_file_is_that_of_a_rule(path: Path) -> None:
    values = tomllib.loads(path.read_text("utf-8"))
    names = [*values["tendencies"], *values["ignore"], *values["weights"]]
    assert set(names) <= RULES.keys()


def test_every_rule_of_a_textbook_is_applied_and_no_other() -> None:
    textbook = find_profile("textbook")
    assert textbook.ignored == {rule for rule in RULES if RULES[rule].source.startswith("none")}
    assert set(textbook.weights.values()) == {1, 2}
    assert textbook.points == 20


def test_a_file_states_what_differs_from_its_base(tmp_path: Path) -> None:
    first, second, third, *_ = RULES
    path = write(
        tmp_path,
        f'base = "textbook"\npoints = 10\nignore = ["{first}"]\ntendencies = ["{second}"]\n'
        f'[weights]\n"{third}" = 0.5\n[ranges]\nsoprano = ["C4", "Bb5"]\n"bass 2" = ["e2", "c#4"]',
    )
    own, textbook = find_profile(path), find_profile("textbook")
    assert (own.name, own.points) == ("own", 10)
    assert (set(own.ignored), set(own.tendencies)) == ({first}, {second})
    assert own.weights == {**textbook.weights, third: 0.5}
    assert own.ranges == {"soprano": (60, 82), "bass 2": (40, 61)}
    assert find_profile(str(path)) == own


def test_one_weight_for_all_comes_before_single_ones(tmp_path: Path) -> None:
    first, second, *_ = RULES
    own = find_profile(write(tmp_path, f'weight = 3\n[weights]\n"{first}" = 4'))
    assert (own.weights[first], own.weights[second], own.points) == (4, 3, None)


@pytest.mark.parametrize("name", ["faults", *KIND_NAMES])
def test_a_kind_may_stand_for_its_rules(tmp_path: Path, name: str) -> None:
    own = find_profile(write(tmp_path, 'ignore = ["tendencies"]'))
    assert own.ignored == find_profile("bach").tendencies


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("points", "is no TOML"),
        ("marks = 3", "unknown key 'marks'; the keys are base, points, weight"),
        ('base = "mine"', "base is 'mine'; choose bach or textbook"),
        ("points = true", "points is True, which is no number"),
        ("points = 0", "points is 0; it must be 1 to 1000"),
        ("weight = -1", "weight is -1; it must be 0 to 1000"),
        ("weight = nan", "it must be 0 to 1000"),
        ("ignore = 3", "ignore is not a list of names"),
        ('ignore = ["no such"]', "there is no rule 'no such'"),
        ('ignore = ["faults", "tendencies"]', "no rule remains"),
        ("weights = 3", r"weights is not a table, which begins with the line \[weights\]"),
        ("points = 0x" + "F" * 15_000, r"points is too long a value \(int\); it must be 1 to 1000"),
        ("points" + ".a" * 7000 + " = 1", r"points is too long a value \(dict\), which is no"),
        ("a" * 15_000 + " = 1", "unknown key 'a{79}[.]{3}; the keys are"),
        (f'ignore = ["{"a" * 15_000}"]', "there is no rule 'a{79}[.]{3}; see"),
        ('[ranges]\nviola = ["C4", "C5"]', "'viola' in .* is no voice"),
        ('[ranges]\nalto = "C4"', "the range of alto is not two notes"),
        ('[ranges]\nalto = ["C5", "C4"]', "the range of alto goes from C5 down to C4"),
        ('[ranges]\nalto = ["H4", "C5"]', "'H4' in the range of alto is no note"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_what_is_allowed(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(OptionError, match=f"own.toml.*{message}"):
        find_profile(write(tmp_path, text))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("harsh", "there is no profile 'harsh'; choose bach, textbook or a file that ends in"),
        ("nowhere.toml", "there is no file nowhere.toml; choose bach, textbook or a .toml file"),
        ("\0.toml", "there is no file"),
    ],
)
def test_a_profile_that_does_not_exist_is_refused(name: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        find_profile(name)


def test_a_long_file_is_not_read(tmp_path: Path) -> None:
    path = write(tmp_path, "#" * (loading.MAX_BYTES + 1))
    with pytest.raises(OptionError, match="longer than 16,000 bytes"):
        find_profile(path)


def test_a_file_may_begin_with_the_mark_of_its_encoding(tmp_path: Path) -> None:
    assert find_profile(write(tmp_path, "\ufeffpoints = 7")).points == 7


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(OptionError, match="there is no file"):
        find_profile(tmp_path / "pipe.toml")
