"""MIDI files read back with mido alone and with music21."""

import io
from typing import Any

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import chorales

from chorale.music import REST, VOICES, Chorale, Key, Metre, Plan, from_pitches
from chorale.music.voicings import VOICINGS
from chorale.rendering.metadata import Metadata
from chorale.rendering.render_options import RenderOptions
from chorale.rendering.sound.midi import midi_bytes

TICKS = 120  # a step, at 480 ticks a quarter


def opened(content: bytes) -> mido.MidiFile:
    return mido.MidiFile(file=io.BytesIO(content), charset="utf-8")


def timed(track: mido.MidiTrack) -> list[tuple[int, mido.Message]]:
    """Messages with their time in ticks from the start, in order."""
    now, messages = 0, []
    for message in track:
        now += message.time
        messages.append((now, message))
    return messages


def sounded(track: mido.MidiTrack) -> list[tuple[int, int, int]]:
    """(start, end, pitch) of each note, in ticks; fails where two notes of a track overlap."""
    played, started = [], None
    for now, message in timed(track):
        if message.type == "note_on":
            assert started is None
            started = now, message.note
        elif message.type == "note_off":
            assert started is not None
            assert message.note == started[1]
            played.append((started[0], now, message.note))
            started = None
    assert started is None
    return played


def meta(track: mido.MidiTrack, kind: str) -> list[tuple[int, mido.MetaMessage]]:
    return [(now, message) for now, message in timed(track) if message.type == kind]


def written(chorale: Chorale, voice: int) -> list[tuple[int, int, int]]:
    """The expected result of `sounded`, step by step from the arrays."""
    expected: list[tuple[int, int, int]] = []
    for step, (pitch, onset) in enumerate(
        zip(chorale.pitches[:, voice].tolist(), chorale.onsets[:, voice], strict=True)
    ):
        if onset:
            expected.append((step * TICKS, (step + 1) * TICKS, pitch))
        elif pitch != REST:
            start, _, held = expected.pop()
            expected.append((start, (step + 1) * TICKS, held))
    return expected


@given(chorales(lowest=0, highest=127))
def test_every_note_is_read_back_with_its_pitch_onset_and_length(chorale: Chorale) -> None:
    tracks = opened(midi_bytes(chorale)).tracks[1:]
    assert [sounded(track) for track in tracks] == [written(chorale, voice) for voice in range(4)]


@given(chorales())
def test_metre_pickup_key_and_length_are_read_back(chorale: Chorale) -> None:
    file = opened(midi_bytes(chorale))
    plan = chorale.plan
    assert all(timed(track)[-1][0] == plan.length_steps * TICKS for track in file.tracks)

    signatures = [
        (now, Metre(sign.numerator, sign.denominator))
        for now, sign in meta(file.tracks[0], "time_signature")
    ]
    if plan.metre is None:
        assert signatures == []
    elif plan.pickup_steps == 0:
        assert signatures == [(0, plan.metre)]
    else:
        (start, pickup), second = signatures
        assert (start, pickup.steps_per_bar) == (0, plan.pickup_steps)
        assert second == (plan.pickup_steps * TICKS, plan.metre)

    keys = [sign.key for _, sign in meta(file.tracks[0], "key_signature")]
    assert keys == ([] if plan.key is None else [mido_key(plan.key)])


def mido_key(key: Key) -> str:
    tonic, mode = key.name.split()
    return tonic + ("m" if mode == "minor" else "")


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_every_key_has_a_signature_with_its_sharps(tonic: int, mode: str) -> None:
    from music21.key import KeySignature

    key = Key(tonic, "major" if mode == "major" else "minor")
    chorale = from_pitches(np.array([[72, 67, 64, 48]], np.int16), Plan(1, key=key))
    [(_, sign)] = meta(opened(midi_bytes(chorale)).tracks[0], "key_signature")
    name = sign.key.rstrip("m").replace("b", "-")
    assert KeySignature(key.sharps).asKey(mode).tonic.name == name


@pytest.mark.parametrize(
    ("key", "signature"),
    [("D dorian", "C"), ("E phrygian", "C"), ("G dorian", "F"), ("D lydian", "A")],
)
def test_a_church_mode_has_the_major_key_with_its_signature(key: str, signature: str) -> None:
    plan = Plan(1, key=Key.parse(key))
    chorale = from_pitches(np.array([[72, 67, 64, 48]], np.int16), plan)
    [(_, sign)] = meta(opened(midi_bytes(chorale)).tracks[0], "key_signature")
    assert sign.key == signature


@given(chorales())
@settings(max_examples=20)
def test_the_same_input_gives_the_same_bytes(chorale: Chorale) -> None:
    assert midi_bytes(chorale, Metadata("a")) == midi_bytes(chorale, Metadata("a"))


@given(chorales(), st.integers(0, 127))
@settings(max_examples=20)
def test_each_voice_has_a_named_track_and_channel_of_its_own(
    chorale: Chorale, program: int
) -> None:
    file = opened(midi_bytes(chorale, render_options=RenderOptions(program=program)))
    assert (file.type, file.ticks_per_beat) == (1, 480)
    names = [track.name for track in file.tracks[1:]]
    assert names == ["Soprano", "Alto", "Tenor", "Bass"]
    for channel, track in enumerate(file.tracks[1:]):
        sounding = [message for message in track if not message.is_meta]
        assert {message.channel for message in sounding} == {channel}
        assert sounding[0].type == "program_change"
        assert sounding[0].program == program


def test_a_quarter_of_pickup_is_a_measure_of_one_quarter(short: Chorale) -> None:
    signs = meta(opened(midi_bytes(short)).tracks[0], "time_signature")
    assert [(now, sign.numerator, sign.denominator) for now, sign in signs] == [
        (0, 1, 4),
        (480, 4, 4),
    ]


def test_a_repeated_note_ends_before_it_is_struck_again(short: Chorale) -> None:
    soprano = [m.type for now, m in timed(opened(midi_bytes(short)).tracks[1]) if now == 480]
    assert soprano == ["note_off", "note_on"]


def test_title_tempo_and_comments_are_read_back_in_any_script(short: Chorale) -> None:
    title, comments = "Größer 音楽", ["seed 7", "température 0,8 🎼", "bad\udcffbyte"]
    conductor = opened(
        midi_bytes(short, Metadata(title, tuple(comments)), RenderOptions(72))
    ).tracks[0]
    assert conductor.name == title
    assert [m.text for _, m in meta(conductor, "text")] == [*comments[:2], "bad?byte"]
    assert [mido.tempo2bpm(m.tempo) for _, m in meta(conductor, "set_tempo")] == [
        pytest.approx(72, abs=1e-3)
    ]


def test_music21_reads_four_parts_with_their_names_pickup_and_key(short: Chorale) -> None:
    from music21 import converter

    score: Any = converter.parseData(midi_bytes(short), format="midi")
    assert [part.partName for part in score.parts] == [voice.capitalize() for voice in VOICES]
    assert [note.pitch.midi for note in score.parts[3].flatten().notes] == [43, 36]
    first, second = score.parts[0].getElementsByClass("Measure")[:2]
    assert (first.duration.quarterLength, second.duration.quarterLength) == (1, 4)
    assert first.keySignature.sharps == 0


@pytest.fixture
def short() -> Chorale:
    """A pickup of a quarter and one measure in C major, the soprano's G struck twice."""
    pitches = [[67, 62, 59, 43]] * 4 + [[67, 64, 60, 36]] * 16
    chorale = from_pitches(np.array(pitches, np.int16), Plan(20, Metre(4, 4), 4, Key(0, "major")))
    onsets = chorale.onsets.copy()
    onsets[4, 0] = True
    return Chorale(chorale.pitches, onsets, chorale.plan)


@given(chorales(lowest=0, highest=127), st.integers(0, 3))
def test_a_silent_voice_has_a_track_without_notes(chorale: Chorale, silent: int) -> None:
    content = midi_bytes(chorale, render_options=RenderOptions(silent_voice=silent))
    tracks = opened(content).tracks[1:]
    assert [sounded(track) for track in tracks] == [
        [] if voice == silent else written(chorale, voice) for voice in range(4)
    ]


@given(chorales(), st.integers(0, 2), st.booleans())
def test_clicks_are_a_track_of_their_own(chorale: Chorale, bars: int, metronome: bool) -> None:
    options = RenderOptions(count_in_bars=bars, metronome=metronome)
    tracks = opened(midi_bytes(chorale, render_options=options)).tracks
    plain = opened(midi_bytes(chorale)).tracks
    if not (bars or metronome):
        assert tracks == plain
        return
    assert len({timed(track)[-1][0] for track in tracks}) == 1
    delay = timed(tracks[0])[-1][0] - timed(plain[0])[-1][0]
    for track, before in zip(tracks[1:5], plain[1:], strict=True):
        notes_before = [
            (start + delay, end + delay, pitch) for start, end, pitch in sounded(before)
        ]
        assert sounded(track) == notes_before
    for clicks in tracks[5:]:
        assert clicks.name == ("Metronome" if metronome else "Count-in")
        assert {pitch for *_, pitch in sounded(clicks)} <= {76, 77}
        assert metronome or all(start < delay for start, *_ in sounded(clicks))


@pytest.mark.parametrize("name", VOICINGS)
def test_the_tracks_are_named_after_the_voices_of_the_choir(name: str) -> None:
    options = RenderOptions(voicing=VOICINGS[name])
    content = midi_bytes(
        from_pitches(np.full((16, 4), REST, np.int16), Plan(16)), render_options=options
    )
    _, *tracks = mido.MidiFile(file=io.BytesIO(content)).tracks
    assert [track.name for track in tracks] == [
        part.name.capitalize() for part in VOICINGS[name].parts
    ]
