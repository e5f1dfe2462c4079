"""Figures under a bass: in MusicXML, in LilyPond, and read back."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from score_xml import four_voices, score_root

from chorale.music import BASS, Annotations, Chorale, Key
from chorale.music.annotations import BassFigure, BassFigures
from chorale.reading import read_music
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import Staves
from chorale.rendering.score.bass_figures import list_figures
from chorale.rendering.score.lilypond.figures import write_figures
from chorale.rendering.score.musicxml import musicxml_bytes
from chorale.rendering.score.note_values import list_bars

SIX_FIVE = (BassFigure(6), BassFigure(5))


def with_figures(*figures: BassFigures, key: str = "C major") -> Chorale:
    chorale = four_voices(2, Annotations(bass_figures=figures))
    return replace(chorale, plan=replace(chorale.plan, key=Key.parse(key)))


@pytest.mark.parametrize("staves", [2, 4])
def test_figures_stand_before_their_notes_on_the_staff_of_the_bass(staves: Staves) -> None:
    root = score_root(with_figures(BassFigures(4, SIX_FIVE)), staves)
    parts = list(root.iter("part"))
    assert [len(list(part.iter("figured-bass"))) for part in parts] == [0] * (len(parts) - 1) + [1]
    measure = list(next(parts[-1].iter("measure")))
    place = next(number for number, each in enumerate(measure) if each.tag == "figured-bass")
    assert measure[place + 1].findtext("pitch/step") == "C"
    numbers = [each.text for each in measure[place].iter("figure-number")]
    assert numbers == ["6", "5"]


def test_an_altered_third_is_an_accidental_alone() -> None:
    root = score_root(with_figures(BassFigures(0, (BassFigure(3, 1),)), key="A minor"))
    [figure] = root.iter("figure")
    assert [(each.tag, each.text) for each in figure] == [("prefix", "sharp")]


def test_a_sign_states_the_note_in_the_signature() -> None:
    chorale = with_figures(BassFigures(0, (BassFigure(7, 1),)), key="C minor")
    [(_, accidentals)] = list_figures(chorale, BASS)
    assert accidentals == [0]  # B natural over C


FIGURES = st.builds(BassFigure, st.integers(2, 9), st.sampled_from((0, 0, 1, -1)))
STEPS = st.dictionaries(st.integers(0, 31), st.lists(FIGURES, min_size=1, max_size=3), max_size=6)


@settings(max_examples=25, deadline=None)
@given(STEPS, st.sampled_from(("C major", "G minor", "D major", "Eb minor", "F# major")))
def test_figures_are_read_back(
    tmp_path_factory: pytest.TempPathFactory, by_step: dict[int, list[BassFigure]], key: str
) -> None:
    figures = tuple(BassFigures(step, tuple(by_step[step])) for step in sorted(by_step))
    path: Path = tmp_path_factory.mktemp("figures") / "score.musicxml"
    path.write_bytes(musicxml_bytes(with_figures(*figures, key=key), Metadata()))
    reading = read_music(path)
    assert reading.chorale.annotations.bass_figures == figures
    assert "bass figure" not in reading.left_out_notice


def test_figures_over_rests_are_not_written() -> None:
    chorale = with_figures(BassFigures(0, SIX_FIVE))
    silent = chorale.pitches.copy()
    silent[:, 3] = -1
    quiet = replace(chorale, pitches=silent, onsets=chorale.onsets & (np.arange(4) != 3))
    assert list(list_figures(quiet, BASS)) == []


def test_lilypond_has_figures_as_long_as_their_notes() -> None:
    chorale = with_figures(
        BassFigures(4, SIX_FIVE), BassFigures(8, (BassFigure(3, 1),)), BassFigures(10, SIX_FIVE),
        key="A minor",
    )  # fmt: skip
    lines = [str(line) for line in write_figures(chorale, BASS, list_bars(chorale.plan))]
    assert lines[0] == "s4 <6 5>4 <_+>8 <6 5>8 s4 | % 1"
    assert write_figures(four_voices(1, Annotations()), BASS, list_bars(chorale.plan)) == []
