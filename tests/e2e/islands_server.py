"""A server of a few pages and one live stream, whose answers a test decides."""

import json
import queue
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

PAGES = Path(__file__).parent / "pages"
STATIC = Path(__file__).parents[2] / "agent_ui" / "static"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
HEADERS = {"Content-Security-Policy": "default-src 'self'", "Cache-Control": "no-store"}


class IslandsServer(ThreadingHTTPServer):
    """``answers`` are (status, HTML) by path; ``said`` is every form that was posted."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self.streams: set[queue.Queue[str | None]] = set()
        self.opened = 0
        self.live_status = 200
        self.answers: dict[str, tuple[int, str]] = {}
        self.held: dict[str, threading.Event] = {}
        self.said: list[dict[str, str]] = []
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away is no error here."""

    def tell(self, name: str, data: object = 1) -> None:
        """Send one event down every open stream."""
        for stream in list(self.streams):
            stream.put(f"event: {name}\r\ndata: {json.dumps(data)}\r\n\r\n")

    def cut(self) -> None:
        """End every open stream, as a restart does."""
        for stream in list(self.streams):
            stream.put(None)


class Door(BaseHTTPRequestHandler):
    server: IslandsServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # heads and bodies leave together
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.server.asked.append(path)
        self._wait(path)
        if path == "/live":
            self._stream()
        elif path in self.server.answers:
            status, text = self.server.answers[path]
            kind = TYPES.get(Path(path).suffix, TYPES[".html"])
            self._answer(status, text.encode(), kind)
        else:
            path = re.sub(r"^/static/js-[0-9a-f]+/", "/static/js/", path)
            home, name = (STATIC, path[8:]) if path.startswith("/static/") else (PAGES, path[1:])
            file = home / name
            found = file.is_file()
            content = file.read_bytes() if found else b""
            kind = TYPES.get(file.suffix, "application/octet-stream")
            self._answer(200 if found else 404, content, kind)

    def do_POST(self) -> None:
        self._wait(urlsplit(self.path).path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.said.append({name: values[0] for name, values in parse_qs(body).items()})
        status, text = self.server.answers[urlsplit(self.path).path]
        if status == 0:
            self.close_connection = True
            return
        self._answer(status, text.encode(), TYPES[".html"])

    def _wait(self, path: str) -> None:
        if gate := self.server.held.get(path):
            gate.wait(5)

    def _answer(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _stream(self) -> None:
        if self.server.live_status != 200:
            self._answer(self.server.live_status, b"", "text/plain")
            return
        mine: queue.Queue[str | None] = queue.Queue()
        self.server.opened += 1
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b": hello\r\n\r\n")
        self.wfile.flush()
        self.server.streams.add(mine)
        try:
            while (text := self._next(mine)) is not None:
                self.wfile.write(text.encode())
                self.wfile.flush()
        finally:
            self.server.streams.discard(mine)

    @staticmethod
    def _next(mine: "queue.Queue[str | None]") -> str | None:
        try:
            return mine.get(timeout=0.2)
        except queue.Empty:
            return ": still here\r\n\r\n"


@contextmanager
def islands_server() -> Iterator[IslandsServer]:
    """Serve until the block ends."""
    with IslandsServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.cut()
        server.shutdown()
        thread.join()
