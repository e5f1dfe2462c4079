"""Measure the pages that play, in a real browser: their size, their sound and their pace.

    python scripts/measure/pages.py [--bars 16 100] [--seconds 10] [--without-sound]

A chorale of each length is composed (seed 1) and written as a page. Chromium opens it under
Playwright, in a window of 1,100 by 900 pixels without a graphics card, and plays for some seconds.

- opens in: from the address until the page is complete, scripts included.
- frames a second: how often the browser drew while the music played; late frames took over 50 ms.
- lit late by: time from the sound of a step until its notes are coloured, largest value.
- loudness: of the page's sound beside that of `render --format wav`, in windows of a tenth of a
  second that are within 40 dB of the loudest: the median difference, and the largest from it.
- spectra: correlation of the magnitudes of both sounds.
  For both the browser renders the sound of the whole piece, which takes minutes for 100 bars;
  --without-sound leaves them out.
- requests: addresses that the page asked for; console: its errors.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.append(str(Path(__file__).parents[1] / "support"))
sys.path.append(str(Path(__file__).parents[2] / "tests" / "support"))
from browser import open_page, render_page_sound
from console import parser_for, print_table, run
from processes import describe_machine

import chorale
from chorale.rendering.metadata import Metadata
from chorale.rendering.page.page import html_bytes
from chorale.rendering.render_options import DEFAULT_RENDER_OPTIONS
from chorale.rendering.sound.audio import synthesize
from chorale.rendering.sound.samples import SAMPLE_RATE

WINDOW = SAMPLE_RATE // 10
SIZE = {"width": 1100, "height": 900}
LATE_MS = 50
FRAMES = """
(seconds) => new Promise((done) => {
  const frames = [];
  let lateness = 0;
  let before = 0;
  const draw = (now) => {
    frames.push(now);
    const step = player.presentStep();
    if (step !== before && player.playing) {
      const late = player.seconds() - player.times.starts[step];
      lateness = Math.max(lateness, late);
      before = step;
    }
    if (now - frames[0] < 1000 * seconds) {
      requestAnimationFrame(draw);
    } else {
      done([frames, lateness]);
    }
  };
  requestAnimationFrame(draw);
})
"""


def main() -> None:
    """Parse the arguments and print the table."""
    parser = parser_for(__doc__)
    parser.add_argument("--bars", type=int, nargs="+", default=[16, 100])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument(
        "--without-sound", action="store_true", help="Leave loudness and spectra out."
    )
    parser.set_defaults(run=print_pages)
    run(parser)


def print_pages(options: argparse.Namespace) -> None:
    """Print a row for each length."""
    print(f"{describe_machine()}\n")
    sound = [] if options.without_sound else ["loudness", "spectra"]
    print_table(
        [
            *("bars", "kB", "opens in", "frames a second", "late frames", "lit late by"),
            *(*sound, "requests", "console"),
        ],
        measure_pages(options),
    )


def measure_pages(options: argparse.Namespace) -> Iterator[list[str]]:
    """Yield the row of each length."""
    for bars in options.bars:
        [music] = chorale.generate(bars, seed=1)
        page = html_bytes(music, Metadata(f"{bars} bars"))
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "page.html")
            file.write_bytes(page)
            with open_page(file, viewport=SIZE) as (tab, complaints):
                opened = tab.evaluate(
                    "performance.timing.domComplete - performance.timing.fetchStart"
                )
                tab.click("#play")
                frames, lateness = tab.evaluate(FRAMES, options.seconds)
                tab.click("#play")
                sound = None if options.without_sound else render_page_sound(tab)
                requests = [each for each in complaints if "://" in each]
                errors = len(complaints) - len(requests)
        gaps = np.diff(frames)
        yield [
            str(bars),
            f"{len(page) / 1000:.0f}",
            f"{opened:.0f} ms",
            f"{1000 / gaps.mean():.0f}",
            str(int((gaps > LATE_MS).sum())),
            f"{1000 * lateness:.0f} ms",
            *(() if sound is None else compare(sound, synthesize(music, DEFAULT_RENDER_OPTIONS).T)),
            str(len(requests)),
            str(errors),
        ]


def compare(found: NDArray[Any], expected: NDArray[Any]) -> tuple[str, str]:
    """Compare the loudness and the spectra of two sounds, (2, N) each."""
    length = min(found.shape[1], expected.shape[1])
    length -= length % WINDOW
    one, other = (measure_loudness(sound[:, :length]) for sound in (found, expected))
    loud = other > other.max() - 40
    difference = (one - other)[loud]
    median = float(np.median(difference))
    spectra = [np.abs(np.fft.rfft(sound[:, :length].mean(axis=0))) for sound in (found, expected)]
    return (
        f"{median:+.1f} dB, then within {np.abs(difference - median).max():.1f} dB",
        f"{np.corrcoef(spectra[0], spectra[1])[0, 1]:.3f}",
    )


def measure_loudness(sound: NDArray[Any]) -> NDArray[np.float64]:
    """Return the loudness of each window of a sound, in dB."""
    windows = sound.reshape(2, -1, WINDOW)
    power = np.square(windows, dtype=np.float64).mean(axis=(0, 2))
    return np.asarray(10 * np.log10(power + 1e-12))


if __name__ == "__main__":
    main()
