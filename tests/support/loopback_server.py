"""A small archive like that of the JSB Chorales, and a loopback server to download it from."""

import io
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HEADER = "note0,note1,note2,note3\n"
MEMBERS = {
    "train/chorale_000.csv": HEADER + "72,67,60,48\n72,67,60,48\n74,0,60,48\n",
    "train/chorale_001.csv": HEADER + "72,67,60,48\n",
    "valid/chorale_002.csv": HEADER + "71,67,62,43\n",
    "test/chorale_003.csv": HEADER + "69,65,60,41\n",
}


def archive(members: dict[str, str], *more: tarfile.TarInfo) -> bytes:
    """Return a tar.gz archive of texts by path, and of further empty members."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
        for info in more:
            tar.addfile(info)
    return content.getvalue()


ARCHIVE = archive(MEMBERS)


class Server:
    """A loopback server.

    Attributes:
        files: by path, a body, a declared length and a body, or the URL of a redirection.
        requests: paths of the requests.
        headers: headers of the requests.
        url: URL of the server.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes | tuple[int, bytes] | str] = {}
        self.requests: list[str] = []
        self.headers: list[Any] = []
        files, requests, headers = self.files, self.requests, self.headers

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the base class's name
                requests.append(self.path)
                headers.append(self.headers)
                found = files.get(self.path)
                if found is None:
                    self.send_error(404)
                    return
                if isinstance(found, str):
                    self.send_response(302)
                    self.send_header("Location", found)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                length, body = found if isinstance(found, tuple) else (len(found), found)
                self.send_response(200)
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
