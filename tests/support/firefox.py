"""Firefox for tests, driven by its own WebDriver BiDi, without a driver of its own."""

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

PROGRAMS = ("firefox-esr", "firefox")
START_S = 60
_LISTENING = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")


class Tab:
    """A tab of the browser.

    Attributes:
        complaints: console errors, exceptions, and requests to other addresses than the page's.
    """

    def __init__(self, socket: Any, address: str) -> None:
        self.complaints: list[str] = []
        self._socket, self._address, self._sent, self._context = socket, address, 0, ""

    async def open(self) -> None:
        """Open the address."""
        await self._call("session.new", capabilities={})
        events = ["log.entryAdded", "network.beforeRequestSent"]
        await self._call("session.subscribe", events=events)
        tree = await self._call("browsingContext.getTree")
        self._context = tree["contexts"][0]["context"]
        await self._call(
            "browsingContext.navigate",
            context=self._context,
            url=self._address,
            wait="complete",
        )

    async def evaluate(self, expression: str) -> Any:
        """Return the value of an expression, which is awaited and converted to JSON."""
        answer = await self._call(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})))()",
            target={"context": self._context},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer
        return json.loads(answer["result"].get("value", "null"))

    async def _call(self, method: str, **parameters: Any) -> Any:
        self._sent += 1
        await self._socket.send(
            json.dumps({"id": self._sent, "method": method, "params": parameters})
        )
        while True:
            message = json.loads(await asyncio.wait_for(self._socket.recv(), START_S))
            if message.get("id") == self._sent:
                assert message["type"] == "success", message
                return message["result"]
            self._note(message)

    def _note(self, event: dict[str, Any]) -> None:
        parameters = event.get("params", {})
        if event.get("method") == "log.entryAdded" and parameters["level"] == "error":
            self.complaints.append(str(parameters["text"]))
        if event.get("method") == "network.beforeRequestSent":
            url = parameters["request"]["url"]
            if not url.startswith(("data:", "blob:", self._address.partition("?")[0])):
                self.complaints.append(url)


@asynccontextmanager
async def open_tab(source: Path | str, profile: Path) -> AsyncIterator[Tab]:
    """Open an HTML file or an address in Firefox; skip the test where there is none."""
    websockets = pytest.importorskip("websockets", reason="websockets is not installed")
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("no Firefox is installed")
    process = subprocess.Popen(
        [
            *(program, "--headless", "--no-remote", "--profile", str(profile)),
            *("--remote-debugging-port", "0"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        address = await asyncio.wait_for(asyncio.to_thread(_find_address, process), START_S)
        async with websockets.connect(f"{address}/session", max_size=None) as socket:
            tab = Tab(socket, source.as_uri() if isinstance(source, Path) else source)
            await tab.open()
            yield tab
    finally:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()


def _find_address(process: subprocess.Popen[bytes]) -> str:
    """Return the address on which the browser listens, which it prints."""
    assert process.stderr
    for line in process.stderr:
        if found := _LISTENING.search(line):
            return found[1].decode()
    raise AssertionError("Firefox ended before it listened")
