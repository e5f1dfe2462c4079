"""Words and markers of MIDI files of all kinds of programs."""

from pathlib import Path

import mido
import pytest

from chorale.errors import ReadingError
from chorale.music.annotations import Mark, Syllable
from chorale.reading import Reading, read_music
from chorale.reading.midi_texts import parse_words

QUARTER = 480


def words_of(*texts: str) -> list[str]:
    """The words that events, one a quarter, make up; "|" is between syllables."""
    syllables = parse_words([(4.0 * place, text) for place, text in enumerate(texts)])
    return "".join(each.text + ("|" if each.hyphen else " ") for each in syllables).split()


@pytest.mark.parametrize(
    "texts",
    [
        ("Hal-", "le-", "lu-", "jah", "A-", "men"),  # hyphens
        ("Hal", "le", "lu", "jah ", "A", "men "),  # blanks after words
        ("Hal", "le", "lu", "jah", " A", "men"),  # blanks before words
        ("Hal-", "le-", "lu-", "jah ", "A-", "men "),  # both
        ("Hal- ", "le- ", "lu- ", "jah ", "A- ", "men "),
        ("\\Hal", "le", "lu", "jah", "/A", "men"),  # karaoke
        ("Hal", "le", "lu", "jah\r", "A", "men\n"),  # lines
        ("Hal", "le", "lu", "jah", "\r", "A", "men"),
    ],
)
def test_words_are_read_in_every_convention(texts: tuple[str, ...]) -> None:
    assert words_of(*texts) == ["Hal|le|lu|jah", "A|men"]


def test_words_without_blanks_or_hyphens_are_words_of_their_own() -> None:
    assert words_of("Nun", "dan", "ket") == ["Nun", "dan", "ket"]


def test_a_lone_hyphen_is_a_text() -> None:
    assert words_of("- ", "a ") == ["-", "a"]


def test_events_at_one_tick_are_verses_or_if_few_one_syllable() -> None:
    verses = [(0.0, "a "), (0.0, "x-"), (4.0, "b "), (4.0, "y ")]
    assert [(each.verse, each.text, each.hyphen) for each in parse_words(verses)] == [
        (1, "a", False),
        (2, "x", True),
        (1, "b", False),
        (2, "y", False),
    ]
    elided = [(4.0 * place, f"{place} ") for place in range(8)] + [(28.0, "more ")]
    assert parse_words(elided)[-1].text == "7 more"


def track(name: str, pitch: int | None, *events: mido.MetaMessage) -> mido.MidiTrack:
    """A track of four quarters of a pitch, or without notes, and an event at each quarter."""
    made = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
    for quarter in range(4):
        made += [event.copy(time=0) for event in events[quarter : quarter + 1]]
        if pitch is None:
            made.append(mido.MetaMessage("text", text="", time=QUARTER))
        else:
            made.append(mido.Message("note_on", note=pitch, velocity=64))
            made.append(mido.Message("note_off", note=pitch, time=QUARTER))
    return made


def lyrics(*texts: str, kind: str = "lyrics") -> list[mido.MetaMessage]:
    return [mido.MetaMessage(kind, text=text) for text in texts]


def read(tmp_path: Path, *tracks: mido.MidiTrack) -> Reading:
    path = tmp_path / "words.mid"
    mido.MidiFile(type=1, ticks_per_beat=QUARTER, tracks=list(tracks), charset="utf-8").save(path)
    return read_music(path)


def sung(reading: Reading) -> list[tuple[int, int, int, str]]:
    return [
        (each.voice, each.verse, each.step, each.text)
        for each in reading.chorale.annotations.syllables
    ]


def test_the_words_of_a_track_are_those_of_its_voice(tmp_path: Path) -> None:
    reading = read(
        tmp_path, track("Soprano", 67, *lyrics("a", "b")), track("Bass", 48, *lyrics("x", "y"))
    )
    assert sung(reading) == [(0, 1, 0, "a"), (3, 1, 0, "x"), (0, 1, 4, "b"), (3, 1, 4, "y")]


def test_the_words_of_a_karaoke_file_are_those_of_the_tune(tmp_path: Path) -> None:
    title = track("", None, *lyrics("@KMIDI KARAOKE FILE", "@TSong", kind="text"))
    words = track("Words", None, *lyrics("\\A", "men", "/so", " be", kind="text"))
    reading = read(tmp_path, title, words, track("Melody", 67))
    assert reading.chorale.annotations.syllables == (
        Syllable(0, 0, 1, "A", hyphen=True),
        Syllable(0, 4, 1, "men"),
        Syllable(0, 8, 1, "so"),
        Syllable(0, 12, 1, "be"),
    )


def test_texts_that_are_no_words_are_not_read(tmp_path: Path) -> None:
    one = track("Soprano", 67, *lyrics("creator:", "a program", kind="text"))
    assert sung(read(tmp_path, one)) == []


@pytest.mark.parametrize("alternate", [True, False])
def test_words_in_tracks_of_their_own_go_to_each_voice(tmp_path: Path, alternate: bool) -> None:
    upper, lower = track("Soprano", 67), track("Bass", 48)
    first, second = track("", None, *lyrics("a")), track("", None, *lyrics("x"))
    tracks = (upper, first, lower, second) if alternate else (upper, lower, first, second)
    assert sung(read(tmp_path, *tracks)) == [(0, 1, 0, "a"), (3, 1, 0, "x")]


def test_two_tracks_of_words_for_one_voice_are_two_verses(tmp_path: Path) -> None:
    words = [track("", None, *lyrics(text)) for text in ("a", "x")]
    assert sung(read(tmp_path, track("Soprano", 67), *words)) == [(0, 1, 0, "a"), (0, 2, 0, "x")]


def test_words_without_notes_are_counted(tmp_path: Path) -> None:
    silent = mido.MidiTrack([mido.MetaMessage("lyrics", text="a", time=16 * QUARTER)])
    reading = read(tmp_path, track("Soprano", 67), silent)
    assert reading.left_out_notice == "1 syllable left out"


def test_markers_are_rehearsal_marks_and_our_tempo_words(tmp_path: Path) -> None:
    markers = lyrics("Chorus", "tempo, Largo", "fermata, 4/16", "no fermatas", kind="marker")
    reading = read(tmp_path, track("Soprano", 67, *markers))
    assert reading.chorale.annotations.marks == (
        Mark("rehearsal", 0, "Chorus"),
        Mark("tempo", 4, "Largo"),
    )


def _sung(*events: mido.MetaMessage) -> mido.MidiFile:
    track = mido.MidiTrack([*events, mido.Message("note_on", note=60, velocity=80)])
    track.append(mido.Message("note_off", note=60, time=480))
    return mido.MidiFile(tracks=[track])


def test_words_and_markers_of_a_midi_file_are_safe_to_print(tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    _sung(
        mido.MetaMessage("lyrics", text="\x1b[31mred"), mido.MetaMessage("marker", text="\x07A")
    ).save(path)
    annotations = read_music(path).chorale.annotations
    assert [each.text for each in annotations.syllables] == [" [31mred"]
    assert [mark.text for mark in annotations.marks] == [" A"]


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([mido.MetaMessage("lyrics", text="la")] * 41, "more than 40 lyrics under one note"),
        ([mido.MetaMessage("lyrics", text="a" * 1_001)], "more than 1,000 characters"),
    ],
)
def test_a_midi_file_with_too_many_or_too_long_words_is_refused(
    tmp_path: Path, events: list[mido.MetaMessage], message: str
) -> None:
    path = tmp_path / "a.mid"
    _sung(*events).save(path)
    with pytest.raises(ReadingError, match=message):
        read_music(path)
