"""Annotations come back from MusicXML files that we wrote.

What the format cannot hold is put in order first: a mark of the whole score, other than signs of
its form and tempo words, is one of the top staff; a sign without words is printed with its words.
On two staves, words and marks that voices share are printed once, and come back for the upper one.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from annotated_hymns import annotated_hymn, with_words_in_all_voices
from hypothesis import HealthCheck, assume, given, settings
from strategies import annotations, chorales

from chorale.music import NO_ANNOTATIONS, REST, Annotations, Chorale, notes
from chorale.music.annotations import Mark, Syllable
from chorale.music.repeats import FORM_MARKS
from chorale.reading import read_music
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions, Staves
from chorale.rendering.score.musicxml import musicxml_bytes

HYMN = annotated_hymn()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("written")


def read_back(chorale: Chorale, folder: Path, staves: Staves) -> Annotations:
    path = folder / "it.musicxml"
    path.write_bytes(musicxml_bytes(chorale, Metadata(), RenderOptions(72, staves=staves)))
    reading = read_music(path)
    assert reading.left_out_notice == ""
    return reading.chorale.annotations


def read_marks(found: Annotations) -> set[Mark]:
    """Return the marks as the format holds them."""
    whole, usual = (*FORM_MARKS, "tempo", "rehearsal"), {"fine": "Fine"}
    return {
        replace(
            mark,
            text="" if mark.kind == "breath" else mark.text or usual.get(mark.kind, ""),
            voice=None if mark.kind in whole else mark.voice or 0,
        )
        for mark in found.marks
    }


@pytest.mark.parametrize("hymn", [HYMN, with_words_in_all_voices(HYMN)], ids=["one", "all"])
def test_all_of_a_hymn_comes_back_from_four_staves(hymn: Chorale, folder: Path) -> None:
    found, written = read_back(hymn, folder, 4), hymn.annotations
    assert set(found.syllables) == set(written.syllables)
    assert [replace(one, text=one.text or None) for one in found.chord_symbols] == [
        replace(one, text="N.C." if one.root is None else one.text) for one in written.chord_symbols
    ]
    assert (found.repeats, found.endings) == (written.repeats, written.endings)
    assert read_marks(found) == read_marks(written)
    assert found.names == ("", "", "", "Bass 1")  # the others are the choir's names
    assert set(written.spellings) <= set(found.spellings)


def test_words_that_all_voices_share_come_back_from_two_staves_for_the_soprano(
    folder: Path,
) -> None:
    found = read_back(with_words_in_all_voices(HYMN), folder, 2)
    assert set(found.syllables) == set(HYMN.annotations.syllables)
    assert (found.repeats, found.endings) == (HYMN.annotations.repeats, HYMN.annotations.endings)
    kinds = ("breath", "crescendo", "dynamic", "words")
    assert {(m.kind, m.step) for m in found.marks if m.kind in kinds} == {
        (m.kind, m.step) for m in HYMN.annotations.marks if m.kind in kinds
    }


def is_possible(chorale: Chorale, mark: Mark) -> bool:
    """Return whether a mark lies within the music, and a breath mark at the end of a note."""
    if mark.kind == "breath":
        ends = {n.onset_step + n.length_steps for n in notes(chorale, mark.voice or 0)}
        return mark.step in ends
    length = chorale.plan.length_steps
    return mark.kind in ("dynamic", "crescendo") and max(mark.step, mark.end_step or 0) < length


def keep_possible(chorale: Chorale, beside: Annotations) -> Annotations:
    """Return the annotations that stand at notes and within the music, each place taken once."""
    length = chorale.plan.length_steps
    form = beside if all(one.end_step <= length for one in beside.endings) else NO_ANNOTATIONS
    syllables: dict[tuple[int, int, int], Syllable] = {}
    for one in beside.syllables:
        if one.step < length and chorale.onsets[one.step, one.voice]:
            syllables[one.voice, one.step, one.verse] = replace(one, hyphen=False)
    spellings = {
        (one.voice, one.step): one
        for one in beside.spellings
        if one.step < length
        and chorale.onsets[one.step, one.voice]
        and chorale.pitches[one.step, one.voice] == one.spelling.pitch
    }
    return replace(
        beside,
        syllables=tuple(syllables.values()),
        chord_symbols=tuple(
            {one.step: one for one in beside.chord_symbols if one.step < length}.values()
        ),
        repeats=tuple(replace(one, times=2) for one in form.repeats),  # as many as endings
        endings=form.endings,
        marks=tuple(one for one in beside.marks if is_possible(chorale, one)),
        spellings=tuple(spellings.values()),
        names=("", "", "", ""),
    )


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chorale=chorales(), beside=annotations(48))
def test_any_annotations_at_notes_come_back_from_four_staves(
    folder: Path, chorale: Chorale, beside: Annotations
) -> None:
    assume((chorale.pitches[0] != REST).any() and (chorale.pitches[-1] != REST).any())
    assume(chorale.onsets.any(axis=0).all())
    written = keep_possible(chorale, beside)
    found = read_back(replace(chorale, annotations=written), folder, 4)
    assert set(found.syllables) == set(written.syllables)
    assert {(one.step, one.root, one.bass) for one in found.chord_symbols} == {
        (one.step, one.root, one.bass) for one in written.chord_symbols
    }
    assert (found.repeats, found.endings) == (written.repeats, written.endings)
    assert read_marks(found) == read_marks(written)
    assert set(written.spellings) <= set(found.spellings)
