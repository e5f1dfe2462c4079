"""Measure how soon the studio answers, in a real browser.

    python scripts/measure/studio.py [--repeats 5]

`chorale studio` runs in a process of its own, with the default model, and Chromium opens it under
Playwright in a window of 1,200 by 1,000 pixels. Each request is made by a click. The times are
those from the click until the first alternative is engraved in the page, where it can be played,
and until all three are offered; in brackets the processor time of the server in that time, which
depends less on what else the machine does. Medians of some repeats.

- cold: the very first request, at once when the page is there; the others come when the server has
  loaded the model and the libraries.
- edit: from a key that writes a note until the score is engraved with it.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

sys.path.append(str(Path(__file__).parents[1] / "support"))
sys.path.append(str(Path(__file__).parents[2] / "tests" / "support"))
from browser import open_page, wait_until
from console import parser_for, print_table, run
from processes import describe_machine

ALTERNATIVES = 3
KEYS = "gabcdefga"
SIZE = {"width": 1200, "height": 1000}
WARM_S = 8  # seconds until the model and the libraries are loaded
CLICK = """
(action) => {
  window.clicked = performance.now();
  document.getElementById(action).click();
}
"""
WAIT = """
(count) => new Promise((done) => {
  const look = () => {
    const running = !document.getElementById("progress").hidden;
    if (document.querySelectorAll("#cards .card").length >= count || !running) {
      done(performance.now() - window.clicked);
    } else {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
})
"""
EDIT = """
(key) => new Promise((done) => {
  const begin = performance.now();
  const before = studio.player.music.notes.length;
  document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const look = () => studio.player.music.notes.length > before
    ? done(performance.now() - begin) : requestAnimationFrame(look);
  requestAnimationFrame(look);
})
"""


class Times(NamedTuple):
    """Seconds by the clock, and of the server's processor."""

    seconds: float
    processor: float


def main() -> None:
    """Parse the arguments and print the table."""
    parser = parser_for(__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.set_defaults(run=print_times)
    run(parser)


def print_times(options: argparse.Namespace) -> None:
    """Print a row for each request."""
    print(f"{describe_machine()}\n")
    print_table(["request", "first alternative", "all three"], measure_requests(options.repeats))


def measure_requests(repeats: int) -> Iterator[list[str]]:
    """Yield the row of each request, in the order in which a chorale is made."""
    with serve() as (address, server), open_page(address, viewport=SIZE) as (page, _):

        def repeat(name: str, action: str, times: int = repeats) -> list[str]:
            return [name, *describe([measure(page, server, action) for _ in range(times)])]

        wait_until(page, "studio.player.music.bars.length > 0")
        yield repeat("Compose 8 bars, cold", "compose", 1)
        time.sleep(WARM_S)
        yield repeat("Compose 8 bars", "compose")
        take(page)
        yield repeat("Again, bars 1 and 2 of 8", "again")
        keep_the_soprano(page, 8)
        yield repeat("Harmonise 8 bars", "harmonize")
        take(page)
        yield repeat("Continue by 8 bars", "continue")
        take(page)
        page.fill("#from", "13")
        page.fill("#to", "14")
        yield repeat("Again, bars 13 and 14 of 16", "again")
        keep_the_soprano(page, 8)
        edits = [page.evaluate(EDIT, key) / 1000 for key in KEYS]
        yield ["edit, 8 of 16 bars are full", f"{median(edits):.2f} s", "-"]


@contextmanager
def serve() -> Iterator[tuple[str, int]]:
    """Run the studio; yields its address and the number of its process."""
    command = [sys.executable, "-u", "-m", "chorale", "studio", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            [address] = re.findall(r"http://\S+", line)
            yield address, process.pid
        finally:
            process.terminate()


def measure(page: Any, server: int, action: str) -> list[Times]:
    """Measure a request until the first alternative and until all are there.

    Args:
        page: Playwright's page.
        server: number of the server's process.
        action: name of the button.
    """
    began = processor_seconds(server)
    page.evaluate(CLICK, action)
    found = []
    for count in (1, ALTERNATIVES):
        seconds = page.evaluate(WAIT, count) / 1000
        found.append(Times(seconds, processor_seconds(server) - began))
    if page.locator("#cards .card").count() < ALTERNATIVES:
        raise RuntimeError(page.inner_text("#message"))
    return found


def processor_seconds(process: int) -> float:
    """Return the processor time that a process has used, by Linux's account."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def take(page: Any) -> None:
    """Take the first alternative, and wait until it is shown."""
    page.locator("#cards .card").first.get_by_text("Take", exact=True).click()
    wait_until(page, "studio.player.music.notes.length === studio.score.notes.length")


def keep_the_soprano(page: Any, bars: int) -> None:
    """Keep only the first bars of the soprano, and write from there on."""
    page.evaluate(
        """(end) => studio.change({
          ...studio.score,
          notes: studio.score.notes.filter(({ voice, step }) => voice === 0 && step < end),
        })""",
        16 * bars,
    )
    wait_until(page, "studio.player.music.notes.length === studio.score.notes.length")
    page.click("#mode-write")


def describe(times: Sequence[Sequence[Times]]) -> list[str]:
    """Return the medians of each column."""
    return [
        f"{median(each.seconds for each in column):.2f} s "
        f"({median(each.processor for each in column):.2f} s)"
        for column in zip(*times, strict=True)
    ]


if __name__ == "__main__":
    main()
