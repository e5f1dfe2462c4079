"""Words, names and marks in MIDI files, read back by our reader, mido and music21."""

import io
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import mido
import music21
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import chorales

from chorale.music import (
    REST,
    VOICES,
    Annotations,
    Chorale,
    Metre,
    Note,
    Plan,
    from_pitches,
    notes,
)
from chorale.music.annotations import ChordSymbol, Mark, Repeat, Syllable
from chorale.reading import read_music
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.sound.midi import midi_bytes
from chorale.rendering.sound.midi_texts import name_track

WORDS = st.text("aeiouäßéł'你好, ", min_size=1, max_size=5).filter(
    lambda word: word == word.strip()
)
NAMES = (
    st.sampled_from(["", "Sopran", "Cantus", "S."]),
    st.sampled_from(["", "Alt", "Altus"]),
    st.sampled_from(["", "Ténor", "Tenor 1"]),
    st.sampled_from(["", "Bässe", "Basso"]),
)
MARKS = st.builds(
    Mark,
    st.sampled_from(["rehearsal", "tempo"]),
    st.just(0),
    st.text("ABCabcß", min_size=1, max_size=6),
)


def quarters(length: int) -> Chorale:
    """Repeated notes, a quarter each."""
    onsets = np.zeros((length, 4), np.bool_)
    onsets[::4] = True
    return Chorale(np.full((length, 4), 60, np.int16), onsets, Plan(length, Metre(4, 4)))


def reread(content: bytes) -> Chorale:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.mid"
        path.write_bytes(content)
        return read_music(path).chorale


def lyrics(content: bytes) -> list[list[tuple[int, str]]]:
    """Ticks and texts of the lyric events of each track, by mido alone."""
    found = []
    for track in mido.MidiFile(file=io.BytesIO(content), charset="utf-8").tracks:
        now, events = 0, []
        for message in track:
            now += message.time
            if message.type == "lyrics":
                events.append((now, message.text))
        found.append(events)
    return found


def is_melisma(chorale: Chorale, note: Note, following: Note | None, voice: int) -> bool:
    """Whether a syllable on a note is sung on later ones, up to the next syllable's note."""
    if following is None:
        return False
    between = slice(note.onset_step + 1, following.onset_step)
    rests = (chorale.pitches[between, voice] == REST).any()
    return bool(chorale.onsets[between, voice].any() and not rests)


@given(chorales(), st.tuples(*NAMES), st.lists(MARKS, max_size=3, unique=True), st.data())
def test_words_names_and_marks_are_read_back(
    chorale: Chorale, names: tuple[str, ...], marks: list[Mark], data: st.DataObject
) -> None:
    syllables = []
    for voice in range(len(VOICES)):
        line = [note for note in notes(chorale, voice) if data.draw(st.integers(0, 3))]
        for note, following in zip(line, [*line[1:], None], strict=False):
            hyphen = following is not None and data.draw(st.booleans())
            melisma = not hyphen and is_melisma(chorale, note, following, voice)
            word = data.draw(WORDS)
            syllables.append(Syllable(voice, note.onset_step, 1, word, hyphen, melisma))
    syllables.sort(key=lambda each: (each.step, each.voice))
    marks = [
        replace(mark, step=data.draw(st.integers(0, chorale.plan.length_steps - 1)))
        for mark in marks
    ]
    marks.sort(key=lambda mark: mark.step)
    if not any(chorale.onsets[:, voice].any() for voice in range(4)):
        return  # a file without notes is refused
    silent = [not chorale.onsets[:, voice].any() for voice in range(4)]
    names = tuple("" if silent[voice] else name for voice, name in enumerate(names))
    one = Annotations(tuple(syllables), marks=tuple(dict.fromkeys(marks)), names=names)
    back = reread(midi_bytes(replace(chorale, annotations=one)))
    assert back.annotations == one


def test_a_syllable_that_goes_on_has_a_hyphen_and_a_word_a_blank() -> None:
    words = (Syllable(1, 0, 1, "A", hyphen=True), Syllable(1, 4, 1, "men"))
    content = midi_bytes(replace(quarters(8), annotations=Annotations(words)))
    assert lyrics(content) == [[], [], [(0, "A-"), (480, "men ")], [], []]


def test_the_first_verse_is_written() -> None:
    words = (Syllable(0, 0, 3, "c"), Syllable(0, 0, 2, "b"))
    content = midi_bytes(replace(quarters(8), annotations=Annotations(words)))
    assert lyrics(content)[1] == [(0, "b ")]


def test_music21_reads_the_words_under_their_notes(tmp_path: Path) -> None:
    words = tuple(
        Syllable(0, 4 * place, 1, word) for place, word in enumerate(("Nun", "freut", "你"))
    )
    path = tmp_path / "words.mid"
    path.write_bytes(midi_bytes(replace(quarters(16), annotations=Annotations(words))))
    score = music21.converter.parse(path)
    assert isinstance(score, music21.stream.Score)
    soprano = score.parts[0]
    assert [note.lyric for note in soprano.recurse().notes] == ["Nun ", "freut ", "你 ", None]


def test_words_follow_a_count_in_and_played_repeats() -> None:
    words = (Syllable(0, 0, 1, "a"), Syllable(0, 0, 2, "b"), Syllable(0, 8, 1, "c"))
    one = replace(quarters(16), annotations=Annotations(words, repeats=(Repeat(0, 8),)))
    assert lyrics(midi_bytes(one))[1] == [(0, "a "), (960, "c ")]
    options = RenderOptions(count_in_bars=1, play_repeats=True)
    ticks = [(480 * (4 + quarter), text) for quarter, text in ((0, "a "), (2, "b "), (4, "c "))]
    assert lyrics(midi_bytes(one, render_options=options))[1] == ticks


def test_the_words_of_a_silent_voice_are_left_out() -> None:
    one = replace(quarters(8), annotations=Annotations((Syllable(0, 0, 1, "a"),)))
    assert lyrics(midi_bytes(one, render_options=RenderOptions(silent_voice=0)))[1] == []


@pytest.mark.parametrize(
    ("name", "track"),
    [
        ("Sopran", "Sopran"),
        ("Soprano I", "Soprano I"),
        ("", "Soprano"),
        ("Flöte", "Soprano"),
        ("Alt", "Soprano"),
        ("Women", "Soprano"),
        ("Chor: Sopran", "Soprano"),
    ],
)
def test_a_track_has_the_name_of_the_file_if_it_is_that_of_the_voice(name: str, track: str) -> None:
    assert name_track(Annotations(names=(name, "", "", "")), 0) == track


def test_annotations_that_midi_lacks_change_nothing() -> None:
    one = Annotations(
        chord_symbols=(ChordSymbol(0, ("G", 0)),),
        repeats=(Repeat(0, 8),),
        marks=(Mark("dynamic", 0, "p"), Mark("tempo", 0)),
    )
    chorale = from_pitches(np.full((16, 4), 60, np.int16), Plan(16))
    assert midi_bytes(replace(chorale, annotations=one)) == midi_bytes(chorale)
