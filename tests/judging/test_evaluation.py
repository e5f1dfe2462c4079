"""Likelihoods that can be computed by hand."""

from dataclasses import replace
from math import log
from typing import Any

import numpy as np
import pytest
from tiny_network import plan_in_phrases, tiny_checkpoint, without_weights

from chorale.errors import DataError, OptionError
from chorale.judging.evaluation import count_seen_in_training, describe_protocol, evaluate
from chorale.music import REST, VOICES, Chorale, Plan, digest, from_pitches
from chorale.network.checkpoint import Checkpoint
from chorale.network.conditions import SIZES, encode_unknown_plan
from chorale.network.history import History, build_history
from chorale.network.numpy_network import Network
from chorale.network.tokens import Vocabulary, encode

VOCABULARY = Vocabulary()
UNIFORM = log(VOCABULARY.size)


def sung(length: int, seed: int = 0) -> Chorale:
    """Return random notes, each two steps long, with the tenor silent in the second half."""
    pitches = np.random.default_rng(seed).integers(48, 72, (length, 4)).astype(np.int16)
    pitches[1::2] = pitches[: length - length % 2 : 2]
    pitches[length // 2 :, 2] = REST
    return from_pitches(pitches, Plan(length))


def biased(voice: str, logits: np.ndarray) -> Checkpoint:
    """Return a network whose weights are 0, but whose `voice` always has these logits."""
    checkpoint = without_weights()
    weights = {**checkpoint.weights, f"{voice}_tokens/bias": logits.astype(np.float32)}
    return replace(checkpoint, weights=weights)


def test_a_network_of_zeros_has_the_likelihood_of_a_uniform_draw() -> None:
    measured = evaluate(without_weights(), [sung(7), sung(20)])
    assert measured.nll_per_note == pytest.approx(UNIFORM, abs=1e-6)
    assert measured.nll_by_voice == pytest.approx(dict.fromkeys(VOICES, UNIFORM), abs=1e-6)


def test_all_notes_of_all_chorales_are_scored_rests_included() -> None:
    measured = evaluate(without_weights(), [sung(7), sung(20), sung(1)])
    assert (measured.notes, measured.chorales) == (4 * 28, 3)


@pytest.mark.parametrize("voice", range(4), ids=VOICES)
def test_the_mean_is_pooled_over_notes_and_reported_by_voice(voice: int) -> None:
    logits = np.random.default_rng(9).normal(size=VOCABULARY.size)
    chorales = [sung(6), sung(40, seed=1)]
    measured = evaluate(biased(VOICES[voice], logits), chorales)
    nll = log(np.exp(logits).sum()) - logits
    tokens = np.concatenate([encode(chorale, VOCABULARY)[:, voice] for chorale in chorales])
    expected = dict.fromkeys(VOICES, UNIFORM) | {VOICES[voice]: nll[tokens].mean()}
    assert measured.nll_by_voice == pytest.approx(expected, abs=1e-6)
    assert measured.nll_per_note == pytest.approx(np.mean(list(expected.values())), abs=1e-6)


def test_the_pooled_mean_weights_chorales_by_their_notes() -> None:
    checkpoint, short, long = tiny_checkpoint(), sung(6), sung(40, seed=1)
    alone = [evaluate(checkpoint, [chorale]).nll_per_note for chorale in (short, long)]
    both = evaluate(checkpoint, [short, long]).nll_per_note
    assert alone[0] != pytest.approx(alone[1], abs=1e-3)
    assert both == pytest.approx((6 * alone[0] + 40 * alone[1]) / 46, abs=1e-5)


def test_the_mean_over_chorales_weights_them_equally() -> None:
    checkpoint, short, long = tiny_checkpoint(), sung(6), sung(40, seed=1)
    alone = [evaluate(checkpoint, [chorale]).nll_per_note for chorale in (short, long)]
    both = evaluate(checkpoint, [short, long])
    assert both.nll_per_chorale_mean == pytest.approx(np.mean(alone), abs=1e-5)
    assert both.nll_per_chorale_mean != pytest.approx(both.nll_per_note, abs=1e-3)


def test_large_logits_do_not_overflow() -> None:
    logits = np.full(VOCABULARY.size, -5000.0)
    logits[VOCABULARY.hold] = 5000.0
    measured = evaluate(biased("soprano", logits), [sung(2)])
    assert measured.nll_by_voice["soprano"] == pytest.approx(5000)  # one note of two is held


def test_accuracy_counts_the_likeliest_token_and_onsets_separately() -> None:
    holding = np.zeros(VOCABULARY.size)
    holding[VOCABULARY.hold] = 1
    chorale = sung(20)
    tokens = encode(chorale, VOCABULARY)
    measured = evaluate(biased("bass", holding), [chorale])
    # among equally likely tokens the first, REST, counts as the most likely
    right = (tokens[:, 3] == VOCABULARY.hold).sum() + (tokens[:, :3] == VOCABULARY.rest).sum()
    assert measured.accuracy == pytest.approx(right / tokens.size)
    assert measured.onset_accuracy == 0

    striking = np.zeros(VOCABULARY.size)
    striking[tokens[0, 3]] = 1
    measured = evaluate(biased("bass", striking), [chorale])
    hits = (tokens[:, 3] == tokens[0, 3]).sum()
    assert measured.onset_accuracy == pytest.approx(hits / chorale.onsets.sum())


def test_onset_accuracy_is_0_without_onsets() -> None:
    silence = from_pitches(np.full((4, 4), REST, np.int16), Plan(4))
    assert evaluate(without_weights(), [silence]).onset_accuracy == 0


def test_the_plan_has_no_influence() -> None:
    checkpoint, chorale = tiny_checkpoint(), sung(64)
    planned = Chorale(chorale.pitches, chorale.onsets, plan_in_phrases())
    assert evaluate(checkpoint, [planned]) == evaluate(checkpoint, [chorale])


def test_condition_embeddings_have_no_influence() -> None:
    checkpoint = tiny_checkpoint()
    weights = dict(checkpoint.weights)
    for name in SIZES:  # the distance to the end among them
        weights[f"{name}_embedding/embeddings"] = weights[f"{name}_embedding/embeddings"] * 100
    changed = replace(checkpoint, weights=weights)
    assert evaluate(changed, [sung(40)]) == evaluate(checkpoint, [sung(40)])


def test_the_past_has_an_influence() -> None:
    checkpoint, chorale = tiny_checkpoint(), sung(40)
    backwards = from_pitches(chorale.pitches[::-1].copy(), chorale.plan)
    assert evaluate(checkpoint, [chorale]) != evaluate(checkpoint, [backwards])


def test_progress_is_reported_after_each_chorale() -> None:
    reported: list[tuple[int, int]] = []
    evaluate(without_weights(), [sung(2)] * 3, lambda done, total: reported.append((done, total)))
    assert reported == [(1, 3), (2, 3), (3, 3)]


def test_a_pitch_outside_the_vocabulary_is_refused() -> None:
    low = from_pitches(np.full((4, 4), 30, np.int16), Plan(4))
    with pytest.raises(DataError, match="pitch 30 is outside the range 36 to 84"):
        evaluate(without_weights(), [sung(4), low])


# Voices given


def test_given_voices_are_not_scored() -> None:
    chorales = [sung(7), sung(20)]
    measured = evaluate(without_weights(), chorales, given=["tenor", "soprano"])
    assert list(measured.nll_by_voice) == ["alto", "bass"]
    assert (measured.notes, measured.chorales) == (2 * 27, 2)
    assert measured.given == ("soprano", "tenor")
    assert measured.nll_per_note == pytest.approx(UNIFORM, abs=1e-6)


def test_figures_are_over_the_remaining_voices() -> None:
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
def test_the_network_is_conditioned_on_the_given_voices_alone(
    given: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    score: Score = Network.score

    def spy(self: Network, tokens: Any, history: History, *inputs: Any) -> Any:
        given_tokens, conditions = inputs
        is_given = np.isin(VOICES, given)
        np.testing.assert_array_equal(given_tokens[..., is_given], tokens[..., is_given])
        assert (given_tokens[..., ~is_given] == VOCABULARY.unknown).all()
        assert not conditions.any()
        return score(self, tokens, history, *inputs)

    monkeypatch.setattr(Network, "score", spy)
    chorale = sung(64)
    in_phrases = Chorale(chorale.pitches, chorale.onsets, plan_in_phrases())
    evaluate(tiny_checkpoint(), [in_phrases], given=given)


def test_given_voices_have_an_influence() -> None:
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
            "'Alto' is not a voice; choose from soprano, alto, tenor, bass",
        ),
        ([""], "'' is not a voice"),
        (["alto", "bass", "alto"], "alto is given twice"),
        (list(VOICES), "none is left to score"),
    ],
)
def test_voices_that_cannot_be_given_are_refused(given: list[str], reason: str) -> None:
    with pytest.raises(OptionError, match=reason):
        evaluate(without_weights(), [sung(4)], given=given)


@pytest.mark.parametrize("given", [(), ("soprano",), ("alto", "bass")])
def test_appended_unknown_steps_do_not_change_the_figures(
    given: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint, chorales = tiny_checkpoint(), [sung(20), sung(33, seed=1)]
    before = evaluate(checkpoint, chorales, given=given)
    score: Score = Network.score
    appended: list[int] = []

    def longer(self: Network, tokens: Any, history: History, cells: Any, conditions: Any) -> Any:
        def more(values: Any, filling: int = 0) -> Any:
            return np.pad(values, [(0, 0), (0, 37), (0, 0)], constant_values=filling)

        appended.append(37)
        history = History(*map(more, history))
        cells = more(cells, VOCABULARY.unknown)
        logits = score(self, more(tokens), history, cells, more(conditions))
        return logits[:, : tokens.shape[1]]

    monkeypatch.setattr(Network, "score", longer)
    after = evaluate(checkpoint, chorales, given=given)
    assert appended == [37, 37]
    assert after.nll_per_note == pytest.approx(before.nll_per_note, abs=1e-6)
    assert after.nll_by_voice == pytest.approx(before.nll_by_voice, abs=1e-6)
    assert (after.accuracy, after.onset_accuracy) == (before.accuracy, before.onset_accuracy)


# Protocol


def test_the_protocol_contains_all_that_a_figure_depends_on() -> None:
    checkpoint = tiny_checkpoint()
    measured = evaluate(checkpoint, [sung(7), sung(20)])
    text = describe_protocol(measured, checkpoint, "jsb", "valid")
    for part in (
        "nats per note",
        "a sixteenth",
        "all 108 notes of soprano, alto, tenor, bass in the 2 chorales of the valid split of jsb",
        "rests and the first step included",
        "one of 51 tokens a note: rest, hold, or the pitch from 36 to 84 that starts",
        "whole chorales, teacher forcing",
        "in the order bass, soprano, alto, tenor",
    ):
        assert part in text
    assert text.endswith("conditioned on the past and the number of the step alone")
    assert "\n" not in text


def test_a_network_trained_without_given_notes_cannot_be_given_voices() -> None:
    changed = replace(tiny_checkpoint(), about={"training": {"evidence": 0.0}})
    assert evaluate(changed, [sung(7)]).nll_per_note > 0
    with pytest.raises(OptionError, match=r"was trained without given notes; leave out --given"):
        evaluate(changed, [sung(7)], given=["soprano"])


def test_the_protocol_names_the_given_voices() -> None:
    checkpoint = tiny_checkpoint()
    measured = evaluate(checkpoint, [sung(7)], given=["tenor", "soprano"])
    text = describe_protocol(measured, checkpoint, "jsb", "test")
    assert "all 14 notes of alto, bass in" in text
    assert text.endswith("and the whole of soprano and tenor (so the length too)")


def test_probabilities_are_averaged_over_transpositions() -> None:
    chorale = sung(20)
    sounding = chorale.pitches[chorale.pitches != REST]
    one_more = np.tile([sounding.min() - 1, sounding.max() + 1], (4, 1))  # on both sides
    checkpoint = replace(tiny_checkpoint(spread=0.2), ranges=one_more)
    network = Network(checkpoint)
    tokens = encode(chorale, VOCABULARY)
    of_tokens = []
    for semitones in (-1, 0, 1):
        moved = encode(chorale.transposed(semitones), VOCABULARY)
        history = History(*(values[None] for values in build_history(moved, VOCABULARY)))
        nothing = (
            np.full_like(moved, VOCABULARY.unknown)[None],
            encode_unknown_plan(len(moved))[None],
        )
        logits = network.score(moved[None], history, *nothing)[0].astype(np.float64)
        probabilities = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
        of_tokens.append(np.take_along_axis(probabilities, moved[..., None], -1)[..., 0])
    measured = evaluate(checkpoint, [chorale], transposed=3)
    expected = -np.log(np.mean(of_tokens, axis=0))
    assert measured.nll_per_note == pytest.approx(expected.mean(), rel=1e-6)
    assert measured.notes == tokens.size
    assert measured.nll_per_note != evaluate(checkpoint, [chorale]).nll_per_note


def test_a_chorale_out_of_range_is_scored_untransposed() -> None:
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
    text = describe_protocol(
        evaluate(checkpoint, [sung(7)], transposed=2), checkpoint, "jsb", "test"
    )
    assert "transpositions by up to 2 semitones up and down" in text


# Training data


def trained_on(*chorales: Chorale) -> dict[str, Any]:
    """Return the record of a training on chorales, the train split of "many"."""
    digests = [digest(chorale) for chorale in chorales]
    return {"data": "many", "split": "train", "command": "chorale train", "chorales": digests}


KNOWN = [sung(12, seed=seed) for seed in range(4)]
NEW = [sung(12, seed=seed) for seed in range(4, 8)]


@pytest.mark.parametrize("split", ["train", "valid", "test"])
def test_chorales_seen_in_training_are_counted(split: str) -> None:
    about = trained_on(*KNOWN)
    assert count_seen_in_training(about, "few", split, NEW) == 0
    assert count_seen_in_training(about, "few", split, [*NEW[:2], *KNOWN[:2]]) == 2


def test_a_test_split_mostly_seen_in_training_is_refused() -> None:
    about = trained_on(*KNOWN)
    message = (
        r"cannot test this model on few: it was trained on the train split of many by "
        r"`chorale train`, which contains 3 of 5 test chorales; choose another --split or --data"
    )
    with pytest.raises(DataError, match=message):
        count_seen_in_training(about, "few", "test", [*NEW[:2], *KNOWN[:3]])
    for split in ("train", "valid"):  # splits that need not be unseen
        assert count_seen_in_training(about, "few", split, [*NEW[:2], *KNOWN[:3]]) == 3


def test_a_test_split_trained_on_by_name_is_refused_even_if_its_chorales_differ() -> None:
    about = {**trained_on(*KNOWN), "split": "test"}
    with pytest.raises(DataError, match=r"cannot test .* on the test split of many"):
        count_seen_in_training(about, "many", "test", NEW)
    assert count_seen_in_training(about, "few", "test", NEW) == 0
