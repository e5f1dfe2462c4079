"""Names of parts as names of voices."""

import pytest

from chorale.reading.names import (
    is_accompaniment,
    is_placeholder,
    list_voices,
    parse_voices,
    precedence,
    split_name,
)


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


@pytest.mark.parametrize(
    ("name", "voices"),
    [
        ("Soprano", "soprano"),
        ("Soprano 2", "soprano 2"),
        ("S2", "soprano 2"),
        ("SopranoII", "soprano 2"),
        ("2nd Soprano", "soprano 2"),
        ("Second Alto", "alto 2"),
        ("2. Tenor", "tenor 2"),
        ("Zweiter Sopran", "soprano 2"),
        ("Deuxi\u00e8me t\u00e9nor", "tenor 2"),
        ("Soprano primo", "soprano 1"),
        ("Soprani secondi", "soprano 2"),
        ("Tenor II", "tenor 2"),
        ("Bariton", "bass"),
        ("Mezzo-Soprano", "soprano"),
        ("Mezzo", "soprano"),
        ("Soprano 1, Soprano 2", "soprano 1, soprano 2"),
        ("Soprano I/II", "soprano 1, soprano 2"),
        ("1st & 2nd Soprano", "soprano 1, soprano 2"),
        ("1st Tenor, 2nd Tenor", "tenor 1, tenor 2"),
        ("S1/S2", "soprano 1, soprano 2"),
        ("Baritone / Bass", "bass, bass"),
        ("Women", "soprano, alto"),
        ("S. A.", "soprano, alto"),
        ("SSA", "soprano 1, soprano 2, alto"),
        ("T.T.B.B.", "tenor 1, tenor 2, bass 1, bass 2"),
        ("Bass Clarinet", ""),
        ("Second Violin", ""),
        ("", ""),
    ],
)
def test_a_name_lists_its_voices_with_their_numbers(name: str, voices: str) -> None:
    listed = [
        f"{voice.kind} {voice.number}" if voice.number else voice.kind
        for voice in list_voices(name)
    ]
    assert ", ".join(listed) == voices


@pytest.mark.parametrize(
    "names",
    [
        ("Descant", "Soprano 1", "Soprano 2", "Mezzo-Soprano", "Alto", "Contralto", "Tenor"),
        ("Tenor I", "Tenor II", "Baritone", "Bass"),
        ("Tenor", "Bass 1", "Bass 2"),
    ],
)
def test_voices_rank_from_the_top_of_the_choir(names: tuple[str, ...]) -> None:
    voices = [voice for name in names for voice in list_voices(name)]
    upwards = voices[::-1]
    assert sorted(upwards, key=lambda voice: voice.rank) == voices


@pytest.mark.parametrize(
    ("name", "number", "names"),
    [
        ("Soprano, Alto", 2, ["Soprano", "Alto"]),
        ("S./A.", 2, ["S.", "A."]),
        ("Tenor & Bass", 2, ["Tenor", "Bass"]),
        ("Sopran und Alt", 2, ["Sopran", "Alt"]),
        ("Women", 2, ["Women", "Women"]),
        ("Soprano, Alto", 1, ["Soprano, Alto"]),
        ("Alto, Violin", 2, ["Alto, Violin", "Alto, Violin"]),
    ],
)
def test_the_name_of_a_staff_is_split_into_those_of_its_voices(
    name: str, number: int, names: list[str]
) -> None:
    assert split_name(name, number) == names


@pytest.mark.parametrize(
    ("name", "alone", "shared"),
    [
        ("MusicXML Part", True, True),
        ("P1", True, True),
        ("", True, True),
        ("Choir", False, True),
        ("Organ", False, True),
        ("Voice", False, True),
        ("Women", False, False),
        ("Sopran", False, False),
    ],
)
def test_names_that_programs_give_say_nothing(name: str, alone: bool, shared: bool) -> None:
    assert is_placeholder(name, shared=False) == alone
    assert is_placeholder(name, shared=True) == shared
