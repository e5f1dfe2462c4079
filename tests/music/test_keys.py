"""Keys: names, signatures and transposition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import keys

from chorale.music import Key, pitch_name


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


def test_a_mode_other_than_major_or_minor_is_refused() -> None:
    with pytest.raises(ValueError, match="mode 'dorian' is neither 'major' nor 'minor'"):
        Key(2, "dorian")  # type: ignore[arg-type]  # what the test is about


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
    ],
)
def test_key_names_may_be_abbreviated(text: str, key: Key) -> None:
    assert Key.parse(text) == key


@pytest.mark.parametrize("text", ["", "H", "G dorian", "major", "Gbb", "C##", "1"])
def test_text_that_is_not_a_key_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match="is not a key; give one such as G, G minor, F# minor"):
        Key.parse(text)


def test_pitch_names_use_sharps_and_scientific_octaves() -> None:
    assert [pitch_name(p) for p in (0, 59, 60, 61, 127)] == ["C-1", "B3", "C4", "C#4", "G9"]
