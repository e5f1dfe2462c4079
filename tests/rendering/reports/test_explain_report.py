from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from explanations import SURE, explanation_of
from made_up import made_up_chorale
from tiny_network import tiny_checkpoint

from chorale.judging.explaining import LEVELS, Choice, Explanation, explain
from chorale.models import find
from chorale.music import REST, VOICES, Chorale, Key, Metre, Plan, from_pitches
from chorale.network.checkpoint import load_checkpoint
from chorale.rendering.reports.explain_report import (
    BACH,
    BACH_BY,
    Explained,
    of_bach,
    percent,
    summary,
)

ALTO, TENOR = 1, 2


def cadence() -> Chorale:
    """Two bars of 4/4 in B minor: quarters, then whole notes; the alto steps up to B by A sharp."""
    lines = [[74, 73, 71, 73, 74], [66, 68, 70, 67, 71], [62, 61, 62, 64, 66], [59, 57, 55, 54, 47]]
    pitches = np.array([np.repeat(line, [4, 4, 4, 4, 16]) for line in lines], np.int16).T
    return from_pitches(pitches, Plan(32, Metre(4, 4), 0, Key(11, "minor")))


def lines(
    chorale: Chorale, said: Mapping[tuple[int, int], tuple[float, tuple[Choice, ...]]]
) -> list[str]:
    return Explained(chorale, explanation_of(chorale, said)).contested(10)


def note(pitch: int, probability: float) -> Choice:
    return Choice("note", pitch, probability)


def test_a_surprising_note_is_told_as_musicians_say_it():
    said = {(ALTO, 8): (0.034, (note(69, 0.62), note(67, 0.2), note(66, 0.002)))}
    assert lines(cadence(), said) == ["bar 1, beat 3, alto: A#4 3%; rather A4 62%, G4 20%"]


def test_other_notes_are_spelled_in_the_place_where_they_would_stand():
    said = {(TENOR, 8): (0.02, (note(65, 0.5), note(63, 0.4)))}  # before E
    assert lines(cadence(), said) == ["bar 1, beat 3, tenor: D4 2%; rather F4 50%, D#4 40%"]


def test_what_was_before_can_be_struck_again_or_held_on():
    said = {(0, 4): (0.004, (note(74, 0.6), Choice("hold", REST, 0.3), Choice("rest", REST, 0.05)))}
    assert lines(cadence(), said) == [
        "bar 1, beat 2, soprano: C#5 0.4%; rather D5 again 60%, D5 held on 30%, a rest 5%"
    ]


def test_a_note_that_should_not_be_held_is_told_where():
    said = {(0, 20): (0.0002, (note(76, 0.9),)), (0, 24): (0.5, (note(76, 0.4),))}
    assert lines(cadence(), said) == [
        "bar 2, beat 2, soprano: D5 held on under 0.1%; rather E5 90%"
    ]


def test_one_alternative_is_told_however_unlikely():
    said = {(0, 4): (0.001, (note(74, 0.004), note(70, 0.003)))}
    assert lines(cadence(), said) == ["bar 1, beat 2, soprano: C#5 0.1%; rather D5 again 0.4%"]


def test_places_are_told_the_least_likely_first_as_many_as_asked_for_and_in_the_bars():
    chorale, better = cadence(), (note(60, 0.9),)
    said = {(0, 4): (0.05, better), (1, 8): (0.01, better), (2, 16): (0.03, better)}
    explanation = explanation_of(chorale, said)

    def voices(told: Sequence[str]) -> list[str]:
        return [line.split(": ")[0].split(", ")[2] for line in told]

    assert voices(Explained(chorale, explanation).contested(10)) == ["alto", "tenor", "soprano"]
    assert voices(Explained(chorale, explanation).contested(1)) == ["alto"]
    assert voices(Explained(chorale, explanation, 16, 32).contested(10)) == ["tenor"]
    assert Explained(chorale, explanation_of(chorale, {})).contested(10) == []


def rest_in_the_alto() -> tuple[Chorale, Explanation]:
    """The cadence with a rest in the alto, as a tiny network judges it."""
    chorale = cadence()
    pitches, onsets = chorale.pitches.copy(), chorale.onsets.copy()
    pitches[4:8, ALTO], onsets[4:8, ALTO] = REST, False
    chorale = replace(chorale, pitches=pitches, onsets=onsets)
    return chorale, explain(tiny_checkpoint(spread=2.0), chorale)


def test_rests_are_told_too():
    chorale, explanation = rest_in_the_alto()
    told = "\n".join(Explained(chorale, explanation).contested(100))
    assert "bar 1, beat 2, alto: rest " in told
    assert "alto: rest goes on " in told


def test_facts_are_of_every_note_and_say_the_same():
    chorale, explanation = rest_in_the_alto()
    facts = Explained(chorale, explanation).facts()
    assert len(facts) == len(explanation.notes) == 20
    first = facts[0]
    assert (first["voice"], first["pitch"], first["name"]) == ("soprano", 74, "D5")
    assert (first["step"], first["bar"], first["place"]) == (0, 1, "bar 1, beat 1")
    assert first["probability"] == pytest.approx(np.exp(-first["nats"]))
    assert first["level"] in LEVELS
    assert first["held"]["step"] in (1, 2, 3)
    [rest] = [fact for fact in facts if fact["pitch"] is None]
    assert (rest["voice"], rest["name"], rest["step"], rest["length_steps"]) == ("alto", None, 4, 4)
    for fact in facts:
        for choice in fact["alternatives"]:
            assert (choice["kind"] == "note") == (choice["name"] is not None)


def test_facts_are_of_the_steps_asked_for():
    chorale, explanation = rest_in_the_alto()
    assert {fact["step"] for fact in Explained(chorale, explanation, 16, 32).facts()} == {16}


def test_the_figures_are_means_over_steps_and_shares_of_the_notes_that_start():
    chorale = cadence()
    said = {(0, 0): (0.2, (note(60, 0.1),)), (0, 5): (0.001, (note(60, 0.1),))}
    found = Explained(chorale, explanation_of(chorale, said)).found()
    sure = -np.log(SURE)
    assert found.nats["bass"] == pytest.approx(sure)
    assert found.nats["soprano"] == pytest.approx((30 * sure - np.log(0.2) - np.log(0.001)) / 32)
    assert found.nats_per_note == pytest.approx(np.mean(list(found.nats.values())))
    shares = {"likely": 0.95, "possible": 0.05, "unlikely": 0, "surprising": 0}
    assert found.levels == pytest.approx(shares)


def test_bach_is_told_beside_by_the_network_that_judged_him_alone():
    assert len(summary(BACH, "another", "this music")[0]) == 2
    nats, levels = summary(BACH, BACH_BY, "this music")
    assert nats[1:] == [
        "this music: 0.281; soprano 0.193, alto 0.301, tenor 0.311, bass 0.319",
        "Bach's test split: 0.281; soprano 0.193, alto 0.301, tenor 0.311, bass 0.319",
    ]
    assert levels[1] == "this music: 70% likely, 18% possible, 8% unlikely, 3% surprising"
    assert of_bach("another") is None


def test_the_figures_of_bach_are_by_the_model_that_ships():
    assert load_checkpoint(find("bach")).fingerprint == BACH_BY  # or scripts/explain_figures.py
    assert list(BACH.nats) == list(VOICES)
    assert list(BACH.levels) == list(LEVELS)
    assert sum(BACH.levels.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("probability", "told"),
    [
        *((1, "100%"), (0.62, "62%"), (0.0349, "3%"), (0.0096, "1%"), (0.009, "0.9%")),
        *((0.001, "0.1%"), (0.0005, "under 0.1%"), (0, "0%")),
    ],
)
def test_small_shares_have_a_digit_more(probability, told):
    assert percent(probability) == told


def test_every_note_of_a_chorale_can_be_told():
    chorale = made_up_chorale(60, 1)
    explained = Explained(chorale, explain(tiny_checkpoint(), chorale))
    assert all(": " in line and "; rather " in line for line in explained.contested(1000))
