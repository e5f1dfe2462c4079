"""Counts of scripts/measure/given_harmony.py."""

import numpy as np
from given_harmony import PROGRESSIONS, add_chords, closes_in
from progressions import C_MAJOR, DOMINANT, SIXTH, TONIC, in_phrases

from chorale.composing.chord_texts import parse_chords, place_chords
from chorale.composing.given_chords import is_kept
from chorale.composing.jobs.given_harmony import find_harmony
from chorale.music import REST, SOPRANO, Key, Metre

SUSPENDED = (72, 67, 62, 55)


def test_the_chords_of_a_setting_are_kept_by_it_and_open_where_it_has_none() -> None:
    setting = in_phrases([TONIC, SUSPENDED, DOMINANT, TONIC, TONIC])
    tune = add_chords(setting)
    assert (tune.pitches[:, SOPRANO] == setting.pitches[:, SOPRANO]).all()
    assert (tune.pitches[:, 1:] == REST).all()
    symbols = [(each.step, each.root) for each in tune.annotations.chord_symbols]
    assert symbols == [(0, ("C", 0)), (4, None), (8, ("G", 0)), (12, ("C", 0))]
    chords = find_harmony(tune, [SOPRANO]).chords
    assert all(is_kept(setting.pitches, span, span.start) for span in chords)


def test_a_phrase_closes_in_its_key_on_the_tonic_triad() -> None:
    setting = in_phrases([DOMINANT, TONIC], [TONIC, DOMINANT], [DOMINANT, TONIC])
    assert closes_in(setting, [C_MAJOR, C_MAJOR, C_MAJOR]) == [True, False, True]
    assert closes_in(setting, [Key.parse("c"), Key.parse("G"), C_MAJOR]) == [False, True, True]
    submediant = in_phrases([TONIC, SIXTH])
    assert closes_in(submediant, [Key.parse("a")]) == [True]


def test_the_progressions_fill_their_measures() -> None:
    for key, text in PROGRESSIONS.items():
        placed = place_chords(parse_chords(text, Key.parse(key)), Metre(4, 4), 0)
        assert placed[-1].end % 16 == 0
        starts = [one.start for one in placed]
        assert starts == sorted(set(starts))
        assert np.diff([one.end for one in placed]).min() > 0
