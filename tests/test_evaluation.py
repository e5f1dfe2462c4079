"""Likelihoods that can be worked out by hand."""

from dataclasses import replace
from math import log

import numpy as np
import pytest
from helpers import plan_in_phrases, tiny_checkpoint, without_weights

from chorale.checkpoint import Checkpoint
from chorale.conditions import SIZES
from chorale.errors import DataError
from chorale.evaluation import evaluate
from chorale.music import REST, VOICES, Chorale, Plan, from_pitches
from chorale.tokens import Vocabulary, encode

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
