"""`chorale studio`: a page on this machine in which a chorale is composed, bar by bar."""

from pathlib import Path
from typing import Annotated

import typer

from chorale.cli.console import print_result
from chorale.errors import OutputError

LIBRARIES = {"starlette": "starlette", "uvicorn": "uvicorn"}  # names for pip by module
TOKEN_BYTES = 16
LARGEST_PORT = 65_535


def studio(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            help="MIDI, MusicXML, MEI, ABC or Humdrum file to open.",
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        int,
        typer.Option(
            min=0, max=LARGEST_PORT, help="Port of the page's address.", show_default="a free one"
        ),
    ] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
) -> None:
    """Compose in the browser: enter a tune, harmonize it, and compose any bars again.

    The page is on this machine alone, under an address with a random token; Ctrl-C ends it.
    """
    import secrets
    import webbrowser
    from importlib.util import find_spec

    for module, distribution in LIBRARIES.items():
        if find_spec(module) is None:
            raise OutputError(
                f"the studio needs the library {distribution}, which is not installed; "
                "`pip install starlette uvicorn` installs it"
            )
    from chorale.studio import requests
    from chorale.studio.serving import listen, serve

    opening = requests.open_file(file) if file else None
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with listen(port) as socket:
        address = f"http://127.0.0.1:{socket.getsockname()[1]}/?token={token}"
        print_result(f"the studio is at {address} until Ctrl-C")
        if browser:
            webbrowser.open(address)
        serve(socket, token, opening)
