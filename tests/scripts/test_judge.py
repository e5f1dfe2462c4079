"""Windows, figures and cross-validated scores of scripts/measure/judge.py."""

from argparse import Namespace
from collections import Counter
from dataclasses import replace

import judge
import judge_trees
import numpy as np
import pytest
from judge_figures import MEASURE, FigureTable, count_figures, tabulate_figures
from judge_melodies import scale_steps
from judge_scores import area_under_curve, label_windows, measure_separation, score_pieces
from judge_trees import separating_figures, tree_scorer
from judge_windows import (
    BAR_STEPS,
    WINDOW_BARS,
    WINDOW_STEPS,
    Piece,
    Window,
    cut_pieces,
    cut_windows,
    edit_distance,
    group_by_tune,
    pair_settings,
)
from made_up import made_up_chorale

from chorale.analysis import estimate_key
from chorale.music import BASS, COMMON_TIME, REST, Chorale, Metre, Plan, from_pitches

BARS = 12


def window(bass: list[int], length: int = 2, upper: tuple[int, ...] = (72, 67, 64)) -> Window:
    """Return a window of three held voices over a bass in notes of one length, its last held."""
    pitches = np.tile(np.array([*upper, bass[-1]], np.int16), (WINDOW_STEPS, 1))
    onsets = np.zeros(pitches.shape, np.bool_)
    onsets[0] = True
    for number, pitch in enumerate(bass):
        pitches[number * length : (number + 1) * length, BASS] = pitch
        onsets[number * length, BASS] = True
    return Window(pitches, onsets)


@pytest.fixture
def few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the classifier fast."""
    monkeypatch.setattr(judge_trees, "TREES", 20)


def made_up_piece(seed: int) -> Chorale:
    """Return a made-up chorale of 12 bars of 4/4 with a pickup."""
    return made_up_chorale(BARS * BAR_STEPS, seed)


# splits


def test_the_test_split_can_be_left_out_of_all_comparisons(monkeypatch: pytest.MonkeyPatch):
    chorales = [made_up_piece(seed) for seed in range(3)]
    names = ("train", "valid", "test")
    corpus = Namespace(splits={name: [one] for name, one in zip(names, chorales, strict=True)})
    monkeypatch.setattr(judge, "load_corpus", lambda name: corpus)
    options = Namespace(without_test=True, split=None, seed=1)
    assert judge.splits(options) == {"train": chorales[:1], "valid": chorales[1:2]}
    assert list(judge.tunes(options)) == chorales[1:2]
    options.without_test = False
    assert judge.splits(options) == corpus.splits
    assert list(judge.tunes(options)) == chorales[1:]


# windows


def test_a_window_is_eight_bars_in_the_middle_that_start_on_a_downbeat():
    chorale = made_up_piece(1)
    [cut] = cut_windows(chorale)
    onsets = chorale.onsets.astype(int)
    [start] = [
        step
        for step in range(len(onsets) - WINDOW_STEPS + 1)
        if np.array_equal(onsets[step : step + WINDOW_STEPS], cut.onsets)
    ]
    assert (start - chorale.plan.pickup_steps) % BAR_STEPS == 0
    assert start == chorale.plan.bar_start(3)


def test_windows_of_all_keys_are_in_c_major_or_a_minor():
    chorale = made_up_piece(2)
    key = estimate_key(chorale)
    tonic = {"major": 0, "minor": 9}[key.mode]
    span = slice(chorale.plan.bar_start(3), chorale.plan.bar_start(11))
    for semitones in range(12):
        [cut] = cut_windows(chorale.transposed(semitones))
        assert ((cut.pitches - chorale.pitches[span] + key.tonic - tonic) % 12 == 0).all()


@pytest.mark.parametrize("voice", range(4))
def test_windows_never_include_rests(voice: int):
    chorale = made_up_piece(3)
    for step in range(0, len(chorale.pitches), BAR_STEPS):
        pitches = chorale.pitches.copy()
        pitches[step, voice] = REST
        silenced = from_pitches(pitches, chorale.plan)
        assert all((cut.pitches >= 0).all() for cut in cut_windows(silenced))
    assert not list(cut_windows(from_pitches(np.full_like(pitches, REST), chorale.plan)))


def test_a_rest_in_the_middle_moves_the_window():
    chorale = made_up_piece(3)
    pitches = chorale.pitches.copy()
    pitches[chorale.plan.bar_start(3), 0] = REST
    assert len(list(cut_windows(from_pitches(pitches, chorale.plan)))) == 1


def test_short_pieces_and_other_metres_have_no_window():
    short = made_up_chorale(9 * BAR_STEPS, 1)
    waltz = made_up_piece(1)
    waltz = replace(waltz, plan=replace(waltz.plan, metre=Metre(3, 4)))
    assert cut_pieces([short, waltz]) == []


def test_a_long_piece_has_two_windows():
    [piece] = cut_pieces([made_up_chorale(20 * BAR_STEPS, 1)])
    assert len(piece.windows) == 2


def test_pieces_of_one_tune_are_one_group_in_any_key():
    one, other = made_up_piece(1), made_up_piece(2)
    groups = group_by_tune(cut_pieces([one, other, one.transposed(3)]))
    assert groups[0] == groups[2] != groups[1]


def test_the_edit_distance_counts_insertions_deletions_and_changes():
    assert edit_distance((1, 2, 3), (1, 2, 3)) == 0
    assert edit_distance((1, 2, 3), (1, 3)) == 1
    assert edit_distance((0, 2, 3, 4), (1, 2, 4, 4)) == 2
    assert edit_distance(range(12), range(20, 32)) > 3


def test_a_setting_is_paired_with_the_same_tune_and_gets_its_bar_lines():
    bach, other = made_up_piece(1), made_up_piece(2)
    composed = replace(bach, plan=Plan(bach.plan.length_steps, Metre(3, 4), 8))
    ours, his = pair_settings([composed], [other, bach])
    assert his == [bach]
    assert (ours[0].plan.metre, ours[0].plan.pickup_steps) == (COMMON_TIME, 4)
    assert pair_settings([composed], [other]) == ([], [])


# figures


def test_an_alternation_of_two_neighbours_is_counted_by_its_notes():
    counts = count_figures(window([47, 48, 47, 48, 47, 40]))
    assert counts["bass: A B A B A by step, first up"] == 1
    assert counts["bass: A B A B A by step, first up, in eighths"] == 1
    assert counts["bass: semitones +1 -1"] == 2
    assert not any(name.startswith("bass: A B A by step") for name in counts)


def test_a_scale_is_counted_once_by_its_length():
    counts = count_figures(window([48, 50, 52, 53, 48]))
    assert counts["bass: scale of 4 notes up"] == 1
    assert counts["bass: scale of 4 notes up, in eighths"] == 1
    assert counts["bass: scale of 3 notes up"] == 0


def test_passing_and_neighbour_notes_are_known_by_the_notes_around_them():
    counts = count_figures(window([48, 50, 52, 50, 52, 40]))
    assert counts["bass: passing note off the beat, dissonant"] == 1
    assert counts["bass: neighbour note off the beat, dissonant"] == 1


def test_an_eighth_that_is_held_over_the_beat_is_a_syncopation():
    one = window([48, 50, 52])
    one.onsets[4, BASS] = False  # the second note is held from the second eighth to the end
    one.pitches[4:, BASS] = 50
    one.onsets[16, BASS] = True  # and is struck again
    counts = count_figures(one)
    assert counts["bass: note from off the beat, held over the beat"] == 1
    assert counts["bass: length 14 at beat 1.5"] == 1


def test_the_chord_of_each_beat_is_named_with_its_bass():
    counts = count_figures(window([48] * 4 + [52] * 60))
    assert counts["chord C major"] == 2
    assert counts["chord C major over E"] == 30
    assert counts["chord major, bass +4 at beat 1"] == 7


def test_a_held_dissonance_that_falls_by_step_is_a_suspension():
    one = window([48, 48, 47])
    one.pitches[:12, 0], one.pitches[12:, 0] = 72, 71  # C over B in the bass from step 4 on
    one.onsets[12, 0] = True
    counts = count_figures(one)
    assert counts["suspension in the soprano, minor second over the bass, left by -1"] == 1


def test_the_length_of_a_note_that_the_window_cuts_is_not_counted():
    counts = count_figures(window([48]))
    assert not any(name.startswith("soprano: length") for name in counts)


def test_figures_of_a_voice_alone_are_of_no_other_voice():
    counts = count_figures(window([47, 48, 47, 48, 47, 40]), voices=(BASS,))
    assert counts["bass: A B A B A by step, first up"] == 1
    assert all(name.startswith("bass: ") for name in counts)


def test_figures_do_not_depend_on_the_octave_of_the_whole():
    [one] = cut_windows(made_up_piece(5))
    other = Window(one.pitches + np.int16(12), one.onsets)
    assert count_figures(one) == count_figures(other)


def test_rare_figures_are_left_out_of_the_table():
    counts = [count_figures(window([48, 50] * 20))] * 99
    counts += [counts[0] + Counter({"found once": 1})]
    table = tabulate_figures(counts)
    assert "found once" not in table.names
    assert "bass: semitones +2 -2" in table.names
    assert table.values.shape == (100, len(table.names))


def test_an_interval_in_scale_steps_has_the_sign_of_its_direction():
    assert [scale_steps(each) for each in (0, 1, -2, 4, -7, 12, 19)] == [0, 1, -1, 2, -4, 7, 7]


# scores


def made_up_pieces(seeds: range) -> list[Piece]:
    """Return pieces of made-up chorales."""
    return cut_pieces([made_up_piece(seed) for seed in seeds])


def test_the_area_under_the_curve_is_the_share_of_pairs_in_order():
    assert area_under_curve(np.array([0.0, 1.0]), np.array([2.0, 3.0])) == 1
    assert area_under_curve(np.array([0.0, 2.0]), np.array([1.0, 3.0])) == 0.75
    assert area_under_curve(np.ones(3), np.ones(4)) == 0.5


def test_sets_of_one_kind_are_not_separated_and_other_ones_are(few_trees):
    bach, ours = made_up_pieces(range(30)), made_up_pieces(range(30, 60))
    generator = np.random.default_rng(1)
    values = generator.normal(size=(60, 5)).astype(np.float32)
    alike = score_pieces(bach, ours, tree_scorer(values, 1), seed=1)
    assert 0.25 < measure_separation(*alike, seed=1).auc < 0.75
    values[30:, 3] += 5
    apart = measure_separation(*score_pieces(bach, ours, tree_scorer(values, 1), 1), seed=1)
    assert apart.auc > 0.95
    assert apart.low <= apart.auc <= apart.high <= 1


def test_all_pieces_of_a_tune_are_in_one_fold():
    bach, ours = made_up_pieces(range(10)), made_up_pieces(range(10))
    groups = group_by_tune([*bach, *ours])

    def scorer(train, is_ours, test):
        assert not set(groups[train]) & set(groups[test])
        return np.zeros(len(test))

    score_pieces(bach, ours, scorer, seed=1)


def means_of(table: FigureTable, name: str) -> tuple[float, float]:
    """Return the means of a figure in 20 windows by Bach and 20 others, as tables show them."""
    values = table.values[:, list(table.names).index(name)]
    per = 1 if name.endswith(MEASURE) else 100 / WINDOW_BARS
    return per * values[:20].mean(), per * values[20:].mean()


def test_the_figure_that_separates_is_found_with_its_means(few_trees):
    bach = [count_figures(window([48] * (8 + number))) for number in range(20)]
    ours = [count_figures(window([48, 50] * (4 + number))) for number in range(20)]
    table = tabulate_figures([*bach, *ours])
    is_ours = np.repeat([False, True], 20)
    [found] = list(separating_figures(table, is_ours, count=1, seed=1))
    assert found.auc == 1
    assert (found.bach, found.ours) == pytest.approx(means_of(table, found.name))


def test_every_window_is_labelled_with_its_piece():
    [one] = made_up_pieces(range(1))
    long = Piece([*one.windows, *one.windows], one.tune)
    pieces, is_ours = label_windows([one, long], [one])
    assert pieces.tolist() == [0, 1, 1, 2]
    assert is_ours.tolist() == [False, False, False, True]


def test_the_piano_roll_has_every_note_and_onset():
    from judge_pictures import LOWEST_PITCH, piano_rolls, transpose

    one = window([48, 50])
    [roll] = piano_rolls([one])
    assert roll.sum() == 4 * WINDOW_STEPS + one.onsets.sum()
    assert roll[0, 48 - LOWEST_PITCH, BASS] == 1
    assert transpose(roll, 2)[0, 50 - LOWEST_PITCH, BASS] == 1


def test_the_network_scores_windows_that_it_was_not_trained_on():
    from judge_pictures import picture_scorer

    windows = [one for piece in made_up_pieces(range(8)) for one in piece.windows]
    scorer = picture_scorer(windows, seed=1, epochs=1)
    scores = scorer(np.arange(6), np.arange(8) % 2 == 0, np.arange(6, 8))
    assert scores.shape == (2,)
    assert np.isfinite(scores).all()
