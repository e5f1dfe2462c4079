"""Arranging for other choirs: the tune, ranges, lines and closes."""

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from progressions import C_MAJOR, DOMINANT, FOURTH, INVERTED, SIXTH, TONIC, in_phrases, sung
from strategies import annotations, chorales

from chorale.analysis import FIFTH, UNISON, ending, measure_motion, parallels
from chorale.analysis.harmony import identify_chord
from chorale.composing.arranging import (
    arrange,
    choose_transposition,
    count_out_of_range,
    fit_tune,
)
from chorale.composing.arranging.arranging import find_path
from chorale.composing.arranging.source import NONE, slice_chorale
from chorale.music import (
    ALTO,
    BASS,
    OCTAVE,
    REST,
    SOPRANO,
    TENOR,
    VOICES,
    Annotations,
    Chorale,
    notes,
)
from chorale.music.voicings import SATB, VOICINGS, Voicing

OTHERS = [voicing for voicing in VOICINGS.values() if voicing is not SATB]
THREE_OR_MORE = [voicing for voicing in OTHERS if len(voicing.parts) > 2]
TWO = [voicing for voicing in OTHERS if len(voicing.parts) == 2]
HYMN = in_phrases([TONIC, FOURTH, DOMINANT, TONIC], [TONIC, SIXTH, FOURTH, DOMINANT, TONIC])
WITH_LEADING_TONE_IN_TENOR = in_phrases(
    [(72, 64, 55, 48), (69, 65, 60, 53), (74, 65, 59, 43), (72, 64, 55, 48)]
)


def named(voicing: Voicing) -> str:
    return voicing.name


def for_choir(chorale: Chorale, voicing: Voicing) -> Chorale:
    return arrange(chorale.transposed(choose_transposition(chorale, voicing)), voicing)


every_choir = pytest.mark.parametrize("voicing", OTHERS, ids=named)


# What holds for any music


@given(chorales(), st.sampled_from(OTHERS))
def test_the_tune_and_the_plan_stay_as_they_are(chorale: Chorale, voicing: Voicing) -> None:
    arranged = arrange(chorale, voicing)
    assert np.array_equal(arranged.pitches[:, SOPRANO], chorale.pitches[:, SOPRANO])
    assert np.array_equal(arranged.onsets[:, SOPRANO], chorale.onsets[:, SOPRANO])
    assert (arranged.plan, arranged.source) == (chorale.plan, chorale.source)


@given(chorales(), st.sampled_from(OTHERS))
def test_no_voice_crosses_another(chorale: Chorale, voicing: Voicing) -> None:
    pitches = arrange(chorale, voicing).pitches[:, list(voicing.voices)]
    for sounding in pitches:
        present = sounding[sounding != REST].tolist()
        assert present == sorted(present, reverse=True)


@given(chorales(), st.sampled_from(OTHERS))
def test_ranges_are_kept_wherever_the_tune_keeps_its_own(
    chorale: Chorale, voicing: Voicing
) -> None:
    arranged, (low, high) = arrange(chorale, voicing), voicing.parts[0].range
    tune = chorale.pitches[:, SOPRANO]
    in_range = (tune == REST) | ((tune >= low) & (tune <= high))
    for part in voicing.parts[1:]:
        own = arranged.pitches[in_range, part.voice]
        own = own[own != REST]
        assert ((own >= part.range[0]) & (own <= part.range[1])).all()


@given(chorales(), st.sampled_from(OTHERS))
def test_only_the_choir_sings_and_only_what_sounds_in_four_voices(
    chorale: Chorale, voicing: Voicing
) -> None:
    arranged = arrange(chorale, voicing)
    silent = [voice for voice in range(len(VOICES)) if voice not in voicing.voices]
    assert (arranged.pitches[:, silent] == REST).all()
    for own, source in zip(arranged.pitches, chorale.pitches, strict=True):
        assert set(own[own != REST] % OCTAVE) <= set(source[source != REST] % OCTAVE)
        assert (own[list(voicing.voices[1:])] == REST).all() == (source[1:] == REST).all()


@given(chorales(), st.sampled_from(OTHERS))
def test_the_same_music_gives_the_same_arrangement(chorale: Chorale, voicing: Voicing) -> None:
    assert arrange(chorale, voicing) == arrange(replace(chorale), voicing)


@given(chorales())
def test_satb_stays_as_it_is(chorale: Chorale) -> None:
    assert arrange(chorale, SATB) is chorale
    assert choose_transposition(chorale, SATB) == 0


@given(chorales(), annotations())
def test_annotations_of_the_tune_and_of_the_score_are_kept(
    chorale: Chorale, written: Annotations
) -> None:
    arranged = arrange(replace(chorale, annotations=written), VOICINGS["SSA"])
    assert arranged.annotations == written.of_voices([SOPRANO])


@given(chorales())
def test_motion_is_that_of_the_arrangement(chorale: Chorale) -> None:
    assume(chorale.plan.fermatas is not None)
    moving = replace(chorale, plan=replace(chorale.plan, motion=measure_motion(chorale)))
    arranged = arrange(moving, VOICINGS["SSA"])
    assert arranged.plan == replace(moving.plan, motion=measure_motion(arranged))


# What makes good music


@pytest.mark.parametrize("voicing", THREE_OR_MORE, ids=named)
@pytest.mark.parametrize("hymn", [HYMN, WITH_LEADING_TONE_IN_TENOR])
def test_phrases_close_as_in_four_voices(hymn: Chorale, voicing: Voicing) -> None:
    arranged = for_choir(hymn, voicing)
    assert ending(arranged, arranged.plan.key) == ending(hymn, C_MAJOR)


@every_choir
def test_a_close_whose_fermata_begins_on_the_held_chord_has_its_bass(voicing: Voicing) -> None:
    fermatas = np.zeros(HYMN.plan.length_steps, np.bool_)
    start, end = HYMN.plan.fermata_spans[-1]
    fermatas[(start + end) // 2 : end] = True
    late = replace(HYMN, plan=replace(HYMN.plan, fermatas=fermatas, motion=None))
    placed = late.transposed(choose_transposition(late, voicing))
    assert (arrange(placed, voicing).pitches[-1, BASS] - placed.pitches[-1, BASS]) % OCTAVE == 0


@pytest.mark.parametrize("voicing", TWO, ids=named)
@pytest.mark.parametrize("hymn", [HYMN, WITH_LEADING_TONE_IN_TENOR])
def test_two_voices_close_on_the_tonic_from_the_dominant(hymn: Chorale, voicing: Voicing) -> None:
    arranged = for_choir(hymn, voicing)
    assert arranged.plan.key
    low = (arranged.pitches[:, BASS] - arranged.plan.key.tonic) % OCTAVE
    assert low[-1] == 0
    assert low[-5] in (7, 11)


@every_choir
def test_there_are_no_parallels(voicing: Voicing) -> None:
    arranged = for_choir(HYMN, voicing)
    assert parallels(arranged, FIFTH) == parallels(arranged, UNISON) == 0


@pytest.mark.parametrize("voicing", THREE_OR_MORE, ids=named)
def test_every_chord_has_its_third(voicing: Voicing) -> None:
    for chord in for_choir(HYMN, voicing).pitches:
        found = identify_chord(chord)
        assert found is not None
        assert found.third is not None


@pytest.mark.parametrize("name", ["SSAA", "TTBB"])
def test_four_voices_keep_every_chord_complete(name: str) -> None:
    arranged = for_choir(HYMN, VOICINGS[name])
    moved = choose_transposition(HYMN, VOICINGS[name])
    for own, source in zip(arranged.pitches, HYMN.transposed(moved).pitches, strict=True):
        assert set(own % OCTAVE) == set(source % OCTAVE)


@pytest.mark.parametrize("voicing", TWO, ids=named)
def test_two_voices_sing_thirds_and_sixths_within_phrases(voicing: Voicing) -> None:
    chords = [TONIC, FOURTH, INVERTED, SIXTH, FOURTH, DOMINANT, TONIC]
    arranged = for_choir(in_phrases(chords), voicing)
    inner = arranged.pitches[4:-8]
    intervals = (inner[:, SOPRANO] - inner[:, BASS]) % OCTAVE
    assert set(intervals.tolist()) <= {3, 4, 8, 9}


@pytest.mark.parametrize("name", ["SSAA", "TTBB", "SSA", "SAB"])
def test_a_suspension_stays_whole(name: str) -> None:
    fourth_held = (79, 72, 62, 55)  # C over G, which resolves to B
    hymn = in_phrases([(79, 72, 67, 52), fourth_held, (79, 71, 62, 55), (76, 72, 67, 48)])
    moved = choose_transposition(hymn, VOICINGS[name])
    held = hymn.pitches[4, ALTO] + moved
    arranged = for_choir(hymn, VOICINGS[name])
    [voice] = [v for v in (ALTO, TENOR) if (arranged.pitches[4, v] - held) % OCTAVE == 0]
    before, now, after = arranged.pitches[[3, 4, 8], voice].tolist()
    assert before == now == after + 1


@every_choir
def test_a_repeated_note_of_the_line_that_is_followed_is_struck_again(voicing: Voicing) -> None:
    hymn = sung(TONIC, TONIC)
    onsets = hymn.onsets.copy()
    onsets[4] = True
    arranged = arrange(replace(hymn, onsets=onsets).transposed(-3), voicing)
    for part in voicing.parts:
        assert [note.length_steps for note in notes(arranged, part.voice)] == [4, 4]


# Where the choir sings


@every_choir
def test_a_fixed_key_allows_octaves_alone(voicing: Voicing) -> None:
    assert choose_transposition(HYMN, voicing, keep_key=True) % OCTAVE == 0


@every_choir
def test_a_tune_that_fits_is_placed_in_its_range(voicing: Voicing) -> None:
    semitones = choose_transposition(HYMN, voicing)
    assert count_out_of_range(HYMN, voicing, semitones) == 0


def test_a_tune_too_high_for_the_first_tenor_goes_an_octave_down() -> None:
    assert fit_tune(HYMN, VOICINGS["TTBB"], OCTAVE) == -OCTAVE
    assert fit_tune(HYMN, VOICINGS["SSA"], OCTAVE) == 0


def test_a_tune_is_transposed_as_little_as_possible() -> None:
    assert HYMN.pitches[:, SOPRANO].max() == 72
    assert fit_tune(HYMN, VOICINGS["TTBB"], 1) == 69 - 72


# The steps on the way


def test_slices_start_with_each_note_of_any_voice() -> None:
    source = slice_chorale(HYMN)
    assert source.starts.tolist() == [0, 4, 8, 12, 20, 24, 28, 32]
    assert source.opens.tolist() == [True, *[False] * 3, True, *[False] * 3]
    assert source.final.tolist() == [False] * 3 + [True] + [False] * 3 + [True]


def test_a_chord_has_its_degrees_and_its_leading_tone() -> None:
    source = slice_chorale(sung(TONIC, DOMINANT, TONIC))
    assert source.chord_degrees.tolist() == [[0, 4, 7, NONE], [7, 11, 2, NONE], [0, 4, 7, NONE]]
    assert source.leading_tone.tolist() == [NONE, 11, NONE]


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 3))
def test_the_path_is_the_cheapest_of_all(seed: int, slices: int, states: int) -> None:
    generator = np.random.default_rng(seed)
    costs = generator.integers(0, 9, (slices, states)).astype(float)
    moves = generator.integers(0, 9, (slices - 1, states, states)).astype(float)

    def total(path: tuple[int, ...]) -> float:
        own = sum(costs[number, state] for number, state in enumerate(path))
        pairs = pairwise(path)
        return own + sum(moves[number, a, b] for number, (a, b) in enumerate(pairs))

    paths = product(range(states), repeat=slices)
    assert total(tuple(find_path(costs, moves).tolist())) == min(map(total, paths))
