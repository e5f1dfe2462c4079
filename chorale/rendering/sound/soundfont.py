"""A performance played with a soundfont, a file of recorded instruments, by FluidSynth.

FluidSynth is a program of its own; it gets the performance as a MIDI file with a tick each
millisecond, so that fermatas, breaths and the ritardando are kept. Voices are on channels 0 to 3,
in their places from left to right, as loud as their channel's volume. In place of a program that
a soundfont has not got, FluidSynth plays the soundfont's first.
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
from chorale.rendering.libraries import library
from chorale.rendering.render_options import MAX_PROGRAM
from chorale.rendering.sound.midi import VELOCITY
from chorale.rendering.sound.organ import PLACES
from chorale.rendering.sound.performance import Performance
from chorale.rendering.sound.reverb import SAMPLE_RATE, Sound, ramp

TICKS_PER_S = 1000
TEMPO = 500_000  # microseconds a quarter
VOLUME_CONTROL, PAN_CONTROL = 7, 10
USUAL_VOLUME, MIDDLE, MAX_CONTROL = 100, 64, 127
TAIL_S = 3.0  # for strings to die away
FADE_S = 0.5
GAIN = 0.4  # of FluidSynth; four voices then stay below 1
AUDIBLE = 1e-4  # FluidSynth's silence is a very soft noise
PROGRAM = "fluidsynth"
PATIENCE_S = 600


def soundfont_sound(
    performance: Performance,
    path: Path,
    program: int,
    gains: Sequence[float] = (1.0, 1.0, 1.0, 1.0),
) -> Sound:
    """The sound of a performance with an instrument of a soundfont.

    Args:
        performance: what is played.
        path: a file in SF2 or SF3 format.
        program: General MIDI program of all voices, 0 to 127.
        gains: times as loud as usual that each voice is, soprano first; above 0.

    Returns:
        (N, 2) float32 at SAMPLE_RATE, left and right, ending in silence.

    Raises:
        OptionError: the program is out of its range.
        ReadingError: the file is missing, no soundfont, or gives no sound.
        OutputError: FluidSynth is not installed or fails.
    """
    if not 0 <= program <= MAX_PROGRAM:
        raise OptionError(f"program must be 0 to {MAX_PROGRAM}, not {program}")
    check_soundfont(path)
    length = round((performance.length_s + TAIL_S) * SAMPLE_RATE)
    sound = np.zeros((length, 2), np.float32)
    if not performance.notes:
        return sound
    played = _rendered(_midi(performance, program, gains), path)[:length]
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
    """Check that a file looks like a soundfont and that something here can play it.

    Raises:
        ReadingError: it is missing or no soundfont.
        OutputError: FluidSynth is not installed.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(12)
    except OSError as error:
        raise ReadingError(f"cannot read the soundfont {path}: {error.strerror}") from error
    if beginning[:4] != b"RIFF" or beginning[8:] != b"sfbk":
        raise ReadingError(f"{path} is no soundfont; its format must be SF2 or SF3")
    _fluidsynth()


def _fluidsynth() -> str:
    if found := shutil.which(PROGRAM):
        return found
    raise OutputError(
        "a soundfont is played by the program fluidsynth, which is not installed; "
        "`apt install fluidsynth` or `brew install fluid-synth` brings it, "
        "or do without --soundfont to hear the built-in organ"
    )


def _midi(performance: Performance, program: int, gains: Sequence[float]) -> bytes:
    events: list[tuple[int, int, mido.Message]] = []  # off before on where both are at once
    for voice, gain, place in zip(range(len(VOICES)), gains, PLACES, strict=True):
        # A synthesiser's amplitude goes with the square of the volume.
        volume = min(MAX_CONTROL, round(USUAL_VOLUME * gain**0.5))
        pan = round(MIDDLE + place * (MAX_CONTROL - MIDDLE))
        events += [
            (0, 0, mido.Message("program_change", channel=voice, program=program)),
            (0, 0, _control(voice, VOLUME_CONTROL, volume)),
            (0, 0, _control(voice, PAN_CONTROL, pan)),
        ]
    for note in performance.notes:
        for order, kind, seconds in ((2, "note_on", note.start_s), (1, "note_off", note.end_s)):
            message = mido.Message(kind, channel=note.voice, note=note.pitch, velocity=VELOCITY)
            events.append((round(seconds * TICKS_PER_S), order, message))
    end = round((performance.length_s + TAIL_S) * TICKS_PER_S)
    events.append((end, 3, mido.MetaMessage("end_of_track")))
    return _file(sorted(events, key=lambda event: event[:2]))


def _control(channel: int, control: int, value: int) -> mido.Message:
    return mido.Message("control_change", channel=channel, control=control, value=value)


def _file(events: Sequence[tuple[int, int, mido.Message]]) -> bytes:
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


def _rendered(midi: bytes, soundfont: Path) -> Sound:
    """What FluidSynth makes of a MIDI file, (N, 2) float32."""
    soundfile = library("soundfile", "soundfile", "a soundfont's sound")
    program = _fluidsynth()
    with _folder() as folder:
        music, sound, settings = (folder / name for name in ("a.mid", "a.wav", "settings"))
        try:
            music.write_bytes(midi)
            settings.touch()  # empty, in place of the user's own
        except OSError as error:
            raise _no_room(error) from error
        command = [program, "-ni", "-q", "-f", str(settings), "-C", "0", "-g", str(GAIN)]
        command += ["-o", "synth.default-soundfont="]  # which would stand in for a damaged one
        command += ["-r", str(SAMPLE_RATE), "-T", "wav", "-O", "float", "-F", str(sound)]
        _run([*command, str(soundfont.resolve()), str(music)], soundfont)
        try:
            samples, rate = soundfile.read(str(sound), dtype="float32", always_2d=True)
        except (OSError, RuntimeError) as error:
            raise OutputError(f"fluidsynth wrote no sound with {soundfont}: {error}") from error
    if rate != SAMPLE_RATE or samples.shape[1] != 2:
        raise OutputError(f"fluidsynth wrote {samples.shape[1]} channels at {rate} Hz; need 2")
    return np.nan_to_num(np.asarray(samples, np.float32), posinf=0, neginf=0)  # of a damaged font


@contextmanager
def _folder() -> Iterator[Path]:
    """A temporary folder."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="chorale")
    except OSError as error:
        raise _no_room(error) from error
    with folder as name:
        yield Path(name)


def _no_room(error: OSError) -> OutputError:
    return OutputError(
        f"a soundfont's sound needs a temporary folder: {error.strerror}; "
        "free some space, or set TMPDIR to another one"
    )


def _run(command: Sequence[str], soundfont: Path) -> None:
    try:
        ended = subprocess.run(  # noqa: S603 - a list and no shell; what is run is on the PATH
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OutputError(f"fluidsynth does not run: {error}") from error
    if ended.returncode:
        said = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = f": {said[-1]}" if said else ""
        raise OutputError(
            f"fluidsynth failed on {soundfont} with status {ended.returncode}{reason}; "
            "try another soundfont"
        )
