"""Serve the studio on the loopback address until Ctrl-C."""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import uvicorn

from chorale.errors import ChoraleError, OutputError
from chorale.studio import requests
from chorale.studio.app import create_app

HOST = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """Open a socket on the loopback address; port 0 takes a free one.

    Raises:
        OutputError: the port is taken.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen()  # a browser that is quicker than the server waits
    except OSError as error:
        listening.close()
        raise OutputError(
            f"port {port} cannot be used ({error.strerror}); choose another --port, or leave it out"
        ) from error
    return listening


def serve(listening: socket.socket, token: str, opening: Mapping[str, Any] | None) -> None:
    """Serve the studio on a socket until Ctrl-C.

    Args:
        listening: socket on the loopback address.
        token: random text that every request must carry.
        opening: file that is open at the beginning (see `create_app`).
    """
    threading.Thread(target=_warm_up, daemon=True).start()  # while the page opens
    app = create_app(token, opening)
    config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])


def _warm_up() -> None:
    with suppress(ChoraleError):  # the page shows it when it asks for the same
        requests.warm_up()
