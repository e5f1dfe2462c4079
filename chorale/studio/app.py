"""The server of the studio: its routes, for one user on this machine.

- Every request must name the loopback address as its host, which stops other sites that point a
  name of theirs at it, and must carry the token of this run.
- `compose` answers line by line: progress, each alternative as soon as it is there, and at the end
  whether it is done, or an error. A new request to compose ends the one before, and so does a page
  that no longer listens.
- Views are engraved one after the other; one that the page no longer waits for is left out.
- An error is a JSON object with `error`, the line that the command line would print.
"""

import json
import threading
import time
import traceback
from collections import deque
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
CLIENT_CLOSED = 499  # status for the log alone: nobody reads the answer
MAX_JSON_BYTES = 5_000_000
FAULT = "the studio has a fault; see its terminal"
POLL_S, PROGRESS_S = 0.01, 0.1  # between looks at the work; least between lines of progress

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
    engraving = anyio.Lock()

    async def show_page(request: Request) -> Response:
        if not _has_token(request.query_params.get("token"), token):
            return PlainTextResponse("open the address that chorale studio prints", 403)
        return HTMLResponse(studio_bytes(token, opening), headers=_HEADERS)

    async def view(request: Request) -> Response:
        body = await _read_json(request)
        score, size = _get_score(body), body.get("size")
        async with engraving:
            if await request.is_disconnected():
                return Response(status_code=CLIENT_CLOSED)
            return await _answer(requests.view, score, None if size is None else str(size))

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
        except Exception:
            traceback.print_exc()  # the server itself logs nothing
            return JSONResponse({"error": FAULT}, 500)

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
        body = _parse_json(await _read_body(request, MAX_JSON_BYTES))
    except (ValueError, RecursionError) as error:
        raise OptionError("the page sent no JSON") from error
    if not isinstance(body, dict):
        raise OptionError("the page sent no JSON object")
    return body


def _parse_json(content: bytes) -> Any:
    """Parse JSON, with question marks for halves of letters, which no answer and no file can hold.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deeply.
    """
    body = json.loads(content)
    if rb"\ud" in content.lower():
        body = json.loads(json.dumps(body, ensure_ascii=False).encode(errors="replace"))
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
    """Compose in a thread, and yield lines of JSON as the work goes on."""
    lines: deque[dict[str, Any]] = deque()

    async with anyio.create_task_group() as group:
        group.start_soon(to_thread.run_sync, _work, body, cancelled, lines)
        try:
            line: dict[str, Any] = {}
            while not line.keys() & {"done", "error"}:
                while not lines:
                    await anyio.sleep(POLL_S)
                line = lines.popleft()
                yield json.dumps(line) + "\n"
        finally:
            cancelled.set()  # the page has gone, and the group waits for the thread


def _work(
    body: Mapping[str, Any], cancelled: threading.Event, lines: deque[dict[str, Any]]
) -> None:
    """Compose, and append the lines of the answer as they come; the last has `done` or `error`."""
    shown = -PROGRESS_S

    def progress(done: int, total: int) -> None:
        nonlocal shown
        if cancelled.is_set():
            raise _Cancelled
        if (now := time.monotonic()) - shown >= PROGRESS_S:
            shown = now
            lines.append({"progress": round(done / max(1, total), 3)})

    last: dict[str, Any] = {"error": FAULT}
    try:
        requests.compose(body, progress, lines.append)
        last = {"done": True}
    except ChoraleError as error:
        last = {"error": str(error)}
    except _Cancelled:
        last = {"error": "cancelled"}
    except Exception:
        traceback.print_exc()  # raised, it would end the answer before its last line
    finally:
        lines.append(last)
