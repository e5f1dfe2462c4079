"""Labels of remarks in a score: where they stand, and that they are there."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from score_xml import four_voices
from strategies import chorales

from chorale.music import ALTO, BASS, REST, SOPRANO, TENOR, Annotations, Chorale
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import Remark, RenderOptions
from chorale.rendering.score.labels import Label, place_labels
from chorale.rendering.score.lilypond.source import lilypond_bytes
from chorale.rendering.score.musicxml import musicxml_bytes

TWO, FOUR = [(0, 1), (2, 3)], [(0,), (1,), (2,), (3,)]


def remark(label: str, step: int, *voices: int) -> Remark:
    return Remark(step, step + 1, voices, "bar 1", "text", label)


def test_a_label_is_above_its_staff_or_below_it_if_an_upper_voice_shares_it() -> None:
    remarks = [remark("[1]", 4, ALTO, BASS), remark("(2)", 0, SOPRANO, TENOR)]
    assert set(place_labels(remarks, TWO)) == {
        Label(SOPRANO, 0, "(2)", below=False),
        Label(ALTO, 4, "[1]", below=True),
        Label(TENOR, 0, "(2)", below=False),
        Label(BASS, 4, "[1]", below=True),
    }
    assert not any(label.below for label in place_labels(remarks, FOUR))


def test_labels_at_one_note_stand_side_by_side_in_their_order() -> None:
    remarks = [remark("[1]", 0, BASS), remark("(2)", 0, BASS, TENOR)]
    texts = {label.voice: label.text for label in place_labels(remarks, FOUR)}
    assert texts == {BASS: "[1] (2)", TENOR: "(2)"}


def test_labels_that_both_voices_of_a_staff_have_are_printed_once() -> None:
    remarks = [remark("[1]", 0, TENOR, BASS)]
    assert list(place_labels(remarks, TWO)) == [Label(TENOR, 0, "[1]", below=False)]
    assert len(list(place_labels(remarks, FOUR))) == 2


def test_remarks_without_labels_are_not_in_the_score() -> None:
    chorale = four_voices(1, Annotations())
    options = RenderOptions(remarks=(remark("", 0, SOPRANO),))
    assert musicxml_bytes(chorale, Metadata(), options) == musicxml_bytes(chorale, Metadata())


def test_a_label_within_a_note_has_its_place_in_time() -> None:
    chorale = four_voices(1, Annotations())
    options = replace(RenderOptions(), staves=4, remarks=(remark("[1]", 6, ALTO),))
    root = ElementTree.fromstring(musicxml_bytes(chorale, Metadata(), options))  # noqa: S314
    [direction] = [
        each
        for each in root.findall("part")[ALTO].iter("direction")
        if each.findtext("direction-type/words") == "[1]"
    ]
    divisions = int(root.findtext(".//divisions") or 0)
    assert int(direction.findtext("offset") or 0) == divisions // 2
    assert direction.get("placement") == "above"


@given(chorales(), st.data())
def test_a_label_can_stand_at_every_step_of_every_voice(
    chorale: Chorale, data: st.DataObject
) -> None:
    step = data.draw(st.integers(0, chorale.plan.length_steps - 1))
    sounding = np.flatnonzero((chorale.pitches != REST).any(axis=0)).tolist()
    assume(sounding)
    voice = data.draw(st.sampled_from(sounding))
    options = RenderOptions(remarks=(remark("[1]", step, voice),))
    for render in (musicxml_bytes, lilypond_bytes):
        assert render(chorale, Metadata(), options).count(b"[1]") == 2  # one is in the legend
