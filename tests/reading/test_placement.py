"""Words and names of parts on the voices of a chorale."""

from dataclasses import replace

import numpy as np

from chorale.music import REST, Annotations, Chorale, Plan
from chorale.music.annotations import Syllable
from chorale.reading.parts import Part, PartNote
from chorale.reading.placement import place_texts
from chorale.reading.texts import PartSyllable, Texts

TEXTS = Texts((PartSyllable(0, 1, "a"), PartSyllable(8.02, 1, "b"), PartSyllable(12, 1, "c")))


def duet() -> Chorale:
    """A soprano of quarters that rests at step 8, and an alto of half notes."""
    pitches = np.full((16, 4), REST, np.int16)
    pitches[:, 0], pitches[:, 1] = 67, 60
    pitches[8:12, 0] = REST
    onsets = np.zeros((16, 4), np.bool_)
    onsets[[0, 4, 12], 0] = onsets[[0, 8], 1] = True
    return Chorale(pitches, onsets, Plan(16))


def part(name: str = "", texts: Texts = TEXTS) -> Part:
    return Part(name, (PartNote(0, 4, 60),), texts=texts)


def placed(one: Part, other: Part) -> tuple[Annotations, list[str]]:
    return place_texts(duet(), {"soprano": one, "alto": other})


def test_a_syllable_of_a_staff_belongs_to_the_highest_voice_that_starts_a_note() -> None:
    both = part()
    annotations, notices = placed(both, replace(both, notes=()))
    assert [(each.voice, each.step) for each in annotations.syllables] == [(0, 0), (1, 8), (0, 12)]
    assert notices == []


def test_a_syllable_without_a_note_is_counted() -> None:
    annotations, notices = placed(part(), part(texts=Texts()))
    assert [each.text for each in annotations.syllables] == ["a", "c"]
    assert notices == ["1 syllable without a note left out"]


def test_a_syllable_on_several_notes_has_an_extender_but_not_over_a_rest() -> None:
    texts = Texts((PartSyllable(0, 1, "a"), PartSyllable(12, 1, "b")))
    assert not any(each.extender for each in placed(part(texts=texts), part())[0].syllables)
    chorale = duet()
    pitches, onsets = chorale.pitches.copy(), chorale.onsets.copy()
    pitches[8:12, 0], onsets[8, 0] = 66, True
    annotations, _ = place_texts(Chorale(pitches, onsets, Plan(16)), {"soprano": part(texts=texts)})
    assert annotations.syllables == (
        Syllable(0, 0, 1, "a", extender=True),
        Syllable(0, 12, 1, "b"),
    )


def test_a_syllable_a_step_away_moves_to_its_note() -> None:
    texts = Texts((PartSyllable(1, 1, "a"), PartSyllable(11, 1, "b")))
    annotations, _ = placed(part(texts=texts), part(texts=Texts()))
    assert [each.step for each in annotations.syllables] == [0, 12]


def test_a_voice_keeps_a_name_of_its_own() -> None:
    names = placed(part("Sopran"), part("Alto"))[0].names
    assert names == ("Sopran", "", "", "")
    assert placed(part("Flute"), part("Women"))[0].names == ("", "", "", "")
