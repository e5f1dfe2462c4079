"""ABC, Humdrum and MEI files are read as MusicXML files are, with the same limits and errors."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hymn_notations import ABC, HUMDRUM, MEI, MUSICXML, NOTATIONS
from scores import parse_xml, write

from chorale.errors import ReadingError
from chorale.reading import Reading, read_chorale, read_music
from chorale.reading.transcribing import SUFFIXES, transcribe


def read(folder: Path, text: str | bytes, suffix: str) -> Reading:
    path = folder / f"made{suffix}"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_music(path)


def refusal(folder: Path, text: str | bytes, suffix: str) -> str:
    with pytest.raises(ReadingError) as refused:
        read(folder, text, suffix)
    message = str(refused.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("suffix", NOTATIONS)
def test_a_hymn_is_the_same_in_every_notation(suffix: str, tmp_path: Path) -> None:
    expected = read_music(write(tmp_path, MUSICXML))
    found = read(tmp_path, NOTATIONS[suffix], suffix)
    np.testing.assert_array_equal(found.chorale.pitches, expected.chorale.pitches)
    np.testing.assert_array_equal(found.chorale.onsets, expected.chorale.onsets)
    plan, same = found.chorale.plan, expected.chorale.plan
    np.testing.assert_array_equal(plan.fermatas, same.fermatas)
    assert (plan.metre, plan.pickup_steps, plan.key) == (same.metre, same.pickup_steps, same.key)
    assert found.facts == replace(expected.facts, programs=found.facts.programs)
    assert found.voices == ("soprano", "alto", "tenor", "bass")
    assert read_chorale(tmp_path / f"made{suffix}").pitches.shape == (36, 4)


def lyrics(text: str) -> list[list[tuple[str, str | None, str | None]]]:
    """Return verse, text and syllabic of each note of the first part that sounds."""
    part = parse_xml(text).find("part")
    assert part is not None
    return [
        [
            (lyric.get("number", ""), lyric.findtext("text"), lyric.findtext("syllabic"))
            for lyric in note.findall("lyric")
        ]
        for note in part.iter("note")
    ]


@pytest.mark.parametrize("suffix", NOTATIONS)
def test_words_stand_under_their_notes(suffix: str, tmp_path: Path) -> None:
    text, _ = transcribe(write(tmp_path, NOTATIONS[suffix], f"made{suffix}"))
    parts = {part.get("id"): part for part in parse_xml(text).iter("part")}
    first = [
        [lyric.findtext("text") for lyric in part.iter("lyric") if lyric.get("number") == "1"]
        for part in parts.values()
    ]
    words = ["All", "peo", "ple", "that", "on", "earth", "do", "dwell,"]
    assert sorted(first) == [[], [], [], words]


@pytest.mark.parametrize("suffix", [".abc", ".mei"])
def test_chord_symbols_are_kept(suffix: str, tmp_path: Path) -> None:
    text, _ = transcribe(write(tmp_path, NOTATIONS[suffix], f"made{suffix}"))
    roots = [root.text for root in parse_xml(text).iter("root-step")]
    assert roots == (list("GGDGDG") if suffix == ".abc" else list("GGG"))


@pytest.mark.parametrize("suffix", NOTATIONS)
@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_ends_of_every_system_are_read(suffix: str, ending: str, tmp_path: Path) -> None:
    text = NOTATIONS[suffix]
    found = read(tmp_path, text.replace("\n", ending), suffix)
    assert found.notices == read(tmp_path, text, suffix).notices
    assert found.chorale.pitches.shape == (36, 4)


@pytest.mark.parametrize("suffix", NOTATIONS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_titles_are_read_in_every_encoding(suffix: str, encoding: str, tmp_path: Path) -> None:
    text = NOTATIONS[suffix].replace("Old Phrase", "Lobt Gott, größer")
    found = read(tmp_path, text.encode(encoding), suffix)
    assert found.facts.title == "Lobt Gott, größer"


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".ABC", ".MEI"])
@pytest.mark.parametrize(
    "content", [b"", b" \n\n", b"\0\0\0\0", b"hello", b"\xff\xfe\x00", b"%PDF"]
)
def test_a_file_without_the_notation_is_refused_in_one_line(
    suffix: str, content: bytes, tmp_path: Path
) -> None:
    message = refusal(tmp_path, content, suffix)
    assert message.startswith(str(tmp_path / f"made{suffix}"))
    assert len(message) < len(str(tmp_path)) + 200


@pytest.mark.parametrize(
    ("suffix", "other", "message"),
    [
        (".abc", HUMDRUM, "has no tune in ABC; a tune begins with X:1 and has a key, K:C"),
        (".abc", MEI, "has no tune in ABC"),
        (".krn", ABC, r"has no **kern spine; give a Humdrum file with notes in it"),
        (".krn", MEI, r"has no **kern spine"),
        (".mei", MUSICXML, "has <score-partwise> as its outermost element, not <mei>"),
        (".mei", ABC, "cannot be read as MEI (syntax error"),
    ],
)
def test_a_file_with_the_ending_of_another_is_refused(
    suffix: str, other: str, message: str, tmp_path: Path
) -> None:
    assert message in refusal(tmp_path, other, suffix)
