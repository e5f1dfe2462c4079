"""Church modes in the draw: the scale of the mode, and the alterations in use."""

from dataclasses import replace

import numpy as np
import pytest
from tiny_network import without_weights

from chorale.composing.cadences import closing_degrees
from chorale.composing.church_modes import ChurchModes, has_church_mode, list_mode_notes
from chorale.composing.compose import _rules, compose
from chorale.composing.form import KeySpan, adapt_to_mode
from chorale.composing.tasks import Task, task_for_generating
from chorale.music import BASS, Key, Metre, Plan
from chorale.network.conditions import encode_plan
from chorale.options import SamplingOptions

CHECKPOINT = without_weights()


def plan(key: str) -> Plan:
    fermatas = np.zeros(64, np.bool_)
    fermatas[28:32] = fermatas[56:] = True
    return Plan(64, Metre(4, 4), 0, Key.parse(key), fermatas)


def task(key: str) -> Task:
    return task_for_generating(plan(key), CHECKPOINT)


@pytest.mark.parametrize(
    ("key", "within", "closing"),
    [
        ("D dorian", {1}, {1, 6}),
        ("G mixolydian", set(), {6, 11}),
        ("E phrygian", set(), {8}),
        ("F lydian", set(), {4, 9}),
    ],
)
def test_a_mode_has_its_scale_and_the_alterations_in_use(
    key: str, within: set[int], closing: set[int]
) -> None:
    home = Key.parse(key)
    assert set(list_mode_notes(home, closing=False)) == {*home.scale, *within}
    assert set(list_mode_notes(home, closing=True)) == {*home.scale, *closing}


def test_the_rule_is_there_only_for_church_modes() -> None:
    for key, there in (("D dorian", True), ("D minor", False), ("G", False)):
        assert has_church_mode([task(key)]) == there
        rules = _rules(CHECKPOINT, [task(key)], SamplingOptions())
        assert any(isinstance(rule, ChurchModes) for rule in rules) == there
    visiting = task("G")
    spans = (KeySpan(4, 32, Key.parse("A dorian")),)
    assert has_church_mode([replace(visiting, form=replace(visiting.form, keys=spans))])


@pytest.mark.parametrize("key", ["D dorian", "E phrygian", "F lydian", "G mixolydian"])
def test_a_chorale_in_a_mode_keeps_its_scale_and_closes_on_its_final(key: str) -> None:
    home = Key.parse(key)
    [made] = compose(
        CHECKPOINT, [task(key)], SamplingOptions(best_of=1), [np.random.default_rng(1)]
    )
    chorale = made.chorale
    assert chorale.plan.key == home
    assert set(chorale.pitches[4:24].ravel() % 12) <= set(list_mode_notes(home, closing=False))
    assert chorale.pitches[-1, BASS] % 12 == home.tonic
    third = 4 if home.third == "major" else (3, 4)
    assert np.isin((chorale.pitches[-1] - home.tonic) % 12, [0, *np.atleast_1d(third), 7]).all()


def test_the_network_reads_a_mode_as_the_tonal_key_on_its_final() -> None:
    np.testing.assert_array_equal(encode_plan(plan("D dorian")), encode_plan(plan("D minor")))
    np.testing.assert_array_equal(encode_plan(plan("G mixolydian")), encode_plan(plan("G major")))


@pytest.mark.parametrize(
    ("key", "adapted"),
    [
        ("A minor", "A minor"),
        ("F major", "F lydian"),
        ("G minor", "G mixolydian"),
        ("B minor", "D dorian"),  # B has no mode with this signature
        ("D minor", "D dorian"),
    ],
)
def test_phrases_of_a_modal_chorale_are_in_modes_with_its_signature(key: str, adapted: str) -> None:
    assert adapt_to_mode(Key.parse(key), Key.parse("D dorian")) == Key.parse(adapted)
    assert adapt_to_mode(Key.parse(key), Key.parse("D minor")) == Key.parse(key)


def test_a_phrygian_phrase_closes_on_the_final_or_the_fourth_above() -> None:
    modal = task("E phrygian")
    assert closing_degrees(modal, Key.parse("E phrygian"), 28, CHECKPOINT.vocabulary) == (0, 5)
