import re
from dataclasses import replace

import numpy as np
import pytest
from made_up import made_up_chorale
from places import ASSETS
from tiny_network import tiny_checkpoint, without_weights

from chorale.cli.input_files import interpret_as_written
from chorale.composing.plan_options import PlanOptions
from chorale.errors import DataError, OptionError
from chorale.judging import explaining
from chorale.judging.evaluation import evaluate
from chorale.judging.explaining import ALTERNATIVES, LEVELS, Explanation, explain, find_level
from chorale.models import find
from chorale.music import ALTO, REST, VOICES, Chorale, changes
from chorale.network.checkpoint import load_checkpoint
from chorale.network.conditions import encode_unknown_plan
from chorale.options import ModelOptions
from chorale.reading import read_music


def with_rests(seed: int) -> Chorale:
    """Return a made-up chorale whose alto rests at the beginning and in the middle."""
    chorale = made_up_chorale(40, seed)
    pitches, onsets = chorale.pitches.copy(), chorale.onsets.copy()
    for start, end in ((0, 3), (11, 17)):
        pitches[start:end, ALTO] = REST
        onsets[start:end, ALTO] = False
        onsets[end, ALTO] = True
    return replace(chorale, pitches=pitches, onsets=onsets)


@pytest.fixture(scope="module", params=[0, 1])
def judged(request: pytest.FixtureRequest) -> tuple[Chorale, Explanation]:
    """Return a chorale with rests, and the judgement of a tiny network."""
    chorale = with_rests(request.param)
    return chorale, explain(tiny_checkpoint(), chorale)


def test_all_tokens_are_equally_likely_to_a_network_of_zeros():
    checkpoint = without_weights()
    one = 1 / checkpoint.vocabulary.size
    for note in explain(checkpoint, with_rests(0)).notes:
        assert note.probability == pytest.approx(one)
        assert note.nats_in_all == pytest.approx(-note.length_steps * np.log(one))
        assert not note.start.is_contested
        assert [choice.probability for choice in note.alternatives] == [pytest.approx(one)] * 3


def test_notes_and_rests_cover_the_chorale(judged):
    chorale, explanation = judged
    pitches = np.full(chorale.pitches.shape, -2, np.int16)
    for note in explanation.notes:
        steps = slice(note.onset_step, note.onset_step + note.length_steps)
        assert (pitches[steps, note.voice] == -2).all()
        pitches[steps, note.voice] = note.pitch
    assert np.array_equal(pitches, chorale.pitches)
    onsets = [(note.onset_step, note.voice) for note in explanation.notes]
    assert onsets == sorted(onsets)


def test_probabilities_match_the_nats_and_sum_to_1_at_most(judged):
    _, explanation = judged
    for note in explanation.notes:
        for place in filter(None, (note.start, note.held)):
            probabilities = [choice.probability for choice in place.alternatives]
            assert len(probabilities) == ALTERNATIVES
            assert probabilities == sorted(probabilities, reverse=True)
            assert place.probability == pytest.approx(np.exp(-place.nats))
            assert place.probability + sum(probabilities) <= 1 + 1e-9
            assert place.nats == explanation.nats[place.step, note.voice]


def test_no_alternative_is_the_token_itself_or_holds_silence(judged):
    chorale, explanation = judged
    for note in explanation.notes:
        for choice in note.alternatives:
            assert (choice.kind, choice.pitch) != ("note", note.pitch)
            assert choice.kind != "rest" or note.pitch != REST
            before = note.onset_step and chorale.pitches[note.onset_step - 1, note.voice] != REST
            assert choice.kind != "hold" or before
        for choice in note.held.alternatives if note.held else ():
            assert choice.kind != "hold"


def test_the_held_step_is_the_least_likely(judged):
    _, explanation = judged
    for note in explanation.notes:
        after = explanation.nats[note.onset_step :, note.voice][1 : note.length_steps]
        assert (note.held is None) == (len(after) == 0)
        assert note.held is None or note.held.nats == after.max()
        assert note.nats_in_all == pytest.approx(note.nats + after.sum())


def test_means_are_as_in_evaluation_given_the_other_voices(monkeypatch):
    checkpoint, chorale = tiny_checkpoint(), with_rests(0)
    monkeypatch.setattr(
        explaining, "encode_plan", lambda plan: encode_unknown_plan(plan.length_steps)
    )  # as in evaluation
    found = explain(checkpoint, chorale).nats_by_voice()
    for voice in VOICES:
        given = [other for other in VOICES if other != voice]
        assert found[voice] == pytest.approx(
            evaluate(checkpoint, [chorale], given=given).nll_per_note
        )


def test_means_can_be_over_some_steps(judged):
    _, explanation = judged
    found = explanation.nats_by_voice(4, 20)
    assert list(found) == list(VOICES)
    assert list(found.values()) == pytest.approx(explanation.nats[4:20].mean(axis=0))


def test_a_voice_is_judged_by_all_of_the_others_but_not_by_its_own_future():
    checkpoint, chorale = tiny_checkpoint(), made_up_chorale(40, 0)
    pitches = chorale.pitches.copy()
    pitches[30:, ALTO] += 1
    onsets = chorale.onsets.copy()
    onsets[30, ALTO] = True
    before = explain(checkpoint, chorale).nats[:30]
    after = explain(checkpoint, replace(chorale, pitches=pitches, onsets=onsets)).nats[:30]
    assert after[:, ALTO] == pytest.approx(before[:, ALTO], abs=1e-5)
    for other in (0, 2, 3):
        assert np.abs(after[:, other] - before[:, other]).max() > 1e-3


def test_the_network_is_conditioned_on_the_plan():
    checkpoint, chorale = tiny_checkpoint(), made_up_chorale(40, 0)
    unknown = replace(chorale, plan=replace(chorale.plan, key=None))
    assert not np.allclose(explain(checkpoint, chorale).nats, explain(checkpoint, unknown).nats)


def test_contested_steps_come_least_likely_first(judged):
    _, explanation = judged
    places = explanation.contested()
    assert places
    assert [place.nats for _, place in places] == sorted(
        (place.nats for _, place in places), reverse=True
    )
    for note, place in places:
        assert place in (note.start, note.held)
        assert place.alternatives[0].probability > place.probability


@pytest.mark.parametrize(
    ("probability", "level"),
    [(1, "likely"), (0.5, "likely"), (0.49, "possible"), (0.01, "unlikely"), (0, "surprising")],
)
def test_levels_start_at_their_least_probability(probability, level):
    assert list(LEVELS)[find_level(probability)] == level


@pytest.mark.parametrize("semitones", [-1, 1])
def test_the_shipped_network_detects_a_wrong_note(semitones):
    chorale, _ = interpret_as_written(read_music(ASSETS / "chorale.mid"), PlanOptions())
    checkpoint = load_checkpoint(find("bach"))
    sure = max(  # the most probable note of the tune, of a quarter or more
        (n for n in explain(checkpoint, chorale).notes if n.voice == 0 and n.length_steps >= 4),
        key=lambda note: note.start.probability,
    )
    pitches, step = chorale.pitches.copy(), sure.onset_step
    pitches[step : step + sure.length_steps, 0] += semitones
    onsets = chorale.onsets | (changes(pitches) & (pitches != REST))
    wrong = replace(chorale, pitches=pitches, onsets=onsets)
    note, place = explain(checkpoint, wrong).contested()[0]
    assert (note.voice, place.step) == (0, step)
    assert place.alternatives[0].pitch == sure.pitch
    assert find_level(place.probability) == list(LEVELS).index("surprising")


@pytest.mark.parametrize("lacking", ["encoder", "evidence"])
def test_a_network_without_conditioning_is_refused(lacking):
    checkpoint = tiny_checkpoint()
    if lacking == "encoder":
        checkpoint = tiny_checkpoint(options=ModelOptions(encoder_units=0))
    else:
        checkpoint = replace(checkpoint, about={"training": {"evidence": 0.0}})
    with pytest.raises(OptionError, match=r"cannot be conditioned on.*such as .* `bach`"):
        explain(checkpoint, made_up_chorale(20, 0))


def test_a_silent_voice_and_a_pitch_out_of_range_are_named():
    chorale = made_up_chorale(20, 0)
    pitches, onsets = chorale.pitches.copy(), chorale.onsets.copy()
    pitches[:, ALTO], onsets[:, ALTO] = REST, False
    silent = replace(chorale, pitches=pitches, onsets=onsets)
    with pytest.raises(DataError, match="the alto is silent throughout; all four voices are"):
        explain(tiny_checkpoint(), silent)
    pitches = chorale.pitches.copy()
    pitches[:, 3] -= 24
    low = re.escape("in the bass (bar 0, beat 4) is outside the model's range, ")
    with pytest.raises(DataError, match=rf"^[A-G]#?[01] {low}C2 to C6$"):
        explain(tiny_checkpoint(), replace(chorale, pitches=pitches))
