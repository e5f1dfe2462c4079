"""Words, repeats and the like through the commands, from file to file."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import mido
import pytest
import soundfile
from command import Run
from places import ASSETS

import chorale
from chorale import reading
from chorale.music import Annotations, Chorale, excerpt, notes
from chorale.music.annotations import ChordSymbol, Mark, Repeat, SpelledNote, Syllable
from chorale.music.spelling import spell
from chorale.reading import Reading, read_music
from chorale.rendering.sound import playback
from chorale.rendering.sound.midi import midi_bytes

LINE = "Nun dan- ket al- le Gott mit Her- zen Mund und Hän- den der gro- ße Din- ge"


def words(music: Chorale, verses: int = 1) -> tuple[Syllable, ...]:
    """Words under the soprano, each syllable with the number of its verse."""
    return tuple(
        Syllable(0, note.onset_step, verse, f"{word.rstrip('-')}{verse}", word.endswith("-"))
        for note, word in zip(notes(music, 0), LINE.split(), strict=False)
        for verse in range(1, verses + 1)
    )


@pytest.fixture
def hymn(run: Run) -> Chorale:
    """The chorale of the file hymn.mid, which has words under its soprano."""
    music = excerpt(read_music(ASSETS / "chorale.mid").chorale, 0, 64)
    music = replace(music, annotations=Annotations(words(music), names=("Sopran", "", "", "Basso")))
    Path("hymn.mid").write_bytes(midi_bytes(music))
    return music


@pytest.fixture
def full(hymn: Chorale, monkeypatch: pytest.MonkeyPatch) -> Annotations:
    """Annotations of all kinds, which every file that is read has."""
    first = notes(hymn, 0)[0]
    annotations = Annotations(
        syllables=words(hymn, 2),
        chord_symbols=(ChordSymbol(0, ("A", 0)), ChordSymbol(32, ("E", 0))),
        repeats=(Repeat(0, 32),),
        marks=(Mark("tempo", 0, "Andante"), Mark("dynamic", 4, "p", voice=0)),
        spellings=(SpelledNote(0, 0, spell(first.pitch, None)),),
        names=("Sopran", "", "", ""),
    )

    def read(path: Path, *options: Any) -> Reading:
        one = read_music(path, *options)
        return replace(one, chorale=replace(one.chorale, annotations=annotations))

    monkeypatch.setattr(reading, "read_music", read)
    return annotations


def sung(file: str, voice: int = 0) -> list[tuple[int, str, bool]]:
    """Step, text and hyphen of each syllable of a voice in a file."""
    return [
        (one.step, one.text, one.hyphen)
        for one in read_music(Path(file)).chorale.annotations.syllables
        if one.voice == voice
    ]


def expected(syllables: tuple[Syllable, ...], shift: int = 0) -> list[tuple[int, str, bool]]:
    return [(one.step + shift, one.text, one.hyphen) for one in syllables if one.verse == 1]


def test_words_and_names_stay_in_a_rendered_file(run: Run, hymn: Chorale) -> None:
    assert run("render", "hymn.mid", "--transpose", "2", "-o", "up.mid").status == 0
    assert sung("up.mid") == expected(hymn.annotations.syllables)
    assert read_music(Path("up.mid")).chorale.annotations.names == ("Sopran", "", "", "Basso")
    run("render", "hymn.mid", "--count-in", "1", "-o", "counted.mid")
    assert sung("counted.mid") == expected(hymn.annotations.syllables, 28)


def test_all_voices_of_a_harmonized_tune_have_its_words(run: Run, hymn: Chorale) -> None:
    ended = run("harmonize", "hymn.mid", "-o", "set.mid")
    assert (ended.status, ended.err) == (0, "")
    assert sung("set.mid") == expected(hymn.annotations.syllables)
    music = read_music(Path("set.mid")).chorale
    assert music.annotations.names == ("Sopran", "", "", "Basso")
    for voice in (1, 2, 3):
        laid = sung("set.mid", voice)
        assert laid[0][:2] == (0, "Nun1")
        assert all(music.onsets[step, voice] for step, _, _ in laid)


def test_the_words_follow_a_tune_to_its_voice_and_its_bars(run: Run, hymn: Chorale) -> None:
    tune = replace(hymn, pitches=hymn.pitches.copy())
    run("harmonize", "hymn.mid", "--keep", "soprano", "--bars", "1-2", "-o", "part.mid")
    inside = [one for one in tune.annotations.syllables if 4 <= one.step < 36]
    assert sung("part.mid") == expected(tuple(inside), -4)


def test_a_continued_opening_keeps_its_words(run: Run, hymn: Chorale) -> None:
    assert run("continue", "hymn.mid", "--bars", "1", "-o", "longer.mid").status == 0
    assert sung("longer.mid") == expected(hymn.annotations.syllables)


def test_rewritten_voices_keep_their_words(run: Run, hymn: Chorale) -> None:
    ended = run("rewrite", "hymn.mid", "--bars", "2-2", "--voices", "soprano", "-o", "other.mid")
    assert (ended.status, ended.err) == (0, "")
    laid, before = sung("other.mid"), expected(hymn.annotations.syllables)
    assert [one for one in laid if not 20 <= one[0] < 36] == [
        one for one in before if not 20 <= one[0] < 36
    ]
    assert "".join(text for _, text, _ in laid).replace(" ", "") == "".join(
        text for _, text, _ in before
    )


def test_what_midi_lacks_is_reported_in_a_line(run: Run, full: Annotations) -> None:
    lost = "not in midi: 1 of 2 verses, 2 chord symbols and 1 dynamic"
    ended = run("render", "hymn.mid", "--format", "midi,svg", "-o", "out")
    assert ended.out.splitlines()[1:3] == [
        "hymn.mid: repeats are not played out; --play-repeats plays them out",
        f"hymn.mid: {lost}",
    ]
    assert run("render", "hymn.mid", "-o", "hymn.svg").out.count("\n") == 2
    ended = run("render", "hymn.mid", "-o", "hymn.mp3")
    assert ended.out.splitlines()[2] == "hymn.mid: not played: 1 dynamic"
    ended = run("harmonize", "hymn.mid", "-o", "set.mid")
    lines = ended.out.splitlines()
    assert lines[1] == "2 chord symbols followed; --ignore-chords ignores them"
    assert lines[3:5] == ["repeats are not played out; --play-repeats plays them out", lost]
    ended = run("continue", "hymn.mid", "--bars", "1", "-o", "longer.mid")
    assert "repeats are not played out, and only in scores" in ended.out
    assert "chord symbols" not in ended.out.split("not in midi")[0]


def test_repeats_are_played_out_in_midi_with_the_words_of_each_pass(
    run: Run, hymn: Chorale, full: Annotations
) -> None:
    ended = run("render", "hymn.mid", "--play-repeats", "-o", "played.mid")
    assert "hymn.mid: repeats are played out: 4 bars become 6\n" in ended.out
    played = read_music(Path("played.mid")).chorale
    assert len(played.pitches) == 64 + 32
    assert (played.pitches[32:] == hymn.pitches).all()
    texts = [text for _, text, _ in sung("played.mid")]
    once = [one for one in full.syllables if one.step < 32 and one.verse == 1]
    assert texts[: len(once)] == [one.text for one in once]


def test_repeats_are_played_out_in_sound(run: Run, full: Annotations) -> None:
    for options in ([], ["--play-repeats"]):
        name = f"{len(options)}.wav"
        assert run("render", "hymn.mid", "--metronome", "-o", name, *options).status == 0
    once, played = (soundfile.info(name).duration for name in ("0.wav", "1.wav"))
    assert played / once > 1.4


def test_a_setting_is_written_with_its_repeats_played(run: Run, full: Annotations) -> None:
    ended = run("harmonize", "hymn.mid", "--play-repeats", "--json", "-o", "set.mid")
    [result] = json.loads(ended.out)
    assert "repeats are played out: 4 bars become 6" in result["remarks"]
    assert len(read_music(Path("set.mid")).chorale.pitches) == 64 + 32
    assert result["steps"] == 64


@pytest.mark.parametrize("command", ["render", "harmonize"])
def test_only_sound_midi_and_pages_play_repeats(run: Run, hymn: Chorale, command: str) -> None:
    ended = run(command, "hymn.mid", "--play-repeats", "-o", "hymn.svg")
    assert (ended.status, ended.out) == (2, "")
    assert "--play-repeats is for sound, midi and html, not svg" in ended.err


@pytest.mark.parametrize("command", ["render", "harmonize"])
def test_a_page_plays_repeats_or_a_line_names_the_option(
    run: Run, full: Annotations, command: str
) -> None:
    lengths = []
    for options in ([], ["--play-repeats"]):
        ended = run(command, "hymn.mid", *options, "--force", "-o", "hymn.html")
        assert ended.status == 0
        notice = "repeats are played out" if options else "not played out; --play-repeats plays"
        assert notice in ended.out + ended.err
        [steps] = re.findall(r'"steps":(\d+),"stepsPerQuarter"', Path("hymn.html").read_text())
        lengths.append(int(steps))
    assert lengths[1] > lengths[0]


def test_a_file_is_played_with_repeats_and_a_count_in(
    run: Run, full: Annotations, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[int] = []
    monkeypatch.setattr(playback, "play", lambda samples: lengths.append(len(samples)))
    for options in ([], ["--play-repeats"], ["--count-in", "1"]):
        lines = run("play", "hymn.mid", "--tempo", "120", *options).out.splitlines()
        lead = "hymn.mid: repeats are "
        notice = next(line for line in lines if line.startswith(lead)).removeprefix(lead)
        assert notice.startswith("played out: 4" if "--play-repeats" in options else "not played")
        assert any("4/4 (from the file)" in line for line in lines) == ("--count-in" in options)
    plain, repeated, counted = lengths
    assert repeated > 1.3 * plain
    assert counted - plain == pytest.approx(7 * 44100 / 2, rel=0.01)  # 7 quarters


def test_a_count_in_is_not_played_without_a_metre(
    run: Run, hymn: Chorale, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = mido.MidiTrack()
    for metre in (3, 4, 3, 4):
        track.append(mido.MetaMessage("time_signature", numerator=metre, denominator=4))
        for _ in range(2 * metre):
            track.append(mido.Message("note_on", note=67))
            track.append(mido.Message("note_off", note=67, time=480))
    mido.MidiFile(tracks=[track]).save("changing.mid")
    ended = run("play", "changing.mid", "--count-in", "1")
    assert ended.status == 2
    assert "make a sound file by `chorale render --metre`" in ended.err


def test_show_names_words_and_repeats_but_check_does_not(run: Run, full: Annotations) -> None:
    shown = " ".join(run("show", "hymn.mid").out.split())
    syllables = len(full.syllables)
    assert f"2 verses ({syllables} syllables), 2 chord symbols, 1 repeat, 1 tempo word" in shown
    assert "verse" not in run("check", "hymn.mid").out


def test_python_keeps_words_and_plays_repeats(hymn: Chorale, tiny_model: Path) -> None:
    [setting] = chorale.harmonize("hymn.mid", model=tiny_model, seed=1)
    assert setting.annotations.verses == [1]
    annotations = replace(setting.annotations, repeats=(Repeat(0, 64),))
    repeated = replace(setting, annotations=annotations)
    chorale.write(repeated, "once.mid")
    chorale.write(repeated, "twice.mid", play_repeats=True)
    assert sung("once.mid") == expected(hymn.annotations.syllables)
    assert len(read_music(Path("twice.mid")).chorale.pitches) == 128
    [again] = chorale.continue_(repeated, 1, model=tiny_model, seed=1)
    assert again.annotations == annotations
