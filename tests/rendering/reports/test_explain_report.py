"""How likely a network finds each note, as text and as JSON facts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from explanations import SURE, explanation_of
from made_up import made_up_chorale
from tiny_network import tiny_checkpoint

from chorale.judging.explaining import LEVELS, Alternative, Explanation, explain
from chorale.models import find
from chorale.music import ALTO, REST, TENOR, VOICES, Chorale, Key, Metre, Plan, from_pitches
from chorale.network.checkpoint import load_checkpoint
from chorale.rendering.reports import explain_report
from chorale.rendering.reports.explain_report import (
    BACH_FINGERPRINT,
    BACH_SUMMARY,
    ExplainReport,
    collect_figures,
    format_percent,
    format_summary,
    look_up_bach,
)


def cadence() -> Chorale:
    """Two bars of 4/4 in B minor: quarters, then whole notes; the alto steps up to B by A sharp."""
    lines = [[74, 73, 71, 73, 74], [66, 68, 70, 67, 71], [62, 61, 62, 64, 66], [59, 57, 55, 54, 47]]
    pitches = np.array([np.repeat(line, [4, 4, 4, 4, 16]) for line in lines], np.int16).T
    return from_pitches(pitches, Plan(32, Metre(4, 4), 0, Key(11, "minor")))


def lines(
    chorale: Chorale, judgements: Mapping[tuple[int, int], tuple[float, tuple[Alternative, ...]]]
) -> list[str]:
    return ExplainReport(chorale, explanation_of(chorale, judgements)).list_contested(10)


def note(pitch: int, probability: float) -> Alternative:
    return Alternative("note", pitch, probability)


def test_a_surprising_note_is_described_with_bar_beat_voice_and_alternatives():
    judgements = {(ALTO, 8): (0.034, (note(69, 0.62), note(67, 0.2), note(66, 0.002)))}
    assert lines(cadence(), judgements) == ["bar 1, beat 3, alto: A#4 3%; rather A4 62%, G4 20%"]


def test_alternatives_are_spelled_in_the_place_of_the_note():
    judgements = {(TENOR, 8): (0.02, (note(65, 0.5), note(63, 0.4)))}  # before E
    assert lines(cadence(), judgements) == ["bar 1, beat 3, tenor: D4 2%; rather F4 50%, D#4 40%"]


def test_alternatives_can_repeat_or_hold_the_note_before_or_be_a_rest():
    judgements = {
        (0, 4): (
            0.004,
            (note(74, 0.6), Alternative("hold", REST, 0.3), Alternative("rest", REST, 0.05)),
        )
    }
    assert lines(cadence(), judgements) == [
        "bar 1, beat 2, soprano: C#5 0.4%; rather D5 again 60%, D5 held on 30%, a rest 5%"
    ]


def test_the_least_likely_step_of_a_held_note_is_listed():
    judgements = {(0, 20): (0.0002, (note(76, 0.9),)), (0, 24): (0.5, (note(76, 0.4),))}
    assert lines(cadence(), judgements) == [
        "bar 2, beat 2, soprano: D5 held on under 0.1%; rather E5 90%"
    ]


def test_one_alternative_is_given_however_unlikely():
    judgements = {(0, 4): (0.001, (note(74, 0.004), note(70, 0.003)))}
    assert lines(cadence(), judgements) == [
        "bar 1, beat 2, soprano: C#5 0.1%; rather D5 again 0.4%"
    ]


def test_contested_places_are_limited_in_number_and_to_the_steps_least_likely_first():
    chorale, better = cadence(), (note(60, 0.9),)
    judgements = {(0, 4): (0.05, better), (1, 8): (0.01, better), (2, 16): (0.03, better)}
    explanation = explanation_of(chorale, judgements)

    def voices(places: Sequence[str]) -> list[str]:
        return [line.split(": ")[0].split(", ")[2] for line in places]

    assert voices(ExplainReport(chorale, explanation).list_contested(10)) == [
        "alto",
        "tenor",
        "soprano",
    ]
    assert voices(ExplainReport(chorale, explanation).list_contested(1)) == ["alto"]
    assert voices(ExplainReport(chorale, explanation, 16, 32).list_contested(10)) == ["tenor"]
    assert ExplainReport(chorale, explanation_of(chorale, {})).list_contested(10) == []


def rest_in_the_alto() -> tuple[Chorale, Explanation]:
    """The cadence with a rest in the alto, as a tiny network judges it."""
    chorale = cadence()
    pitches, onsets = chorale.pitches.copy(), chorale.onsets.copy()
    pitches[4:8, ALTO], onsets[4:8, ALTO] = REST, False
    chorale = replace(chorale, pitches=pitches, onsets=onsets)
    return chorale, explain(tiny_checkpoint(spread=2.0), chorale)


def test_rests_are_listed_too():
    chorale, explanation = rest_in_the_alto()
    places = "\n".join(ExplainReport(chorale, explanation).list_contested(100))
    assert "bar 1, beat 2, alto: rest " in places
    assert "alto: rest goes on " in places


def test_facts_cover_every_note_and_agree_with_the_explanation():
    chorale, explanation = rest_in_the_alto()
    facts = ExplainReport(chorale, explanation).collect_facts()
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


def test_facts_cover_the_reported_steps():
    chorale, explanation = rest_in_the_alto()
    assert {
        fact["step"] for fact in ExplainReport(chorale, explanation, 16, 32).collect_facts()
    } == {16}


def test_a_summary_has_means_over_steps_and_shares_of_onsets():
    chorale = cadence()
    judgements = {(0, 0): (0.2, (note(60, 0.1),)), (0, 5): (0.001, (note(60, 0.1),))}
    summary = ExplainReport(chorale, explanation_of(chorale, judgements)).summarize()
    sure = -np.log(SURE)
    assert summary.nats["bass"] == pytest.approx(sure)
    assert summary.nats["soprano"] == pytest.approx((30 * sure - np.log(0.2) - np.log(0.001)) / 32)
    assert summary.nats_per_note == pytest.approx(np.mean(list(summary.nats.values())))
    shares = {"likely": 0.95, "possible": 0.05, "unlikely": 0, "surprising": 0}
    assert summary.levels == pytest.approx(shares)


def test_bachs_summary_is_shown_only_for_the_network_that_judged_him():
    assert len(format_summary(BACH_SUMMARY, "another", "this music")[0]) == 2
    nats, levels = format_summary(BACH_SUMMARY, BACH_FINGERPRINT, "this music")
    assert nats[1:] == [
        "this music: 0.275; soprano 0.181, alto 0.309, tenor 0.312, bass 0.295",
        "Bach's test split: 0.275; soprano 0.181, alto 0.309, tenor 0.312, bass 0.295",
    ]
    assert levels[1] == "this music: 72% likely, 17% possible, 8% unlikely, 3% surprising"
    assert look_up_bach("another") is None


def test_the_figures_of_bach_are_those_of_the_shipped_model():
    assert (
        load_checkpoint(find("bach")).fingerprint == BACH_FINGERPRINT
    )  # else: likelihood.py explain
    assert list(BACH_SUMMARY.nats) == list(VOICES)
    assert list(BACH_SUMMARY.levels) == list(LEVELS)
    assert sum(BACH_SUMMARY.levels.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        *((1, "100%"), (0.62, "62%"), (0.0349, "3%"), (0.0096, "1%"), (0.009, "0.9%")),
        *((0.001, "0.1%"), (0.0005, "under 0.1%"), (0, "0%")),
    ],
)
def test_small_shares_have_a_digit_more(probability, text):
    assert format_percent(probability) == text


def test_every_note_of_a_chorale_can_be_described():
    chorale = made_up_chorale(60, 1)
    explained = ExplainReport(chorale, explain(tiny_checkpoint(), chorale))
    assert all(": " in line and "; rather " in line for line in explained.list_contested(1000))


def test_the_module_docstring_lists_the_keys_of_json():
    chorale, explanation = rest_in_the_alto()
    report = ExplainReport(chorale, explanation)
    first, *_ = report.collect_facts()
    keys = {*collect_figures(report.summarize()), *first, *first["held"]}
    keys |= set(first["alternatives"][0])
    assert keys <= set(re.findall(r"\w+", explain_report.__doc__ or ""))
