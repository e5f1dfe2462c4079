"""A performance played by FluidSynth with a soundfont, a file of recorded instruments.

FluidSynth is a separate program. It reads the performance as a MIDI file with a tick per
millisecond, which keeps fermatas, breaths and the ritardando. Voices are on channels 0 to 3, each
with its own panning, and its gain as the volume of the channel. If a soundfont lacks a program,
FluidSynth plays the first program of the soundfont instead.
"""

import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import mido
import numpy as np

from chorale.errors import OptionError, OutputError, ReadingError
from chorale.music import VOICES
from chorale.rendering.libraries import import_library
from chorale.rendering.render_options import MAX_PROGRAM
from chorale.rendering.sound.midi import VELOCITY
from chorale.rendering.sound.organ import PANNING
from chorale.rendering.sound.performance import Performance
from chorale.rendering.sound.samples import SAMPLE_RATE, Sound, ramp
from chorale.wording import count

TICKS_PER_S = 1000
TEMPO = 500_000  # microseconds a quarter
VOLUME_CONTROL, PAN_CONTROL = 7, 10
FULL_VOLUME, MIDDLE, MAX_CONTROL = 100, 64, 127  # FULL_VOLUME is a gain of 1
TAIL_S = 3.0  # time for strings to die away
FADE_S = 0.5
GAIN = 0.4  # gain of FluidSynth; four voices then stay below 1
AUDIBLE = 1e-4  # lowest audible peak; FluidSynth's silence is a very soft noise
PROGRAM = "fluidsynth"
TIMEOUT_S = 600


def synthesize_soundfont(
    performance: Performance,
    path: Path,
    program: int,
    gains: Sequence[float] = (1.0, 1.0, 1.0, 1.0),
) -> Sound:
    """Synthesize a performance with an instrument of a soundfont.

    Args:
        performance: the notes and their times.
        path: soundfont in SF2 or SF3 format.
        program: General MIDI program of all voices, 0 to 127.
        gains: amplitude factor of each voice, soprano first; 0 or above.

    Returns:
        (N, 2) float32 at SAMPLE_RATE, left and right, ending in silence.

    Raises:
        OptionError: the program is out of range.
        ReadingError: the file is missing, is not a soundfont, or gives no sound.
        OutputError: FluidSynth is not installed or fails.
    """
    if not 0 <= program <= MAX_PROGRAM:
        raise OptionError(f"program must be 0 to {MAX_PROGRAM}, not {program}")
    check_soundfont(path)
    length = round((performance.length_s + TAIL_S) * SAMPLE_RATE)
    sound = np.zeros((length, 2), np.float32)
    if not performance.notes:
        return sound
    played = _play_with_fluidsynth(_midi_bytes(performance, program, gains), path)[:length]
    sound[: len(played)] = played
    sound[-round(FADE_S * SAMPLE_RATE) :] *= ramp(round(FADE_S * SAMPLE_RATE))[::-1, np.newaxis]
    sound[-1] = 0
    if np.abs(sound).max() < AUDIBLE:
        raise ReadingError(
            f"{path} gives no sound for program {program}; it is damaged, or lacks the instrument: "
            "choose another program or soundfont"
        )
    if len(played) < round(performance.notes[-1].start_s * SAMPLE_RATE):
        raise OutputError(
            f"fluidsynth wrote {len(played) / SAMPLE_RATE:.0f} of {performance.length_s:.0f} "
            f"seconds; is the folder {tempfile.gettempdir()} full?"
        )
    return sound


def check_soundfont(path: Path) -> None:
    """Check that a file looks like a soundfont and that FluidSynth is installed.

    Raises:
        ReadingError: the file is missing or is not a soundfont.
        OutputError: FluidSynth is not installed.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(12)
    except OSError as error:
        raise ReadingError(f"cannot read the soundfont {path}: {error.strerror}") from error
    if beginning[:4] != b"RIFF" or beginning[8:] != b"sfbk":
        raise ReadingError(f"{path} is not a soundfont; its format must be SF2 or SF3")
    _find_fluidsynth()


def _find_fluidsynth() -> str:
    if found := shutil.which(PROGRAM):
        return found
    raise OutputError(
        "a soundfont needs the program fluidsynth, which is not installed; "
        "`apt install fluidsynth` or `brew install fluid-synth` installs it, "
        "or leave out --soundfont for the built-in organ"
    )


def _midi_bytes(performance: Performance, program: int, gains: Sequence[float]) -> bytes:
    events: list[tuple[int, int, mido.Message]] = []  # tick, order within it, message
    for voice, gain, place in zip(range(len(VOICES)), gains, PANNING, strict=True):
        # A synthesiser's amplitude goes with the square of the volume.
        volume = min(MAX_CONTROL, round(FULL_VOLUME * gain**0.5))
        pan = round(MIDDLE + place * (MAX_CONTROL - MIDDLE))
        events += [
            (0, 0, mido.Message("program_change", channel=voice, program=program)),
            (0, 0, _control_change(voice, VOLUME_CONTROL, volume)),
            (0, 0, _control_change(voice, PAN_CONTROL, pan)),
        ]
    for note in performance.notes:
        # A note ends before another starts at the same tick.
        for order, kind, seconds in ((2, "note_on", note.start_s), (1, "note_off", note.end_s)):
            message = mido.Message(kind, channel=note.voice, note=note.pitch, velocity=VELOCITY)
            events.append((round(seconds * TICKS_PER_S), order, message))
    end = round((performance.length_s + TAIL_S) * TICKS_PER_S)
    events.append((end, 3, mido.MetaMessage("end_of_track")))
    return _write_file(sorted(events, key=lambda event: event[:2]))


def _control_change(channel: int, control: int, value: int) -> mido.Message:
    return mido.Message("control_change", channel=channel, control=control, value=value)


def _write_file(events: Sequence[tuple[int, int, mido.Message]]) -> bytes:
    file = mido.MidiFile(type=0, ticks_per_beat=TICKS_PER_S * TEMPO // 1_000_000)
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=TEMPO)])
    now = 0
    for ticks, _, message in events:
        track.append(message.copy(time=ticks - now))
        now = ticks
    file.tracks.append(track)
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()


def _play_with_fluidsynth(midi: bytes, soundfont: Path) -> Sound:
    """Play a MIDI file with FluidSynth; return its samples, (N, 2) float32."""
    soundfile = import_library("soundfile", "soundfile", "a soundfont's sound")
    program = _find_fluidsynth()
    with _temporary_folder() as folder:
        music, sound, settings = (folder / name for name in ("a.mid", "a.wav", "settings"))
        try:
            music.write_bytes(midi)
            settings.touch()  # empty, in place of the user's own
        except OSError as error:
            raise _no_space_error(error) from error
        command = [program, "-ni", "-q", "-f", str(settings), "-C", "0", "-g", str(GAIN)]
        command += ["-o", "synth.default-soundfont="]  # which would replace a damaged one
        command += ["-r", str(SAMPLE_RATE), "-T", "wav", "-O", "float", "-F", str(sound)]
        _run([*command, str(soundfont.resolve()), str(music)], soundfont)
        try:
            samples, rate = soundfile.read(str(sound), dtype="float32", always_2d=True)
        except (OSError, RuntimeError) as error:
            raise OutputError(f"fluidsynth wrote no sound with {soundfont}: {error}") from error
    if rate != SAMPLE_RATE or samples.shape[1] != 2:
        raise OutputError(
            f"fluidsynth wrote {count(samples.shape[1], 'channel')} at {rate} Hz, "
            f"not 2 at {SAMPLE_RATE} Hz; try another version of it"
        )
    # A damaged soundfont can give values that are not finite.
    return np.nan_to_num(np.asarray(samples, np.float32), posinf=0, neginf=0)


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    try:
        folder = tempfile.TemporaryDirectory(prefix="chorale")
    except OSError as error:
        raise _no_space_error(error) from error
    with folder as name:
        yield Path(name)


def _no_space_error(error: OSError) -> OutputError:
    return OutputError(
        f"a soundfont's sound needs a temporary folder: {error.strerror}; "
        "free some space, or set TMPDIR to another one"
    )


def _run(command: Sequence[str], soundfont: Path) -> None:
    """Run FluidSynth.

    Raises:
        OutputError: it cannot be started, takes longer than TIMEOUT_S, or fails.
    """
    try:
        ended = subprocess.run(  # noqa: S603 - a list and no shell; what is run is on the PATH
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OutputError(f"cannot run fluidsynth: {error}") from error
    if ended.returncode:
        messages = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = f": {messages[-1]}" if messages else ""
        raise OutputError(
            f"fluidsynth failed on {soundfont} with status {ended.returncode}{reason}; "
            "try another soundfont"
        )
