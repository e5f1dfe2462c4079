"""The numerals that can be named, and their tables."""

import numpy as np
import pytest

from chorale.harmony.observing import CLASSES, PLACES
from chorale.harmony.vocabulary import KEYS, MODES, load_tables, load_vocabulary
from chorale.music import Mode
from chorale.music.numerals import parse_numeral


@pytest.mark.parametrize("mode", MODES)
def test_shares_of_each_table_sum_to_one(mode: Mode) -> None:
    tables = load_tables()
    names = tables["numerals"][mode]
    for table, shape in (
        (tables["first"][mode], (len(names),)),
        (tables["close"][mode], (len(names),)),
        (tables["next"][mode], (len(names), len(names))),
        (tables["inversions"][mode], (len(names), 5)),
        (tables["change"], (len(PLACES), 2)),
        (tables["key_change"], (2, 2)),
        (tables["fragments"], (CLASSES, 2)),
    ):
        assert np.shape(table) == shape
        assert np.exp(table).sum(axis=-1) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("mode", MODES)
def test_numerals_are_written_as_they_are_read(mode: Mode) -> None:
    names = load_tables()["numerals"][mode]
    assert [str(parse_numeral(name)) for name in names] == names
    assert {"V7", "N", "It6", "Fr43", "Ger65", "viio7"} <= set(names)


def test_states_have_the_tones_of_their_numerals() -> None:
    vocabulary = load_vocabulary()
    for state in range(0, len(vocabulary.numerals), 7):
        key = KEYS[vocabulary.keys[state]]
        classes = vocabulary.numerals[state].pitch_classes(key).classes
        assert tuple(tone for tone in vocabulary.tones[state] if tone >= 0) == classes
