"""Tunes without the silence around them: what stands in the silence moves to the music."""

from dataclasses import replace

import numpy as np

from chorale.composing.jobs.trimming import trim_silence
from chorale.music import REST, Annotations, Plan, from_pitches
from chorale.music.annotations import ChordSymbol, Ending, Mark, Repeat, Syllable


def test_annotations_in_the_silence_move_to_the_music() -> None:
    pitches = np.full((40, 4), REST, np.int16)
    pitches[8:32, 0] = 67
    written = Annotations(
        syllables=(Syllable(0, 8, 1, "a"),),
        chord_symbols=tuple(ChordSymbol(step, ("G", 0)) for step in (0, 4, 12, 36)),
        repeats=(Repeat(0, 40),),
        endings=(Ending(24, 36, (1,)),),
        marks=(
            Mark("tempo", 0, "Andante"),
            Mark("crescendo", 4, end_step=12),
            Mark("crescendo", 0, end_step=4),
            Mark("fine", 40),
        ),
    )
    tune = replace(from_pitches(pitches, Plan(40)), annotations=written)
    out = trim_silence(tune)
    assert len(out.pitches) == 24
    kept = out.annotations
    assert kept.syllables == (Syllable(0, 0, 1, "a"),)
    assert [one.step for one in kept.chord_symbols] == [0, 4]
    assert kept.repeats == (Repeat(0, 24),)
    assert kept.endings == (Ending(16, 24, (1,)),)
    assert kept.marks == (
        Mark("tempo", 0, "Andante"),
        Mark("crescendo", 0, end_step=4),
        Mark("fine", 24),
    )


def test_silence_alone_stays() -> None:
    silence = from_pitches(np.full((8, 4), REST, np.int16), Plan(8))
    assert trim_silence(silence) is silence
