"""Names of parts as names of voices."""

import pytest

from chorale.reading.names import is_accompaniment, parse_voices, precedence


@pytest.mark.parametrize(
    ("name", "voices"),
    [
        ("Soprano", "soprano"),
        (" sop. ", "soprano"),
        ("Cantus", "soprano"),
        ("Diskant", "soprano"),
        ("S", "soprano"),
        ("Altus", "alto"),
        ("A.", "alto"),
        ("Ténor", "tenor"),
        ("Tenore", "tenor"),
        ("T:", "tenor"),
        ("Basso", "bass"),
        ("BASS 2", "bass"),
        ("Soprano:", "soprano"),
        ("", ""),
        ("Alto Sax", ""),
        ("Bass Clarinet", ""),
        ("Soprano Voice 1", "soprano"),
        ("Violin", ""),
        ("Strings", ""),
        ("Trumpet", ""),
        ("Voice A", ""),
        ("Bass Guitar", ""),
        ("Double Bass", ""),
        ("1. Sopran", "soprano"),
        (":soprano", "soprano"),
        ("sopranoVoice", "soprano"),
        ("Chor Alt", "alto"),
        ("Second Alto", "alto"),
        ("Te\u0301nor", "tenor"),
        ("Ba\u00df", "bass"),
        ("B\u00e4sse", "bass"),
        ("Women's Voices", "soprano alto"),
        ("M\u00e4nner", "tenor bass"),
        ("S/A", "soprano alto"),
        ("S. A.", "soprano alto"),
        ("Soprano & Alto", "soprano alto"),
        ("Tenor und Bass", "tenor bass"),
        ("T.B.", "tenor bass"),
        ("TB", "tenor bass"),
        ("SATB Choir", "soprano alto tenor bass"),
    ],
)
def test_a_name_is_parsed_as_a_voice(name: str, voices: str) -> None:
    assert " ".join(parse_voices(name)) == voices


def test_names_of_one_voice_sort_by_number_and_a_descant_last() -> None:
    shuffled = ["Descant", "Soprano 3", "Second Soprano", "Soprano II", "Soprano 1", "Soprano"]
    assert sorted(shuffled, key=precedence) == [
        "Soprano",
        "Soprano 1",
        "Second Soprano",
        "Soprano II",
        "Soprano 3",
        "Descant",
    ]


@pytest.mark.parametrize("name", ["Piano", "ORGAN", "Fl\u00fcgel", "Basso continuo", "Organ Pedal"])
def test_an_instrument_that_accompanies_is_known_by_its_name(name: str) -> None:
    assert is_accompaniment(name)
    assert not parse_voices(name)


@pytest.mark.parametrize("name", ["", "Soprano", "Violin", "Voice", "Organist's choir"])
def test_another_name_is_no_accompaniment(name: str) -> None:
    assert not is_accompaniment(name)
