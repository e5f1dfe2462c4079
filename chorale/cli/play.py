"""`chorale play`: a file that is brought, through the loudspeakers."""

from pathlib import Path
from typing import TYPE_CHECKING

from chorale.cli import arguments as given
from chorale.cli.console import say
from chorale.cli.input_files import metadata_of

if TYPE_CHECKING:
    from chorale.reading import Reading
    from chorale.rendering.sound.reverb import Sound


def play(
    file: given.File,
    tempo: given.TempoOfFile = None,
    program: given.Program = "organ",
    soundfont: given.Soundfont = None,
    part: given.Part = None,
    approximate: given.Approximate = False,
    quiet: given.Quiet = False,
) -> None:
    """Play a MIDI or MusicXML file on an organ, or with a soundfont; Ctrl-C stops it.

    Where there is no sound device, the sound becomes a WAV file here, FILE-played.wav.
    """
    from chorale.reading import read_music
    from chorale.rendering.formats import check_formats
    from chorale.rendering.render_options import render_options_of
    from chorale.rendering.sound.audio import sound_of
    from chorale.rendering.sound.playback import NoDeviceError
    from chorale.rendering.sound.playback import play as play_aloud
    from chorale.rendering.sound.reverb import SAMPLE_RATE

    render_options = render_options_of(tempo, program, 2, soundfont)
    check_formats(["wav"], render_options)
    reading = read_music(file, part, approximate)
    if tempo is None:
        render_options, _ = render_options.at_tempo_of(reading.facts.tempo_qpm)
    samples = sound_of(
        reading.chorale,
        tempo_qpm=render_options.tempo_qpm,
        program=render_options.program,
        soundfont=render_options.soundfont,
    )
    if not quiet:
        minutes, seconds = divmod(round(len(samples) / SAMPLE_RATE), 60)
        say(
            f"{file.name}: {minutes}:{seconds:02} at {render_options.tempo_qpm:g} quarters a minute"
        )
    try:
        play_aloud(samples)
    except NoDeviceError as error:
        say(f"{error}: the sound is in {_written(samples, reading, file)}")


def _written(samples: "Sound", reading: "Reading", file: Path) -> Path:
    """The sound as a WAV file here, under a name that no file has.

    Raises:
        OutputError: it cannot be written.
    """
    from itertools import count

    from chorale.files import write_bytes
    from chorale.rendering.sound.audio import sound_bytes

    names = (Path(f"{file.stem}-played{f'-{n}' if n > 1 else ''}.wav") for n in count(1))
    path = next(name for name in names if not name.exists())
    write_bytes(path, sound_bytes(samples, "wav", metadata_of(reading, file)), replace=False)
    return path
