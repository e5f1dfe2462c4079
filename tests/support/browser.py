"""A real browser for tests: Debian's Chromium under Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


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
