"""Likelihoods that can be worked out by hand."""

from dataclasses import replace
from math import log
from typing import Any

import numpy as np
import pytest
from tiny_network import plan_in_phrases, tiny_checkpoint, without_weights

from chorale.errors import DataError, OptionError
from chorale.judging.evaluation import evaluate, protocol, seen_in_training
from chorale.music import REST, VOICES, Chorale, Plan, digest, from_pitches
from chorale.network.checkpoint import Checkpoint
from chorale.network.conditions import SIZES, nothing_known
from chorale.network.history import History, history_of
from chorale.network.numpy_network import Network
from chorale.network.tokens import Vocabulary, encode

VOCABULARY = Vocabulary()
UNIFORM = log(VOCABULARY.size)


def sung(length: int, seed: int = 0) -> Chorale:
    """A chorale of random notes, each two steps long, the tenor silent in the second half."""
    pitches = np.random.default_rng(seed).integers(48, 72, (length, 4)).astype(np.int16)
    pitches[1::2] = pitches[: length - length % 2 : 2]
    pitches[length // 2 :, 2] = REST
    return from_pitches(pitches, Plan(length))


def biased(voice: str, logits: np.ndarray) -> Checkpoint:
    """All weights zero, but that `voice` has these logits wherever it is asked."""
    checkpoint = without_weights()
    weights = {**checkpoint.weights, f"{voice}_tokens/bias": logits.astype(np.float32)}
    return replace(checkpoint, weights=weights)


def test_a_network_without_weights_is_as_unsure_as_its_vocabulary_is_large() -> None:
    measured = evaluate(without_weights(), [sung(7), sung(20)])
    assert measured.nll_per_note == pytest.approx(UNIFORM, abs=1e-6)
    assert measured.nll_by_voice == pytest.approx(dict.fromkeys(VOICES, UNIFORM), abs=1e-6)


def test_all_notes_of_all_chorales_are_counted_rests_included() -> None:
    measured = evaluate(without_weights(), [sung(7), sung(20), sung(1)])
    assert (measured.notes, measured.chorales) == (4 * 28, 3)


@pytest.mark.parametrize("voice", range(4), ids=VOICES)
def test_the_mean_is_pooled_over_notes_and_told_by_voice(voice: int) -> None:
    logits = np.random.default_rng(9).normal(size=VOCABULARY.size)
    chorales = [sung(6), sung(40, seed=1)]
    measured = evaluate(biased(VOICES[voice], logits), chorales)
    nll = log(np.exp(logits).sum()) - logits
    tokens = np.concatenate([encode(chorale, VOCABULARY)[:, voice] for chorale in chorales])
    expected = dict.fromkeys(VOICES, UNIFORM) | {VOICES[voice]: nll[tokens].mean()}
    assert measured.nll_by_voice == pytest.approx(expected, abs=1e-6)
    assert measured.nll_per_note == pytest.approx(np.mean(list(expected.values())), abs=1e-6)


def test_the_mean_of_two_chorales_is_weighed_by_their_notes() -> None:
    checkpoint, short, long = tiny_checkpoint(), sung(6), sung(40, seed=1)
    alone = [evaluate(checkpoint, [chorale]).nll_per_note for chorale in (short, long)]
    both = evaluate(checkpoint, [short, long]).nll_per_note
    assert alone[0] != pytest.approx(alone[1], abs=1e-3)
    assert both == pytest.approx((6 * alone[0] + 40 * alone[1]) / 46, abs=1e-5)


def test_the_mean_over_chorales_weighs_each_the_same() -> None:
    checkpoint, short, long = tiny_checkpoint(), sung(6), sung(40, seed=1)
    alone = [evaluate(checkpoint, [chorale]).nll_per_note for chorale in (short, long)]
    both = evaluate(checkpoint, [short, long])
    assert both.nll_per_chorale_mean == pytest.approx(np.mean(alone), abs=1e-5)
    assert both.nll_per_chorale_mean != pytest.approx(both.nll_per_note, abs=1e-3)


def test_logits_of_any_size_have_a_likelihood() -> None:
    logits = np.full(VOCABULARY.size, -5000.0)
    logits[VOCABULARY.hold] = 5000.0
    measured = evaluate(biased("soprano", logits), [sung(2)])
    assert measured.nll_by_voice["soprano"] == pytest.approx(5000)  # one note of two is held


def test_accuracy_counts_the_likeliest_token_and_onsets_apart() -> None:
    holding = np.zeros(VOCABULARY.size)
    holding[VOCABULARY.hold] = 1
    chorale = sung(20)
    tokens = encode(chorale, VOCABULARY)
    measured = evaluate(biased("bass", holding), [chorale])
    # of equals the first token, REST, is the likeliest
    right = (tokens[:, 3] == VOCABULARY.hold).sum() + (tokens[:, :3] == VOCABULARY.rest).sum()
    assert measured.accuracy == pytest.approx(right / tokens.size)
    assert measured.onset_accuracy == 0

    striking = np.zeros(VOCABULARY.size)
    striking[tokens[0, 3]] = 1
    measured = evaluate(biased("bass", striking), [chorale])
    hits = (tokens[:, 3] == tokens[0, 3]).sum()
    assert measured.onset_accuracy == pytest.approx(hits / chorale.onsets.sum())


def test_where_no_note_starts_no_onset_is_right() -> None:
    silence = from_pitches(np.full((4, 4), REST, np.int16), Plan(4))
    assert evaluate(without_weights(), [silence]).onset_accuracy == 0


def test_nothing_of_the_plan_is_known() -> None:
    checkpoint, chorale = tiny_checkpoint(), sung(64)
    told = Chorale(chorale.pitches, chorale.onsets, plan_in_phrases())
    assert evaluate(checkpoint, [told]) == evaluate(checkpoint, [chorale])


def test_whatever_the_network_makes_of_conditions_it_is_not_told_any() -> None:
    checkpoint = tiny_checkpoint()
    weights = dict(checkpoint.weights)
    for name in SIZES:  # the distance to the end among them
        weights[f"{name}_embedding/embeddings"] = weights[f"{name}_embedding/embeddings"] * 100
    deaf = replace(checkpoint, weights=weights)
    assert evaluate(deaf, [sung(40)]) == evaluate(checkpoint, [sung(40)])


def test_the_past_is_heard() -> None:
    checkpoint, chorale = tiny_checkpoint(), sung(40)
    backwards = from_pitches(chorale.pitches[::-1].copy(), chorale.plan)
    assert evaluate(checkpoint, [chorale]) != evaluate(checkpoint, [backwards])


def test_progress_is_told_after_each_chorale() -> None:
    told: list[tuple[int, int]] = []
    evaluate(without_weights(), [sung(2)] * 3, lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_pitch_outside_the_vocabulary_is_refused() -> None:
    low = from_pitches(np.full((4, 4), 30, np.int16), Plan(4))
    with pytest.raises(DataError, match="pitch 30 is outside the range 36 to 84"):
        evaluate(without_weights(), [sung(4), low])


# Voices given


def test_given_voices_are_not_measured() -> None:
    chorales = [sung(7), sung(20)]
    measured = evaluate(without_weights(), chorales, given=["tenor", "soprano"])
    assert list(measured.nll_by_voice) == ["alto", "bass"]
    assert (measured.notes, measured.chorales) == (2 * 27, 2)
    assert measured.given == ("soprano", "tenor")
    assert measured.nll_per_note == pytest.approx(UNIFORM, abs=1e-6)


def test_the_figures_are_over_the_remaining_voices() -> None:
    logits = np.random.default_rng(9).normal(size=VOCABULARY.size)
    chorale = sung(20)
    checkpoint = biased("alto", logits)
    both = evaluate(checkpoint, [chorale], given=["tenor", "bass"])
    expected = {voice: evaluate(checkpoint, [chorale]).nll_by_voice[voice] for voice in VOICES[:2]}
    assert both.nll_by_voice == pytest.approx(expected)
    assert both.nll_per_note == pytest.approx(np.mean(list(expected.values())))
    right = encode(chorale, VOCABULARY)[:, :2] == [VOCABULARY.rest, logits.argmax()]
    assert both.accuracy == pytest.approx(right.mean())
    assert both.onset_accuracy == pytest.approx(right[chorale.onsets[:, :2]].mean())


Score = Any  # the type of Network.score


@pytest.mark.parametrize("given", [(), ("alto",), ("bass", "soprano")])
def test_the_network_is_told_the_whole_of_the_given_voices_and_nothing_more(
    given: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    score: Score = Network.score

    def spy(self: Network, tokens: Any, past: History, *known: Any) -> Any:
        evidence, conditions = known
        told = np.isin(VOICES, given)
        np.testing.assert_array_equal(evidence[..., told], tokens[..., told])
        assert (evidence[..., ~told] == VOCABULARY.unknown).all()
        assert not conditions.any()
        return score(self, tokens, past, *known)

    monkeypatch.setattr(Network, "score", spy)
    chorale = sung(64)
    in_phrases = Chorale(chorale.pitches, chorale.onsets, plan_in_phrases())
    evaluate(tiny_checkpoint(), [in_phrases], given=given)


def test_what_is_given_is_heard() -> None:
    checkpoint, chorale = tiny_checkpoint(), sung(40)
    alone = evaluate(checkpoint, [chorale]).nll_by_voice
    helped = evaluate(checkpoint, [chorale], given=["soprano"]).nll_by_voice
    for voice in ("alto", "tenor", "bass"):  # the bass is drawn before the soprano
        assert helped[voice] != pytest.approx(alone[voice], abs=1e-4)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (
            ["alto", "Alto"],
            "'Alto' is no voice to be given; choose from soprano, alto, tenor, bass",
        ),
        ([""], "'' is no voice"),
        (["alto", "bass", "alto"], "alto is given twice"),
        (list(VOICES), "none is left to measure"),
    ],
)
def test_voices_that_cannot_be_given_are_refused(given: list[str], reason: str) -> None:
    with pytest.raises(OptionError, match=reason):
        evaluate(without_weights(), [sung(4)], given=given)


@pytest.mark.parametrize("given", [(), ("soprano",), ("alto", "bass")])
def test_unknown_steps_appended_change_no_figure(
    given: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint, chorales = tiny_checkpoint(), [sung(20), sung(33, seed=1)]
    before = evaluate(checkpoint, chorales, given=given)
    score: Score = Network.score
    appended: list[int] = []

    def longer(self: Network, tokens: Any, past: History, evidence: Any, conditions: Any) -> Any:
        def more(values: Any, filling: int = 0) -> Any:
            return np.pad(values, [(0, 0), (0, 37), (0, 0)], constant_values=filling)

        appended.append(37)
        past = History(*map(more, past))
        evidence = more(evidence, VOCABULARY.unknown)
        logits = score(self, more(tokens), past, evidence, more(conditions))
        return logits[:, : tokens.shape[1]]

    monkeypatch.setattr(Network, "score", longer)
    after = evaluate(checkpoint, chorales, given=given)
    assert appended == [37, 37]
    assert after.nll_per_note == pytest.approx(before.nll_per_note, abs=1e-6)
    assert after.nll_by_voice == pytest.approx(before.nll_by_voice, abs=1e-6)
    assert (after.accuracy, after.onset_accuracy) == (before.accuracy, before.onset_accuracy)


# What a figure means


def test_the_protocol_says_all_that_a_figure_depends_on() -> None:
    checkpoint = tiny_checkpoint()
    measured = evaluate(checkpoint, [sung(7), sung(20)])
    told = protocol(measured, checkpoint, "jsb", "valid")
    for part in (
        "nats per note",
        "a sixteenth",
        "all 108 notes of soprano, alto, tenor, bass in the 2 chorales of the valid split of jsb",
        "rests and the first step included",
        "one of 51 tokens a note: rest, hold, or the pitch from 36 to 84 that is struck",
        "whole chorales, teacher forcing",
        "in the order bass, soprano, alto, tenor",
    ):
        assert part in told
    assert told.endswith("nothing known but the past and the number of the step")
    assert "\n" not in told


def test_voices_given_to_a_network_that_was_never_given_any_are_refused() -> None:
    deaf = replace(tiny_checkpoint(), about={"training": {"evidence": 0.0}})
    assert evaluate(deaf, [sung(7)]).nll_per_note > 0
    with pytest.raises(OptionError, match=r"was trained without evidence.* leave out --given"):
        evaluate(deaf, [sung(7)], given=["soprano"])


def test_the_protocol_names_the_voices_given() -> None:
    checkpoint = tiny_checkpoint()
    measured = evaluate(checkpoint, [sung(7)], given=["tenor", "soprano"])
    told = protocol(measured, checkpoint, "jsb", "test")
    assert "all 14 notes of alto, bass in" in told
    assert told.endswith("and the whole of soprano and tenor, so the length too")


def test_a_mean_over_transpositions_is_of_what_the_network_finds_in_each() -> None:
    chorale = sung(20)
    sounding = chorale.pitches[chorale.pitches != REST]
    one_more = np.tile([sounding.min() - 1, sounding.max() + 1], (4, 1))  # on both sides
    checkpoint = replace(tiny_checkpoint(spread=0.2), ranges=one_more)
    network = Network(checkpoint)
    tokens = encode(chorale, VOCABULARY)
    chances = []
    for semitones in (-1, 0, 1):
        moved = encode(chorale.transposed(semitones), VOCABULARY)
        past = History(*(values[None] for values in history_of(moved, VOCABULARY)))
        nothing = np.full_like(moved, VOCABULARY.unknown)[None], nothing_known(len(moved))[None]
        logits = network.score(moved[None], past, *nothing)[0].astype(np.float64)
        all_chances = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
        chances.append(np.take_along_axis(all_chances, moved[..., None], -1)[..., 0])
    measured = evaluate(checkpoint, [chorale], transposed=3)
    expected = -np.log(np.mean(chances, axis=0))
    assert measured.nll_per_note == pytest.approx(expected.mean(), rel=1e-6)
    assert measured.notes == tokens.size
    assert measured.nll_per_note != evaluate(checkpoint, [chorale]).nll_per_note


def test_a_chorale_that_is_out_of_range_where_it_is_is_measured_there_alone() -> None:
    alone, mean = (
        evaluate(tiny_checkpoint(), [sung(6)], transposed=semitones) for semitones in (0, 3)
    )
    assert mean.nll_per_note == alone.nll_per_note


@pytest.mark.parametrize("semitones", [-1, 12])
def test_transpositions_by_an_octave_or_a_negative_number_are_refused(semitones: int) -> None:
    with pytest.raises(OptionError, match="transposed must be from 0 to 11 semitones"):
        evaluate(tiny_checkpoint(), [sung(7)], transposed=semitones)


def test_the_protocol_names_the_transpositions() -> None:
    checkpoint = tiny_checkpoint()
    told = protocol(evaluate(checkpoint, [sung(7)], transposed=2), checkpoint, "jsb", "test")
    assert "transpositions by up to 2 semitones up and down" in told


# What was trained on


def trained_on_these(*chorales: Chorale) -> dict[str, Any]:
    """What a checkpoint says that was trained on these chorales, the train split of "many"."""
    digests = [digest(chorale) for chorale in chorales]
    return {"data": "many", "split": "train", "command": "chorale train", "chorales": digests}


KNOWN = [sung(12, seed=seed) for seed in range(4)]
NEW = [sung(12, seed=seed) for seed in range(4, 8)]


@pytest.mark.parametrize("split", ["train", "valid", "test"])
def test_chorales_trained_on_are_counted(split: str) -> None:
    about = trained_on_these(*KNOWN)
    assert seen_in_training(about, "few", split, NEW) == 0
    assert seen_in_training(about, "few", split, [*NEW[:2], *KNOWN[:2]]) == 2


def test_a_test_of_which_more_than_half_was_trained_on_is_none() -> None:
    about = trained_on_these(*KNOWN)
    message = (
        r"the test split of few is no test of this model, which was trained on the train split "
        r"of many by `chorale train`, 3 of these 5 chorales among it; choose another --split or "
    )
    with pytest.raises(DataError, match=message):
        seen_in_training(about, "few", "test", [*NEW[:2], *KNOWN[:3]])
    for split in ("train", "valid"):  # they claim nothing
        assert seen_in_training(about, "few", split, [*NEW[:2], *KNOWN[:3]]) == 3


def test_a_test_split_trained_on_by_name_is_no_test_even_where_its_chorales_differ() -> None:
    about = {**trained_on_these(*KNOWN), "split": "test"}
    with pytest.raises(DataError, match=r"is no test .* on the test split of many"):
        seen_in_training(about, "many", "test", NEW)
    assert seen_in_training(about, "few", "test", NEW) == 0
