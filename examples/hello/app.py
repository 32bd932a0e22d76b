"""A service small enough to read at a glance: what it says, and whether it is well."""

from __future__ import annotations

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent
GREETING = (HERE / "greeting.txt").read_text().strip()
HEALTHY = (HERE / "health.txt").read_text().strip() == "ok"


class Handler(BaseHTTPRequestHandler):
    """``/health`` answers 200 or 503, everything else the greeting and the version."""

    def do_GET(self) -> None:
        """Answer one request."""
        if self.path == "/health":
            self.answer(200 if HEALTHY else 503, "ok" if HEALTHY else "broken")
        else:
            self.answer(200, f"{GREETING} (version {os.environ.get('FRAISIER_VERSION', '?')})")

    def answer(self, status: int, text: str) -> None:
        """Send ``text`` as one line."""
        body = f"{text}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
