"""Choirs inferred from the names of parts, and their voices picked among more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chorale.music.voicings import VOICINGS
from chorale.reading.choirs import infer_voicing, name_lines, pick_voices


@pytest.mark.parametrize(
    ("names", "voicing"),
    [
        (("Soprano 1", "Soprano 2", "Alto"), "SSA"),
        (("S1", "S2", "A"), "SSA"),
        (("Sopran", "Mezzosopran", "Alt"), "SSA"),
        (("Soprano I", "Soprano II", "Alto I", "Alto II"), "SSAA"),
        (("S", "S", "A", "A"), "SSAA"),
        (("SSAA",) * 4, "SSAA"),
        (("Tenor 1", "Tenor 2", "Bass 1", "Bass 2"), "TTBB"),
        (("T\u00e9nor I", "T\u00e9nor II", "Baryton", "Basse"), "TTBB"),
        (("Tenor 1, Tenor 2",) * 2 + ("Bass 1, Bass 2",) * 2, "TTBB"),
        (("Soprano", "Alto", "Baritone"), "SAB"),
        (("Alto", "Bass", "Soprano"), "SAB"),
        (("Sopran", "Alt"), "SA"),
        (("Soprano, Alto",) * 2, "SA"),
        (("Tenore", "Basso"), "TB"),
        (("Soprano", "Alto", "Tenor", "Bass"), "SATB"),
    ],
)
def test_a_choir_is_inferred_from_its_voices(names: tuple[str, ...], voicing: str) -> None:
    assert infer_voicing(name_lines(names)) is VOICINGS[voicing]


@pytest.mark.parametrize(
    "names",
    [
        (),
        ("Soprano",),
        ("Soprano", "Bass"),
        ("Soprano 2", "Alto"),
        ("Soprano 1", "Soprano 2"),
        ("Soprano 1", "Soprano 2", "Alto", ""),
        ("Soprano 1", "Soprano 2", "Alto", "Tenor", "Bass"),
        ("Women", "Women"),
        ("Women", "Women", "Bass"),
        ("Violin 1", "Violin 2", "Viola"),
    ],
)
def test_names_that_leave_the_choir_open_infer_none(names: tuple[str, ...]) -> None:
    assert infer_voicing(name_lines(names)) is None


@given(st.permutations(range(4)), st.sampled_from(sorted(VOICINGS)))
def test_the_voices_of_a_choir_are_picked_in_any_order(order: list[int], name: str) -> None:
    parts = VOICINGS[name].parts
    shuffled = [parts[place] for place in order if place < len(parts)]
    picked = pick_voices(name_lines([part.name for part in shuffled]), VOICINGS[name])
    assert list(picked) == [part.voice for part in parts]
    assert all(shuffled[line].voice == voice for voice, line in picked.items())


@pytest.mark.parametrize(
    ("voicing", "names"),
    [
        ("SSA", ("Soprano 1", "Soprano 2", "Alto 1")),
        ("SAB", ("Soprano 1", "Alto 1", "Bass")),
        ("SA", ("Soprano 1", "Alto 1")),
        ("TB", ("Tenor", "Bass")),
        ("SSAA", ("Soprano 1", "Soprano 2", "Alto 1", "Alto 2")),
    ],
)
def test_of_more_voices_the_first_of_each_kind_are_picked(
    voicing: str, names: tuple[str, ...]
) -> None:
    choir = ("Descant", "Soprano 2", "Soprano 1", "Alto 2", "Alto 1", "Tenor", "Baritone", "Bass")
    picked = pick_voices(name_lines([*choir, "Piano"]), VOICINGS[voicing])
    assert tuple(choir[line] for line in picked.values()) == names


def test_nothing_is_picked_if_a_voice_is_missing() -> None:
    assert pick_voices(name_lines(["Soprano", "Alto", "Tenor", "Bass"]), VOICINGS["SSA"]) == {}


def test_a_descant_is_above_a_soprano_and_a_baritone_above_a_bass() -> None:
    choir = name_lines(["Soprano", "Descant", "Alto"])
    assert pick_voices(choir, VOICINGS["SSA"]) == {0: 1, 1: 0, 3: 2}
    men = name_lines(["Bass", "Tenor 2", "Tenor 1", "Baritone"])
    assert pick_voices(men, VOICINGS["TTBB"]) == {0: 2, 1: 1, 2: 3, 3: 0}
