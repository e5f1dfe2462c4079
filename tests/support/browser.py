"""A real browser for tests: Debian's Chromium under Playwright."""

import shutil
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from chorale.rendering.sound.samples import SAMPLE_RATE

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_RENDER = """
async (rate) => {
  const sound = await renderSound(music, player.settings, rate);
  const samples = new Float32Array(2 * sound.length);
  [0, 1].forEach((k) => samples.set(sound.getChannelData(k), k * sound.length));
  const bytes = new Uint8Array(samples.buffer);
  let text = "";
  for (let k = 0; k < bytes.length; k += 32768) {
    text += String.fromCharCode(...bytes.subarray(k, k + 32768));
  }
  return btoa(text);
}
"""


@contextmanager
def open_page(source: Path | str, **options: Any) -> Iterator[tuple[Any, list[str]]]:
    """Open a file or an address in the browser; skip the test where there is none.

    Args:
        source: an HTML file, or the address of a server on this machine.
        options: options of Playwright's new_context, such as the size of the window.

    Yields:
        Playwright's page, and the list of its complaints: console errors, exceptions, requests to
        others.
    """
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("no Chromium is installed")
    address = source.as_uri() if isinstance(source, Path) else source
    own = address.partition("?")[0]
    arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        page = browser.new_context(**options).new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" else None,
        )
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(("data:", "blob:", own))
                else complaints.append(request.url)
            ),
        )
        page.goto(address)
        try:
            yield page, complaints
        finally:
            browser.close()


def render_page_sound(page: Any) -> NDArray[np.float32]:
    """Render the sound of a page that plays, with its present settings; return (2, N) samples."""
    return np.frombuffer(b64decode(page.evaluate(_RENDER, SAMPLE_RATE)), np.float32).reshape(2, -1)


def wait_until(page: Any, condition: str) -> None:
    """Wait until a condition in JavaScript holds; Playwright's own wait needs unsafe-eval."""
    for _ in range(400):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{condition} does not come true: {page.inner_text('body')[:2000]}")
