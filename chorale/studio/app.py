"""The server of the studio: its routes, for one user on this machine.

- Every request must name the loopback address as its host, which stops other sites that point a
  name of theirs at it, and must carry the token of this run.
- `compose` answers line by line: progress, then the alternatives or an error. A new request to
  compose ends the one before, and so does a page that no longer listens.
- An error is a JSON object with `error`, the line that the command line would print.
"""

import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from hmac import compare_digest
from typing import Any
from urllib.parse import quote

import anyio
from anyio import to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from chorale.errors import ChoraleError, OptionError
from chorale.studio import requests
from chorale.studio.page import studio_bytes

HOSTS = ["127.0.0.1", "localhost"]
MAX_JSON_BYTES = 5_000_000
POLL_S = 0.1

Handler = Callable[[Request], Awaitable[Response]]


class _Cancelled(Exception):  # noqa: N818  # no error: the page asked for it
    """A request to compose is no longer wanted."""


def create_app(token: str, opening: Mapping[str, Any] | None = None) -> Starlette:
    """Create the server.

    Args:
        token: random text that every request must carry.
        opening: answer of `requests.read` for a file that is open at the beginning.
    """
    current: list[threading.Event] = []  # the request to compose that runs, if any

    async def show_page(request: Request) -> Response:
        if not _has_token(request.query_params.get("token"), token):
            return PlainTextResponse("open the address that chorale studio prints", 403)
        return HTMLResponse(studio_bytes(token, opening), headers=_HEADERS)

    async def view(request: Request) -> Response:
        body = await _read_json(request)
        return await _answer(requests.view, _get_score(body))

    async def read(request: Request) -> Response:
        content = await _read_body(request, requests.MAX_FILE_BYTES)
        return await _answer(requests.read, request.query_params.get("name", ""), content)

    async def save(request: Request) -> Response:
        body = await _read_json(request)
        name, content = await to_thread.run_sync(
            requests.save, _get_score(body), str(body.get("format"))
        )
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        return Response(content, media_type="application/octet-stream", headers=headers)

    async def compose(request: Request) -> Response:
        body = await _read_json(request)
        for before in current:
            before.set()
        current[:] = [threading.Event()]
        return StreamingResponse(
            _stream(body, current[0]), media_type="application/x-ndjson", headers=_HEADERS
        )

    guarded = [
        Route(f"/{handler.__name__}", _guard(handler, token), methods=["POST"])
        for handler in (view, read, save, compose)
    ]
    return Starlette(
        routes=[Route("/", show_page), *guarded],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)],
    )


_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def _guard(handler: Handler, token: str) -> Handler:
    """Return a handler that requires the token, and answers errors as JSON."""

    async def guarded(request: Request) -> Response:
        if not _has_token(request.headers.get("x-token"), token):
            return JSONResponse({"error": "this page is of another run; open it anew"}, 403)
        try:
            return await handler(request)
        except ChoraleError as error:
            return JSONResponse({"error": str(error)}, 400)

    return guarded


def _has_token(found: str | None, token: str) -> bool:
    return found is not None and compare_digest(found.encode(), token.encode())


async def _read_body(request: Request, largest: int) -> bytes:
    """Read the body of a request.

    Raises:
        OptionError: it is too large.
    """
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > largest:
            raise OptionError(f"more than {largest // 10**6} MB were sent")
    return bytes(content)


async def _read_json(request: Request) -> dict[str, Any]:
    """Read the body of a request as a JSON object; raises OptionError if it is none."""
    try:
        body = json.loads(await _read_body(request, MAX_JSON_BYTES))
    except (ValueError, RecursionError) as error:
        raise OptionError("the page sent no JSON") from error
    if not isinstance(body, dict):
        raise OptionError("the page sent no JSON object")
    return body


def _get_score(body: Mapping[str, Any]) -> Mapping[str, Any]:
    score = body.get("score")
    if not isinstance(score, Mapping):
        raise OptionError("the page sent no score")
    return score


async def _answer(function: Callable[..., Any], *arguments: Any) -> Response:
    """Run a function in a thread and answer with its result."""
    return JSONResponse(await to_thread.run_sync(function, *arguments))


async def _stream(body: Mapping[str, Any], cancelled: threading.Event) -> AsyncIterator[str]:
    """Compose in a thread, and yield a line of JSON for each change of the progress."""
    state: dict[str, Any] = {"progress": 0.0}

    def progress(done: int, total: int) -> None:
        if cancelled.is_set():
            raise _Cancelled
        state["progress"] = done / max(1, total)

    def work() -> None:
        try:
            state["scores"] = requests.compose(body, progress)
        except ChoraleError as error:
            state["error"] = str(error)
        except _Cancelled:
            state["error"] = "cancelled"

    async with anyio.create_task_group() as group:
        group.start_soon(to_thread.run_sync, work)
        try:
            shown = -1.0
            while not state.keys() & {"scores", "error"}:
                if state["progress"] != shown:
                    shown = state["progress"]
                    yield json.dumps({"progress": round(shown, 3)}) + "\n"
                await anyio.sleep(POLL_S)
        finally:
            cancelled.set()  # the page has gone, and the group waits for the thread
    yield (json.dumps({name: state[name] for name in ("scores", "error") if name in state}) + "\n")
