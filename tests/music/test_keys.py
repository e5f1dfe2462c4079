"""Keys: names, signatures and transposition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import keys

from chorale.music import Key, Mode, pitch_name
from chorale.music.keys import MODES


@pytest.mark.parametrize(
    ("tonic", "mode", "name", "sharps"),
    [
        (0, "major", "C major", 0),
        (9, "minor", "A minor", 0),
        (6, "minor", "F# minor", 3),
        (10, "major", "Bb major", -2),
        (7, "minor", "G minor", -2),
        (3, "minor", "D# minor", 6),
        (8, "minor", "G# minor", 5),
        (1, "major", "Db major", -5),
        (6, "major", "F# major", 6),
        (10, "minor", "Bb minor", -5),
    ],
)
def test_a_key_has_a_name_and_a_signature(tonic: int, mode: str, name: str, sharps: int) -> None:
    key = Key(tonic, "major" if mode == "major" else "minor")
    assert (key.name, key.sharps) == (name, sharps)


@given(keys())
def test_signature_and_mode_determine_the_key(key: Key) -> None:
    assert Key.from_sharps(key.sharps, key.mode) == key


@given(keys())
def test_the_24_keys_have_signatures_from_five_flats_to_six_sharps(key: Key) -> None:
    assert -5 <= key.sharps <= 6


def test_the_24_keys_have_24_names() -> None:
    names = {Key(tonic, mode).name for tonic in range(12) for mode in ("major", "minor")}
    assert len(names) == 24


def test_relative_keys_share_a_signature() -> None:
    for tonic in range(12):
        assert Key(tonic, "major").sharps == Key((tonic + 9) % 12, "minor").sharps


@given(keys(), st.integers(-40, 40))
def test_transposing_a_key_up_and_down_is_the_identity(key: Key, semitones: int) -> None:
    moved = key.transposed(semitones)
    assert moved.transposed(-semitones) == key
    assert moved.mode == key.mode
    assert (moved.tonic - key.tonic - semitones) % 12 == 0


def test_a_fifth_up_adds_a_sharp() -> None:
    assert Key(0, "major").transposed(7) == Key.from_sharps(1, "major") == Key(7, "major")


@pytest.mark.parametrize("tonic", [-1, 12])
def test_a_tonic_that_is_not_a_pitch_class_is_refused(tonic: int) -> None:
    with pytest.raises(ValueError, match=f"tonic {tonic} is not a pitch class from 0 to 11"):
        Key(tonic, "major")


def test_a_mode_without_a_triad_on_its_final_is_refused() -> None:
    with pytest.raises(ValueError, match="mode 'locrian' must be one of major, minor, dorian"):
        Key(11, "locrian")  # type: ignore[arg-type]  # what the test is about


@given(keys())
def test_a_key_is_parsed_from_its_name(key: Key) -> None:
    assert Key.parse(key.name) == Key.parse(key.name.upper()) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("G", Key(7, "major")),
        (" g minor ", Key(7, "minor")),
        ("F#m", Key(6, "minor")),
        ("f sharp min", Key(6, "minor")),
        ("Bb", Key(10, "major")),
        ("b flat major", Key(10, "major")),
        ("B minor", Key(11, "minor")),
        ("E\u266d-maj", Key(3, "major")),
        ("Cb major", Key(11, "major")),
        ("bm", Key(11, "minor")),
        ("CM", Key(0, "major")),
        ("e", Key(4, "minor")),
        ("b", Key(11, "minor")),
        ("bb", Key(10, "minor")),
        ("D dorian", Key(2, "dorian")),
        ("e Phrygian", Key(4, "phrygian")),
        ("Gmix", Key(7, "mixolydian")),
        ("A aeolian", Key(9, "minor")),
    ],
)
def test_key_names_may_be_abbreviated(text: str, key: Key) -> None:
    assert Key.parse(text) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("h-Moll", Key(11, "minor")),
        ("H", Key(11, "major")),
        ("h", Key(11, "minor")),
        ("B-Dur", Key(10, "major")),
        ("b-Moll", Key(10, "minor")),
        ("fis", Key(6, "minor")),
        ("Fis", Key(6, "major")),
        ("Es-Dur", Key(3, "major")),
        ("as-moll", Key(8, "minor")),
        ("Cis Dur", Key(1, "major")),
        ("d dorisch", Key(2, "dorian")),
        ("e-phrygisch", Key(4, "phrygian")),
        ("B lydisch", Key(10, "lydian")),
        ("G mixolydisch", Key(7, "mixolydian")),
    ],
)
def test_german_names_are_parsed_and_b_is_b_flat_only_with_a_german_mode(
    text: str, key: Key
) -> None:
    assert Key.parse(text) == key


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_has_twelve_keys_that_their_names_and_signatures_determine(mode: Mode) -> None:
    for tonic in range(12):
        key = Key(tonic, mode)
        assert Key.parse(key.name) == key == Key.from_sharps(key.sharps, mode)
        assert set(key.scale) == set(Key.from_sharps(key.sharps, "major").scale)


@pytest.mark.parametrize(
    ("name", "sharps", "tonal", "scale"),
    [
        ("D dorian", 0, "D minor", (2, 4, 5, 7, 9, 11, 0)),
        ("E phrygian", 0, "E minor", (4, 5, 7, 9, 11, 0, 2)),
        ("F lydian", 0, "F major", (5, 7, 9, 11, 0, 2, 4)),
        ("G mixolydian", 0, "G major", (7, 9, 11, 0, 2, 4, 5)),
        ("G dorian", -1, "G minor", (7, 9, 10, 0, 2, 4, 5)),
        ("A minor", 0, "A minor", (9, 11, 0, 2, 4, 5, 7)),
    ],
)
def test_a_mode_has_the_signature_of_its_scale_and_a_tonal_key_on_its_final(
    name: str, sharps: int, tonal: str, scale: tuple[int, ...]
) -> None:
    key = Key.parse(name)
    assert (key.sharps, key.tonal.name, key.scale) == (sharps, tonal, scale)


@pytest.mark.parametrize("text", ["", "Hb", "H#", "B locrian", "major", "Gbb", "C##", "1", "e s"])
def test_text_that_is_not_a_key_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match="is not a key; give one such as G, G minor, F# minor"):
        Key.parse(text)


def test_pitch_names_use_sharps_and_scientific_octaves() -> None:
    assert [pitch_name(p) for p in (0, 59, 60, 61, 127)] == ["C-1", "B3", "C4", "C#4", "G9"]
