"""A hymn with everything besides its notes, read by music21 and by `chorale.reading`."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from annotated_hymns import annotated_hymn, with_words_in_all_voices
from hypothesis import HealthCheck, assume, given, settings
from strategies import annotations, chorales

from chorale.music import NO_ANNOTATIONS, REST, notes
from chorale.reading import read_music
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions, Staves
from chorale.rendering.score.musicxml import musicxml_bytes

HYMN = with_words_in_all_voices(annotated_hymn())


def parse(staves: Staves) -> Any:
    from music21 import converter

    content = musicxml_bytes(HYMN, Metadata("A hymn"), RenderOptions(72, staves=staves))
    return converter.parseData(content.decode(), format="musicxml")


def test_music21_reads_the_words_under_their_notes() -> None:
    score = parse(4)
    for voice, part in enumerate(score.parts):
        found = {
            (round(4 * note.offset), lyric.number, lyric.rawText.strip("-"))
            for note in part.flatten().notes
            if "Harmony" not in note.classes
            for lyric in note.lyrics
        }
        assert found == {
            (one.step, one.verse, one.text)
            for one in HYMN.annotations.syllables
            if one.voice == voice
        }


def test_music21_reads_signs_tempo_and_names() -> None:
    score = parse(2)
    assert len(score["ChordSymbol"]) == len(HYMN.annotations.chord_symbols)
    assert len(score["RepeatBracket"]) == 4  # two endings on two staves
    assert {mark.value for mark in score["Dynamic"]} == {"mf", "p"}
    assert len(score["Segno"]) == len(score["Fine"]) == 1
    assert [mark.numberSounding for mark in score["MetronomeMark"]] == [72]
    assert [part.partName for part in score.parts] == ["Soprano, Alto", "Tenor, Bass 1"]


@pytest.mark.parametrize("staves", [2, 4])
def test_the_notes_of_a_hymn_are_read_back(staves: Staves, tmp_path: Path) -> None:
    path = tmp_path / "hymn.musicxml"
    path.write_bytes(musicxml_bytes(HYMN, Metadata(), RenderOptions(72, staves=staves)))
    read = read_music(path)
    assert np.array_equal(read.chorale.pitches, HYMN.pitches)
    assert np.array_equal(read.chorale.onsets, HYMN.onsets)
    assert read.chorale.plan == HYMN.plan
    assert read.facts.tempo_qpm == 72


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("annotated")


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chorale=chorales(), beside=annotations(48))
def test_any_annotations_can_be_written_and_change_no_note(folder: Path, chorale, beside) -> None:
    assume((chorale.pitches[0] != REST).any() and (chorale.pitches[-1] != REST).any())
    beside = replace(beside, names=NO_ANNOTATIONS.names)  # names decide on voices in reading
    path = folder / "it.musicxml"
    content = musicxml_bytes(
        replace(chorale, annotations=beside), Metadata(), RenderOptions(staves=4)
    )
    path.write_bytes(content)
    read = read_music(path).chorale
    for voice in range(4):
        assert notes(read, voice) == notes(chorale, voice)
