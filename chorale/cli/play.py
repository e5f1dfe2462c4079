"""`chorale play`: play a file through the loudspeakers."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from chorale.cli import arguments as shared
from chorale.cli.console import print_result
from chorale.cli.input_files import derive_metadata, interpret_as_written
from chorale.cli.rendering import check_beats

if TYPE_CHECKING:
    from chorale.reading import Reading
    from chorale.rendering.sound.samples import Sound


def play(
    file: shared.File,
    tempo: shared.Tempo = None,
    program: shared.Program = "organ",
    soundfont: shared.Soundfont = None,
    count_in: shared.CountIn = 0,
    play_repeats: shared.PlayRepeats = False,
    part: shared.Part = None,
    voicing: shared.VoicingName = None,
    approximate: shared.Approximate = False,
    quiet: shared.Quiet = False,
) -> None:
    """Play a music file on the built-in organ or a soundfont; Ctrl-C stops it.

    Without a sound device, the sound is written to FILE-played.wav in the current folder.
    """
    from chorale.composing.jobs.planning import describe_plan
    from chorale.composing.plan_options import ANY_PLAN
    from chorale.reading import read_music
    from chorale.rendering.formats import check_formats
    from chorale.rendering.losses import describe_losses
    from chorale.rendering.render_options import build_render_options, describe_substitute
    from chorale.rendering.sound.audio import synthesize
    from chorale.rendering.sound.playback import NoDeviceError
    from chorale.rendering.sound.playback import play as play_samples
    from chorale.rendering.sound.samples import SAMPLE_RATE

    render_options = build_render_options(tempo, program, 2, soundfont)
    render_options = replace(render_options, count_in_bars=count_in, play_repeats=play_repeats)
    check_formats(["wav"], render_options)
    reading = read_music(file, part, approximate, shared.parse_voicing(voicing))
    render_options = replace(render_options, voicing=reading.voicing)
    if tempo is None:
        render_options, _ = render_options.adopt_tempo(reading.facts.tempo_qpm)
    chorale, notices = reading.chorale, []
    if count_in:
        chorale, sources = interpret_as_written(reading, ANY_PLAN)
        check_beats(chorale, render_options, "make a sound file by `chorale render --metre`")
        notices = [describe_plan(chorale.plan, sources)]
    notices += describe_losses(chorale, ["wav"], play_repeats)
    substitute = describe_substitute(reading.facts.programs, render_options)
    samples = synthesize(chorale, render_options)
    if not quiet:
        minutes, seconds = divmod(round(len(samples) / SAMPLE_RATE), 60)
        print_result(
            f"{file.name}: {minutes}:{seconds:02} at {render_options.tempo_qpm:g} quarters a minute"
        )
        for notice in filter(None, [*notices, substitute]):
            print_result(f"{file.name}: {notice}")
    try:
        play_samples(samples)
    except NoDeviceError as error:
        print_result(f"{error}: the sound is in {_write(samples, reading, file)}")


def _write(samples: "Sound", reading: "Reading", file: Path) -> Path:
    """Write the sound as a WAV file to the current folder under a new name, and return its path.

    Raises:
        OutputError: the file cannot be written.
    """
    from itertools import count

    from chorale.files import write_bytes
    from chorale.rendering.sound.audio import sound_bytes

    names = (Path(f"{file.stem}-played{f'-{n}' if n > 1 else ''}.wav") for n in count(1))
    path = next(name for name in names if not name.exists())
    write_bytes(path, sound_bytes(samples, "wav", derive_metadata(reading, file)), replace=False)
    return path
