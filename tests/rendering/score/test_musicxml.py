"""MusicXML read back by `chorale.reading`, which uses music21, and by verovio."""

import base64
import io
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import mido
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from made_up import made_up_chorale
from strategies import chorales

from chorale.corpus import Corpus
from chorale.music import REST, Annotations, Chorale, Key, Metre, Plan, from_pitches, notes
from chorale.music.voicings import VOICINGS
from chorale.reading import read_music
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions, Staves
from chorale.rendering.score.musicxml import musicxml_bytes
from chorale.rendering.score.note_values import sounding_voices
from chorale.rendering.score.part_names import abbreviate_voices

METADATA = Metadata("Größer <&> 音楽", ("Composed by chorale", "seed 7", "model bach"))
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def read_back(chorale: Chorale, folder: Path, staves: Staves) -> Any:
    path = folder / "it.musicxml"
    path.write_bytes(musicxml_bytes(chorale, METADATA, RenderOptions(72, staves=staves)))
    return read_music(path)


def elements(chorale: Chorale, staves: Staves = 2) -> ElementTree.Element:
    return ElementTree.fromstring(musicxml_bytes(chorale, METADATA, RenderOptions(staves=staves)))  # noqa: S314  # our own


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("musicxml")


@pytest.mark.parametrize("key", ["D dorian", "F# phrygian", "Bb lydian", "G mixolydian"])
def test_a_church_mode_and_its_signature_are_read_back(folder: Path, key: str) -> None:
    mode = Key.parse(key)
    pitches = np.array([[72, 67, 64, 48]] * 16, np.int16)
    chorale = from_pitches(pitches, Plan(16, Metre(4, 4), 0, mode))
    assert read_back(chorale, folder, 2).chorale.plan.key == mode
    root = elements(chorale)
    assert (root.findtext(".//fifths"), root.findtext(".//mode")) == (str(mode.sharps), mode.mode)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chorale=chorales())
def test_every_note_is_read_back_by_music21(folder: Path, chorale: Chorale) -> None:
    assume((chorale.pitches[0] != REST).any() and (chorale.pitches[-1] != REST).any())
    assume(sounding_voices(chorale) not in ([0, 1], [2, 3]))  # read as choirs, SA and TB
    read = read_back(chorale, folder, 4)
    for voice in range(4):
        assert notes(read.chorale, voice) == notes(chorale, voice)
    plan = chorale.plan
    assert read.chorale.plan.metre == (plan.metre or Metre(4, 4))
    assert read.chorale.plan.pickup_steps == plan.pickup_steps
    if plan.key:
        assert read.chorale.plan.key == plan.key


@pytest.mark.parametrize("staves", [2, 4])
@pytest.mark.parametrize("seed", range(3))
def test_two_staves_hold_the_same_notes(folder: Path, staves: Staves, seed: int) -> None:
    chorale = made_up_chorale(60, seed)
    read = read_back(chorale, folder, staves)
    assert np.array_equal(read.chorale.pitches, chorale.pitches)
    assert np.array_equal(read.chorale.onsets, chorale.onsets)


def test_bachs_chorales_are_read_back_with_their_fermatas(
    bach_corpus: Corpus, folder: Path
) -> None:
    for chorale in bach_corpus.splits["test"][:10]:
        read = read_back(chorale, folder, 2).chorale
        assert (read.pitches == chorale.pitches).all()
        assert (read.onsets == chorale.onsets).all()
        assert read.plan == chorale.plan


@pytest.mark.parametrize("staves", [2, 4])
def test_verovio_reads_the_same_notes(staves: Staves) -> None:
    import verovio

    chorale = made_up_chorale(64, seed=5)
    toolkit = verovio.toolkit()
    assert toolkit.loadData(
        musicxml_bytes(chorale, METADATA, RenderOptions(staves=staves)).decode()
    )
    file = mido.MidiFile(file=io.BytesIO(base64.b64decode(toolkit.renderToMIDI())))
    played = []
    for track in file.tracks:
        now = 0
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                played.append((now * 4 // file.ticks_per_beat, message.note))
    written = [(note.onset_step, note.pitch) for v in range(4) for note in notes(chorale, v)]
    # where two voices of a staff strike one pitch together, a MIDI channel plays it once
    assert set(played) == set(written)


def test_title_comments_program_and_tempo_stand_in_their_fields(folder: Path) -> None:
    facts = read_back(made_up_chorale(32, 1), folder, 2).facts
    assert (facts.title, facts.comments, facts.tempo_qpm) == (METADATA.title, METADATA.comments, 72)
    root = elements(made_up_chorale(32, 1))
    assert root.findtext("identification/creator[@type='composer']") == "chorale"
    assert (root.findtext("identification/encoding/software") or "").startswith("chorale ")


def test_the_same_chorale_gives_the_same_bytes() -> None:
    first, second = (musicxml_bytes(made_up_chorale(48, 2), METADATA) for _ in range(2))
    assert first == second
    assert b"encoding-date" not in first


def test_two_staves_hold_two_voices_each_and_four_hold_one() -> None:
    chorale = made_up_chorale(32, 1)
    names = [name.text for name in elements(chorale).iter("part-name")]
    assert names == ["Soprano, Alto", "Tenor, Bass"]
    names = [name.text for name in elements(chorale, 4).iter("part-name")]
    assert names == ["Soprano", "Alto", "Tenor", "Bass"]
    changes = [clef.findtext("clef-octave-change") for clef in elements(chorale, 4).iter("clef")]
    assert changes == [None, None, "-1", None]


def test_stems_go_apart_where_voices_share_a_staff() -> None:
    root = elements(made_up_chorale(32, 1))
    stems = {
        (note.findtext("voice"), note.findtext("stem"))
        for note in root.iter("note")
        if note.find("pitch") is not None
    }
    assert stems == {("1", "up"), ("2", "down")}


def test_on_two_staves_only_the_outer_voices_carry_fermatas() -> None:
    chorale = made_up_chorale(32, 1)
    marks = [mark.get("type") for mark in elements(chorale).iter("fermata")]
    assert marks == ["upright", "inverted"]
    assert len(list(elements(chorale, 4).iter("fermata"))) == 4


def one_voice(pitches: list[int], key: str) -> Chorale:
    """Quarters in the soprano, 4/4."""
    steps = np.full((4 * len(pitches), 4), REST, np.int16)
    steps[:, 0] = np.repeat(pitches, 4)
    return from_pitches(steps, Plan(len(steps), Metre(4, 4), 0, Key.parse(key)))


def test_accidentals_are_shown_once_a_bar_and_cancelled() -> None:
    chorale = one_voice([66, 67, 66, 65, 66, 67, 69, 70], "C major")
    shown = [note.findtext("accidental") for note in elements(chorale).iter("note")]
    assert shown == ["sharp", None, None, "natural", "sharp", None, None, "flat"]


def test_a_tied_note_shows_its_accidental_once() -> None:
    pitches = one_voice([67, 67, 67, 66, 66, 66, 67, 67], "C major").pitches
    chorale = from_pitches(pitches, Plan(32, Metre(4, 4), 0, Key.parse("C major")))
    shown = [note.findtext("accidental") for note in elements(chorale).iter("note")]
    ties = [
        [tie.get("type") for tie in note.iter("tie")] for note in elements(chorale).iter("note")
    ]
    assert shown == [None, "sharp", None, None]
    assert ties == [[], ["start"], ["stop"], []]


def test_a_lone_voice_has_a_staff_of_its_own_and_free_stems() -> None:
    root = elements(one_voice([67, 66, 67, 69], "G major"))
    assert [name.text for name in root.iter("part-name")] == ["Soprano"]
    assert not list(root.iter("stem"))
    assert root.findtext(".//bar-style") == "light-heavy"


def test_rests_of_many_measures_are_one_in_the_part_of_a_voice() -> None:
    chorale = one_voice([67] * 4 + [REST] * 12 + [67] * 3 + [66], "G major")
    root = elements(chorale)
    measures = list(root.iter("measure"))
    assert [measure.findtext(".//multiple-rest") for measure in measures] == [
        *(None, "3", None, None, None)
    ]
    four = np.where(chorale.pitches == REST, REST, chorale.pitches)
    four[:, 1] = 60
    root = elements(from_pitches(four, chorale.plan), 4)
    assert root.find(".//multiple-rest") is None


def test_a_pickup_is_bar_0_and_not_counted() -> None:
    root = elements(made_up_chorale(32, 1))
    measures = [m for part in root.iter("part") for m in part.iter("measure")][:3]
    assert [measure.get("number") for measure in measures] == ["0", "1", "2"]
    assert [measure.get("implicit") for measure in measures] == ["yes", "no", "no"]


def test_letters_that_xml_cannot_hold_are_replaced(folder: Path) -> None:
    metadata = Metadata("a\udcffb\x00c", ("x\x0by",))
    root = ElementTree.fromstring(musicxml_bytes(made_up_chorale(8, 1), metadata))  # noqa: S314  # our own
    assert root.findtext("work/work-title") == "a?b?c"


def laid_out(name: str, staves: Staves) -> list[tuple[str | None, ...]]:
    """Name, abbreviation, sign of the clef and its octave change, of each staff of a choir."""
    voicing = VOICINGS[name]
    made = made_up_chorale(32, 1)
    silent = [voice for voice in range(4) if voice not in voicing.voices]
    pitches, onsets = made.pitches.copy(), made.onsets.copy()
    pitches[:, silent], onsets[:, silent] = REST, False
    options = RenderOptions(staves=staves, voicing=voicing)
    chorale = replace(made, pitches=pitches, onsets=onsets)
    root = ElementTree.fromstring(musicxml_bytes(chorale, METADATA, options))  # noqa: S314  # our own
    return [
        (
            part.findtext("part-name"),
            part.findtext("part-abbreviation"),
            clef.findtext("sign"),
            clef.findtext("clef-octave-change"),
        )
        for part, clef in zip(root.iter("score-part"), root.iter("clef"), strict=True)
    ]


TREBLE, TENOR_CLEF, BASS_CLEF = ("G", None), ("G", "-1"), ("F", None)


@pytest.mark.parametrize(
    ("name", "upper", "lower"),
    [
        ("SATB", ("Soprano, Alto", "SA", *TREBLE), ("Tenor, Bass", "TB", *BASS_CLEF)),
        ("SSA", ("Soprano 1, Soprano 2", "S1, S2", *TREBLE), ("Alto", "A", *TREBLE)),
        (
            "SSAA",
            ("Soprano 1, Soprano 2", "S1, S2", *TREBLE),
            ("Alto 1, Alto 2", "A1, A2", *TREBLE),
        ),
        (
            "TTBB",
            ("Tenor 1, Tenor 2", "T1, T2", *TENOR_CLEF),
            ("Bass 1, Bass 2", "B1, B2", *BASS_CLEF),
        ),
        ("SAB", ("Soprano, Alto", "SA", *TREBLE), ("Bass", "B", *BASS_CLEF)),
        ("SA", ("Soprano", "S", *TREBLE), ("Alto", "A", *TREBLE)),
        ("TB", ("Tenor", "T", *TENOR_CLEF), ("Bass", "B", *BASS_CLEF)),
    ],
)
def test_two_staves_have_the_names_and_clefs_of_the_choir(
    name: str, upper: tuple[str, ...], lower: tuple[str, ...]
) -> None:
    assert laid_out(name, 2) == [upper, lower]


@pytest.mark.parametrize("name", VOICINGS)
def test_a_staff_per_voice_has_the_name_and_clef_of_its_voice(name: str) -> None:
    clefs = {"treble": TREBLE, "tenor": TENOR_CLEF, "bass": BASS_CLEF}
    abbreviations = abbreviate_voices(Annotations(), VOICINGS[name].parts)
    assert laid_out(name, 4) == [
        (part.name.capitalize(), abbreviations[part.voice], *clefs[part.clef])
        for part in VOICINGS[name].parts
    ]
