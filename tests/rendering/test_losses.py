"""What annotations lose in MIDI and sound, in one line."""

from dataclasses import replace

import numpy as np
import pytest

from chorale.errors import OptionError
from chorale.music import Annotations, Chorale, Metre, Plan, from_pitches
from chorale.music.annotations import ChordSymbol, Mark, Repeat, SpelledNote, Syllable
from chorale.music.spelling import spell
from chorale.rendering.formats import FORMATS
from chorale.rendering.losses import describe_losses

SILENT = [name for name, each in FORMATS.items() if each.kind in ("score", "picture")]
FULL = Annotations(
    syllables=tuple(Syllable(0, 0, verse, "a") for verse in (1, 2, 3)),
    chord_symbols=(ChordSymbol(0, ("G", 0)), ChordSymbol(4, ("C", 0))),
    marks=(
        Mark("dynamic", 0, "p"),
        Mark("breath", 8, voice=0),
        Mark("tempo", 0, "Largo"),
        Mark("tempo", 8, "rit."),
        Mark("rehearsal", 0, "A"),
    ),
    spellings=(SpelledNote(0, 0, spell(60, None)),),
    names=("Sopran", "Flöte", "", ""),
)


def chorale(annotations: Annotations) -> Chorale:
    music = from_pitches(np.full((32, 4), 60, np.int16), Plan(32, Metre(4, 4)))
    return replace(music, annotations=annotations)


def test_scores_and_rolls_lose_nothing() -> None:
    repeated = replace(FULL, repeats=(Repeat(0, 16),))
    assert describe_losses(chorale(repeated), SILENT, False) == []


def test_a_page_loses_nothing_but_plays_repeats_only_if_requested() -> None:
    repeated = replace(FULL, repeats=(Repeat(0, 16),))
    assert describe_losses(chorale(FULL), ["html"], False) == []
    assert describe_losses(chorale(repeated), ["html"], False) == [
        "repeats are not played out; --play-repeats plays them out"
    ]
    assert describe_losses(chorale(repeated), ["html"], True) == [
        "repeats are played out: 2 bars become 3"
    ]


def test_midi_loses_what_it_has_no_place_for() -> None:
    [line] = describe_losses(chorale(FULL), ["pdf", "midi"], False)
    kinds = "2 chord symbols, 1 dynamic, 1 breath mark and 1 name of a voice"
    assert line == f"not in midi: 2 of 3 verses, {kinds}"


def test_words_and_chord_symbols_are_not_expected_in_sound() -> None:
    without = replace(FULL, marks=())
    assert describe_losses(chorale(without), ["mp3", "wav"], False) == []


def test_marks_that_singers_follow_are_not_played() -> None:
    assert describe_losses(chorale(FULL), ["mp3", "wav"], False) == [
        "not played: 1 dynamic, 1 breath mark and 1 tempo word"
    ]


def test_midi_and_sound_share_a_line() -> None:
    one = Annotations(marks=(Mark("dynamic", 0, "p"),))
    assert describe_losses(chorale(one), ["midi", "mp3"], False) == [
        "not in midi: 1 dynamic; not played: 1 dynamic"
    ]


@pytest.mark.parametrize(
    ("play", "line"),
    [
        (False, "repeats are not played out; --play-repeats plays them out"),
        (True, "repeats are played out: 2 bars become 3"),
        (None, "repeats are not played out, and only in scores"),
    ],
)
def test_repeats_are_reported_once(play: bool | None, line: str) -> None:
    one = chorale(Annotations(repeats=(Repeat(0, 16),)))
    assert describe_losses(one, ["midi", "mp3"], play) == [line]


def test_music_without_repeats_is_reported_only_if_they_are_asked_for() -> None:
    assert describe_losses(chorale(Annotations()), ["midi"], False) == []
    assert describe_losses(chorale(Annotations()), ["midi"], True) == ["no repeats to play out"]


def test_too_many_repeats_are_refused_before_anything_is_written() -> None:
    one = chorale(Annotations(repeats=(Repeat(0, 16, 10_000),)))
    with pytest.raises(OptionError, match="more than 20,000 sixteenths"):
        describe_losses(one, ["midi"], True)
