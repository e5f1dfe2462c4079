"""MIDI files as parts and chorales."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import chorales, plans_with_short_bars

from chorale.errors import ReadingError
from chorale.music import REST, Chorale, Key, Metre, Plan, from_pitches, notes
from chorale.reading import read_chorale, read_music
from chorale.reading.facts import COMPOSED_BY_CHORALE
from chorale.reading.midi import read_midi
from chorale.rendering.sound.midi import midi_bytes

QUARTER = 480  # ticks
FOUR_PITCHES = (72, 67, 60, 48)

# One function-scoped folder serves all examples of a property: each overwrites the file.
same_folder = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60
)


def track(name: str, *events: tuple[int, str, int], channel: int = 0) -> mido.MidiTrack:
    """Return a track of events: ticks since the previous event, "on" or "off", pitch."""
    messages = [
        mido.Message(f"note_{kind}", channel=channel, note=pitch, time=ticks)
        for ticks, kind, pitch in events
    ]
    return mido.MidiTrack([mido.MetaMessage("track_name", name=name), *messages])


def held(name: str, pitch: int, channel: int = 0) -> mido.MidiTrack:
    return track(name, (0, "on", pitch), (QUARTER, "off", pitch), channel=channel)


def write(folder: Path, tracks: Sequence[mido.MidiTrack], ticks_per_quarter: int = QUARTER) -> Path:
    path = folder / "made.mid"
    mido.MidiFile(type=1, ticks_per_beat=ticks_per_quarter, tracks=list(tracks)).save(path)
    return path


def signatures(*events: tuple[int, int, int]) -> mido.MidiTrack:
    """Return a conductor track: ticks since the previous event, numerator, denominator."""
    return mido.MidiTrack(
        mido.MetaMessage("time_signature", numerator=over, denominator=under, time=ticks)
        for ticks, over, under in events
    )


def quartet(soprano: mido.MidiTrack | None = None) -> list[mido.MidiTrack]:
    tracks = [held("", pitch) for pitch in FOUR_PITCHES]
    return [soprano or tracks[0], *tracks[1:]]


@same_folder
@given(chorales().filter(lambda c: bool((c.pitches[-1] != REST).any())))
def test_reading_inverts_writing_of_chorales_that_end_with_a_note(
    tmp_path: Path, chorale: Chorale
) -> None:
    path = tmp_path / "round.mid"
    path.write_bytes(midi_bytes(chorale))
    assert read_chorale(path, chorale.source or path.name) == replace(chorale, source=path.name)


@same_folder
@given(plans_with_short_bars())
def test_short_bars_are_read_back(tmp_path: Path, plan: Plan) -> None:
    path = tmp_path / "round.mid"
    path.write_bytes(midi_bytes(from_pitches(np.full((plan.length_steps, 4), 60), plan)))
    found = read_music(path).facts
    assert (found.metre, found.early_downbeats) == (plan.metre, plan.early_downbeats)
    assert found.pickup_steps in (plan.pickup_steps, None)


@same_folder
@given(st.data())
def test_a_damaged_file_is_read_or_refused_in_one_line(tmp_path: Path, data: st.DataObject) -> None:
    whole = BytesIO()
    mido.MidiFile(type=1, tracks=quartet()).save(file=whole)
    content = bytearray(whole.getvalue()[: data.draw(st.integers(0, len(whole.getvalue())))])
    for position in data.draw(st.lists(st.integers(0, max(0, len(content) - 1)), max_size=4)):
        if content:
            content[position] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.mid"
    path.write_bytes(content)
    try:
        read_chorale(path)
    except ReadingError as error:
        message = str(error)
    else:
        return
    assert str(path) in message
    assert "\n" not in message


def test_voices_are_found_by_track_names_in_any_order(tmp_path: Path) -> None:
    names = ("Bass", "tenor 1", "ALTO", "Soprano")
    tracks = [held(name, pitch) for name, pitch in zip(names, reversed(FOUR_PITCHES), strict=True)]
    chorale = read_chorale(write(tmp_path, [held("Organ", 50), *tracks]))
    assert tuple(chorale.pitches[0]) == FOUR_PITCHES


def test_four_unnamed_tracks_stand_in_score_order(tmp_path: Path) -> None:
    assert tuple(read_chorale(write(tmp_path, quartet())).pitches[0]) == FOUR_PITCHES


def test_one_track_of_four_channels_is_four_parts(tmp_path: Path) -> None:
    messages = [
        mido.Message(kind, channel=channel, note=pitch, time=time)
        for kind, start in (("note_on", 0), ("note_off", QUARTER))
        for channel, pitch in enumerate(FOUR_PITCHES)
        for time in [start if channel == 0 else 0]
    ]
    chorale = read_chorale(write(tmp_path, [mido.MidiTrack(messages)]))
    assert tuple(chorale.pitches[3]) == FOUR_PITCHES


def test_drums_are_left_out_and_reported(tmp_path: Path) -> None:
    both = [*held("Alto", 67), *held("", 40, channel=9)[1:]]
    tracks = [*quartet(), held("Claves", 40, channel=9), mido.MidiTrack(both)]
    path = write(tmp_path, tracks[:-1])
    assert tuple(read_chorale(path).pitches[0]) == FOUR_PITCHES
    assert read_music(path).change_notices == ("channel 10, the drums, left out: 1 note",)
    reading = read_music(write(tmp_path, tracks[-2:]))
    assert [note.pitch for note in notes(reading.chorale, 1)] == [67]
    assert reading.notices[1:] == ["channel 10, the drums, left out: 2 notes"]


def test_a_track_named_after_a_voice_is_read_on_channel_10_too(tmp_path: Path) -> None:
    names = ("Soprano", "Alto", "Tenor 1", "Bass")
    tracks = [
        held(name, pitch, channel)
        for channel, (name, pitch) in enumerate(zip(names, FOUR_PITCHES, strict=True), start=7)
    ]
    reading = read_music(write(tmp_path, tracks))
    assert tuple(reading.chorale.pitches[0]) == FOUR_PITCHES
    assert reading.notices == []


def test_patterns_of_format_2_are_read_one_at_a_time(tmp_path: Path) -> None:
    high, low = (held(name, pitch) for name, pitch in (("High", 72), ("", 48)))
    high.insert(0, mido.MetaMessage("time_signature", numerator=3))
    low.insert(0, mido.MetaMessage("key_signature", key="G"))
    conductor = mido.MidiTrack([mido.MetaMessage("track_name", name="Two tunes")])
    path = tmp_path / "made.mid"
    mido.MidiFile(type=2, ticks_per_beat=QUARTER, tracks=[conductor, high, low]).save(path)
    allowed = r"has 2 patterns, each a piece of its own .*--part, by name or number: 1 High, 2$"
    for read in (read_music, read_chorale):
        with pytest.raises(ReadingError, match=allowed):
            read(path)
    first, second = read_music(path, part="high"), read_music(path, part="2")
    assert [first.facts.metre, second.facts.metre] == [Metre(3, 4), None]
    assert [first.facts.sharps, second.facts.sharps] == [None, 1]
    assert [tuple(each.chorale.pitches[0]) for each in (first, second)] == [
        (72, REST, REST, REST),
        (48, REST, REST, REST),
    ]


def test_a_single_pattern_is_read_like_any_track(tmp_path: Path) -> None:
    path = tmp_path / "made.mid"
    tracks = [signatures((0, 3, 4)), held("", 60)]
    mido.MidiFile(type=2, ticks_per_beat=QUARTER, tracks=tracks).save(path)
    reading = read_music(path)
    assert (reading.voices, reading.facts.metre) == (("soprano",), Metre(3, 4))


def test_the_channels_of_a_pattern_are_one_part(tmp_path: Path) -> None:
    both = [*held("Duet", 72), *held("", 60, channel=1)[1:]]
    both[3:] = [both[3].copy(time=0), both[4]]
    path = tmp_path / "made.mid"
    tracks = [mido.MidiTrack(both), held("Solo", 60)]
    mido.MidiFile(type=2, ticks_per_beat=QUARTER, tracks=tracks).save(path)
    assert [part.name for part in read_midi(path)] == ["Duet", "Solo"]
    assert [len(part.notes) for part in read_midi(path)] == [2, 1]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (":soprano", "soprano"),
        ("women:alto", "alto"),
        ("bass:", "bass"),
        ("Suite: Prelude", "Suite: Prelude"),
        ("Flute", "Flute"),
        (":", ""),
    ],
)
def test_a_track_of_a_staff_and_a_voice_has_the_name_of_the_voice(
    tmp_path: Path, written: str, name: str
) -> None:
    assert [part.name for part in read_midi(write(tmp_path, [held(written, 60)]))] == [name]


def test_lilyponds_names_of_voices_are_found(tmp_path: Path) -> None:
    names = (":bass", "men:tenor", ":alto", "women:soprano")
    tracks = [held(name, pitch) for name, pitch in zip(names, FOUR_PITCHES[::-1], strict=True)]
    path = write(tmp_path, [*tracks, held("organ:", 60)])
    assert tuple(read_chorale(path).pitches[0]) == FOUR_PITCHES
    for choice in ("alto", ":alto", "Alto", "altus"):
        assert read_music(path, part=choice).voices == ("alto",)
    with pytest.raises(ReadingError, match=r"no part viola; .*: 1 bass, 2 tenor, 3 alto, 4 sop"):
        read_music(path, part="viola")


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_another_number_of_parts_is_refused(tmp_path: Path, count: int) -> None:
    path = write(tmp_path, [held(f"Part {number}", 60) for number in range(count)])
    with pytest.raises(ReadingError, match=rf"made.mid has {count} parts?.*a chorale has four"):
        read_chorale(path)


def test_a_silent_track_named_after_a_voice_is_that_voice(tmp_path: Path) -> None:
    tracks = [held("Soprano", 72), track("Alto"), held("Tenor", 60), held("Bass", 48)]
    assert tuple(read_chorale(write(tmp_path, tracks)).pitches[0]) == (72, REST, 60, 48)


def test_rests_at_the_beginning_and_repeated_sixteenths_are_kept(tmp_path: Path) -> None:
    step = QUARTER // 4
    events = [(4 * step, "on", 72), (step, "off", 72), (0, "on", 72), (step, "off", 72)]
    chorale = read_chorale(write(tmp_path, quartet(track("", *events))))
    assert chorale.pitches[:, 0].tolist() == [REST] * 4 + [72, 72]
    assert chorale.onsets[:, 0].tolist() == [False] * 4 + [True, True]


def test_times_are_rounded_to_the_nearest_step(tmp_path: Path) -> None:
    events = [(7, "on", 72), (110, "off", 72), (10, "on", 74), (230, "off", 74)]
    chorale = read_chorale(write(tmp_path, quartet(track("", *events))))
    assert chorale.pitches[:, 0].tolist() == [72, 74, 74, REST]


def test_a_note_too_short_for_the_grid_lasts_a_step_unless_another_starts_there(
    tmp_path: Path,
) -> None:
    staccato = [(0, "on", 72), (20, "off", 72), (220, "on", 74), (20, "off", 74), (0, "on", 76)]
    chorale = read_chorale(write(tmp_path, quartet(track("", *staccato, (240, "off", 76)))))
    assert chorale.pitches[:, 0].tolist() == [72, REST, 76, 76]


def test_a_note_without_an_end_lasts_to_the_end_of_its_track(tmp_path: Path) -> None:
    chorale = read_chorale(write(tmp_path, quartet(track("", (0, "on", 72), (QUARTER, "on", 74)))))
    assert [note.pitch for note in notes(chorale, 0)] == [72, 74]


def test_two_notes_of_one_pitch_that_start_together_are_a_unison(tmp_path: Path) -> None:
    both = track("", (0, "on", 60), (0, "on", 60), (QUARTER, "off", 60), (QUARTER, "off", 60))
    [line] = read_midi(write(tmp_path, [both]))
    assert [(note.start, note.end) for note in line.notes] == [(0, 4), (0, 8)]


def test_of_a_chord_the_outer_voices_keep_the_outer_notes(tmp_path: Path) -> None:
    def chord(low: int) -> mido.MidiTrack:
        return track(
            "", (0, "on", low), (0, "on", low + 4), (QUARTER, "off", low), (0, "off", low + 4)
        )

    chorale = read_chorale(write(tmp_path, [chord(pitch) for pitch in FOUR_PITCHES]))
    assert tuple(chorale.pitches[0]) == (76, 71, 64, 48)


@pytest.mark.parametrize(
    ("events", "metre", "pickup"),
    [
        ([(0, 3, 4)], Metre(3, 4), 0),
        ([(0, 1, 4), (QUARTER, 4, 4)], Metre(4, 4), 4),
        ([(0, 3, 16), (3 * QUARTER // 4, 3, 8)], Metre(3, 8), 3),
        ([(0, 4, 4), (QUARTER * 4, 4, 4)], Metre(4, 4), 0),
        ([(0, 4, 4), (QUARTER * 24, 3, 4)], Metre(4, 4), 0),  # a short last bar
        ([(0, 1, 4), (QUARTER, 4, 4), (QUARTER * 24, 2, 4)], Metre(4, 4), 4),
        ([(0, 4, 4), (QUARTER * 4, 3, 4), (QUARTER * 3, 1, 4), (QUARTER, 4, 4)], Metre(4, 4), 0),
        ([(0, 4, 4), (QUARTER * 4, 3, 4), (QUARTER * 3, 4, 4)], Metre(4, 4), 0),
        ([(0, 4, 4), (QUARTER * 4, 3, 8), (QUARTER * 3 // 2, 4, 4)], None, 0),
        ([(0, 4, 4), (QUARTER * 16, 3, 4), (QUARTER * 12, 2, 4)], None, 0),
        ([(0, 4, 32)], None, 0),
        ([], None, 0),
    ],
)
def test_metre_and_pickup_are_read_from_time_signatures(
    tmp_path: Path, events: list[tuple[int, int, int]], metre: Metre | None, pickup: int
) -> None:
    bars = track("", (0, "on", 72), (QUARTER * 27, "off", 72))
    plan = read_chorale(write(tmp_path, [signatures(*events), *quartet(bars)])).plan
    assert (plan.metre, plan.pickup_steps) == (metre, pickup)


def test_a_short_measure_between_full_ones_is_followed_by_an_early_downbeat(
    tmp_path: Path,
) -> None:
    track_of = signatures((0, 1, 4), (QUARTER, 4, 4), (QUARTER * 8, 3, 4), (QUARTER * 3, 4, 4))
    bars = track("", (0, "on", 72), (QUARTER * 27, "off", 72))
    plan = read_chorale(write(tmp_path, [track_of, *quartet(bars)])).plan
    assert (plan.metre, plan.pickup_steps, plan.early_downbeats) == (Metre(4, 4), 4, (48,))


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (["F#m"], Key(6, "minor")),
        (["Cb"], Key(11, "major")),
        (["Bb", "Bb"], Key(10, "major")),
        (["C", "Am"], None),
        ([], None),
    ],
)
def test_the_key_is_read_from_a_single_key_signature(
    tmp_path: Path, names: list[str], key: Key | None
) -> None:
    conductor = mido.MidiTrack(mido.MetaMessage("key_signature", key=name) for name in names)
    assert read_chorale(write(tmp_path, [conductor, *quartet()])).plan.key == key


@pytest.mark.parametrize(
    ("events", "tempo"),
    [
        ([], None),
        ([(0, 500_000)], 120.0),
        ([(0, 500_000), (0, 750_000), (480, 400_000)], 80.0),
        ([(480, 400_000)], None),
    ],
)
def test_the_tempo_is_that_of_the_beginning(
    tmp_path: Path, events: list[tuple[int, int]], tempo: float | None
) -> None:
    conductor = mido.MidiTrack(
        [mido.MetaMessage("set_tempo", time=time, tempo=value) for time, value in events]
    )
    [*_, part] = read_midi(write(tmp_path, [conductor, held("Soprano", 60)]))
    assert part.facts.tempo_qpm == tempo


def test_a_file_timed_in_film_frames_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, quartet())
    content = bytearray(path.read_bytes())
    content[12:14] = (0xE7, 0x28)  # 25 frames of 40 ticks
    path.write_bytes(content)
    with pytest.raises(ReadingError, match="film frames"):
        read_chorale(path)


def test_a_file_that_is_far_too_long_is_refused(tmp_path: Path) -> None:
    endless = track("", (0, "on", 72), (2**28 - 1, "off", 72))
    path = write(tmp_path, quartet(endless), ticks_per_quarter=1)
    with pytest.raises(ReadingError, match="outside the first 20,000 sixteenths"):
        read_chorale(path)


# Files that cannot be read


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it ends early"),
        (b"Dear diary", "it is not a MIDI file despite its name"),
        (b"MThd\0\0\0\6\0\1\0\1\1\xe0MTr", "it ends early"),
        (b"MThd\0\0\0\6\0\1\0\1\1\xe0Mtrk\0\0\0\0", "it has no tracks"),
    ],
    ids=["empty", "text", "truncated", "no tracks"],
)
def test_the_error_states_why_a_file_cannot_be_read_and_what_to_do(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "bad.mid"
    path.write_bytes(content)
    with pytest.raises(ReadingError) as caught:
        read_midi(path)
    assert str(caught.value) == (
        f"{path} cannot be read as MIDI ({reason}); "
        "export it again from your score editor, or as MusicXML"
    )


def test_a_file_without_ticks_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, quartet())
    content = bytearray(path.read_bytes())
    content[12:14] = bytes(2)
    path.write_bytes(content)
    with pytest.raises(ReadingError, match="not in quarters"):
        read_midi(path)


# Parts


def test_one_track_of_two_channels_is_two_parts_with_the_facts_of_the_file(
    tmp_path: Path,
) -> None:
    both = mido.MidiTrack(
        [
            mido.MetaMessage("track_name", name="Piano"),
            mido.MetaMessage("time_signature", numerator=3, denominator=4),
            mido.MetaMessage("marker", text="fermata, 4/16"),
            mido.MetaMessage("marker", text="verse"),
            mido.Message("note_on", channel=1, note=48),
            mido.Message("note_on", channel=0, note=72),
            mido.Message("note_off", channel=1, note=48, time=QUARTER),
            mido.Message("note_off", channel=0, note=72),
        ]
    )
    high, low = read_midi(write(tmp_path, [both]))
    assert [note.pitch for note in (*high.notes, *low.notes)] == [72, 48]
    for part in (high, low):
        assert (part.name, part.fermatas) == ("", ((0, 4),))
        assert (part.facts.metre, part.facts.by_chorale) == (Metre(3, 4), True)


def test_names_are_read_without_padding(tmp_path: Path) -> None:
    conductor = mido.MidiTrack([mido.MetaMessage("track_name", name=" A Mighty Fortress \0")])
    [_, part] = read_midi(write(tmp_path, [conductor, held(" Alto\0 ", 60)]))
    assert (part.name, part.facts.title) == ("Alto", "A Mighty Fortress")


def test_a_note_struck_again_while_it_sounds_ends_there(tmp_path: Path) -> None:
    line = track("", (0, "on", 60), (QUARTER, "on", 60), (QUARTER, "off", 60))
    [part] = read_midi(write(tmp_path, [line]))
    assert [(note.start, note.end) for note in part.notes] == [(0, 4), (4, 8)]


@pytest.mark.parametrize("overlap", [0, 24, 100, 120, 200])
def test_a_pitch_struck_again_before_its_release_keeps_both_lengths(
    tmp_path: Path, overlap: int
) -> None:
    events = [(0, "on", 60), (QUARTER, "on", 60), (overlap, "off", 60)]
    events += [(QUARTER - overlap, "on", 60), (overlap, "off", 60)]
    path = write(tmp_path, [track("", *events, (QUARTER - overlap, "off", 60))])
    line = notes(read_music(path).chorale, 0)
    assert [(note.pitch, note.onset_step, note.length_steps) for note in line] == [
        (60, 0, 4),
        (60, 4, 4),
        (60, 8, 4),
    ]


def test_notes_cut_in_a_melody_are_counted(tmp_path: Path) -> None:
    half = QUARTER // 2
    events = [(0, "on", 60), (QUARTER, "on", 60), (half, "off", 60), (half, "off", 60)]
    reading = read_music(write(tmp_path, [track("Alto", *events)]))
    assert [note.length_steps for note in notes(reading.chorale, 1)] == [4, 4]
    assert reading.change_notices == ("1 note cut where the same pitch is struck again",)


def test_a_note_of_velocity_0_ends_a_note_and_one_of_velocity_1_starts_one(tmp_path: Path) -> None:
    softest = mido.Message("note_on", note=60, velocity=1)
    ended = mido.Message("note_on", note=60, velocity=0, time=QUARTER)
    more = mido.Message("note_on", note=62, velocity=1)
    last = mido.Message("note_off", note=62, time=QUARTER)
    [part] = read_midi(write(tmp_path, [mido.MidiTrack([softest, ended, more, last])]))
    assert [(note.start, note.end) for note in part.notes] == [(0, 4), (4, 8)]


# Title, comments, key and metre


def texts(*words: tuple[int, str], name: str = "") -> mido.MidiTrack:
    """Return a conductor track of a name and texts, each with ticks since the previous."""
    messages = [mido.MetaMessage("text", time=ticks, text=text) for ticks, text in words]
    return mido.MidiTrack([mido.MetaMessage("track_name", name=name), *messages])


def test_the_title_is_the_name_of_a_conductor_track_not_of_a_voice(tmp_path: Path) -> None:
    [*_, part] = read_midi(write(tmp_path, [texts(name="Old Hundredth"), held("Soprano", 72)]))
    assert part.facts.title == "Old Hundredth"
    for tracks in ([held("Soprano", 72), held("Alto", 60)], [held("Soprano", 72)]):
        assert read_midi(write(tmp_path, tracks))[0].facts.title is None
    assert read_midi(write(tmp_path, [texts(), held("Soprano", 72)]))[1].facts.title is None


def test_comments_are_read_only_from_our_files_and_only_at_the_beginning(
    tmp_path: Path,
) -> None:
    signed = texts((0, COMPOSED_BY_CHORALE), (0, "seed 1"), (QUARTER, "Amen"))
    assert read_midi(write(tmp_path, [signed, *quartet()]))[0].facts.comments == (
        COMPOSED_BY_CHORALE,
        "seed 1",
    )
    for other in (
        texts((0, "seed 1"), (0, COMPOSED_BY_CHORALE)),
        texts((QUARTER, COMPOSED_BY_CHORALE)),
        texts(),
    ):
        assert read_midi(write(tmp_path, [other, *quartet()]))[0].facts.comments == ()


def test_changes_of_key_and_metre_are_reported(tmp_path: Path) -> None:
    keys = mido.MidiTrack(mido.MetaMessage("key_signature", key=key) for key in ("C", "Am"))
    bars = signatures((0, 4, 4), (QUARTER * 16, 3, 4), (QUARTER * 12, 2, 4))
    long = track("", (0, "on", 72), (QUARTER * 30, "off", 72))
    facts = read_midi(write(tmp_path, [keys, bars, long]))[-1].facts
    assert facts.changes == ("metre", "key")
    odd = read_midi(write(tmp_path, [signatures((0, 4, 32)), long]))[-1].facts
    assert odd.changes == ("metre",)


@pytest.mark.parametrize(
    ("events", "metre"),
    [
        ([(0, 4, 4), (0, 3, 4)], Metre(3, 4)),
        (
            [
                (0, 4, 4),
                (QUARTER * 4, 3, 4),
                (QUARTER * 3, 1, 4),
                (QUARTER, 4, 4),
                (QUARTER * 17, 2, 4),
            ],
            Metre(4, 4),
        ),
        (
            [
                (0, 4, 4),
                (QUARTER * 16, 3, 4),
                (QUARTER * 3, 1, 4),
                (QUARTER, 4, 4),
                (QUARTER * 2, 2, 4),
            ],
            None,
        ),
        ([(0, 2, 4), (QUARTER * 26, 3, 8)], Metre(2, 4)),
        ([(0, 2, 2), (QUARTER * 4, 4, 4)], None),
        ([(0, 4, 4), (QUARTER * 4, 3, 4)], None),
    ],
    ids=[
        "the last of two at once",
        "a bar in halves",
        "barlines out of place",
        "the longest is not the largest",
        "a first signature of a whole bar",
        "one bar of another metre",
    ],
)
def test_the_metre_is_the_longest_one_if_the_barlines_stay_in_place(
    tmp_path: Path, events: list[tuple[int, int, int]], metre: Metre | None
) -> None:
    long = track("", (0, "on", 72), (QUARTER * 27, "off", 72))
    facts = read_midi(write(tmp_path, [signatures(*events), long]))[-1].facts
    assert facts.metre == metre
    assert facts.changes == (() if metre else ("metre",))


def test_the_tempo_at_the_beginning_is_read_with_the_coarsest_ticks(tmp_path: Path) -> None:
    conductor = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000)])
    line = track("", (0, "on", 72), (1, "off", 72))
    [_, part] = read_midi(write(tmp_path, [conductor, line], ticks_per_quarter=1))
    assert part.facts.tempo_qpm == 120


def test_the_stretches_of_a_metre_are_added_up(tmp_path: Path) -> None:
    bars = signatures((0, 4, 4), (QUARTER * 4, 3, 4), (QUARTER * 3, 1, 4), (QUARTER, 4, 4))
    short = track("", (0, "on", 72), (QUARTER * 10, "off", 72))
    facts = read_midi(write(tmp_path, [bars, short]))[-1].facts
    assert (facts.metre, facts.pickup_steps) == (Metre(4, 4), 0)


def test_of_two_signatures_at_once_the_first_is_not_a_pickup(tmp_path: Path) -> None:
    facts = read_midi(write(tmp_path, [signatures((0, 4, 4), (0, 3, 4)), *quartet()]))[-1].facts
    assert (facts.metre, facts.pickup_steps) == (Metre(3, 4), None)


def test_programs_are_those_of_channels_with_notes(tmp_path: Path) -> None:
    tracks = [
        held("", pitch, channel) for channel, pitch in zip((0, 1, 2, 9), FOUR_PITCHES, strict=True)
    ]
    for channel, program in ((0, 52), (1, 19), (2, 52), (5, 7), (9, 30)):
        change = mido.Message("program_change", channel=channel, program=program)
        tracks[min(channel, 3)].insert(0, change)
    assert read_midi(write(tmp_path, tracks))[0].facts.programs == (19, 52)
    assert read_midi(write(tmp_path, quartet()))[0].facts.programs == ()
