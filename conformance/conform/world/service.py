"""
The service that scenarios deploy: one file, standard library only.

Its folder holds ``version.txt`` and ``behaviour.txt``; what the latter says, it does:
``ok``, ``unhealthy`` (answers 500 at /health), ``crash`` (ends at once), ``silent``
(runs but never listens), ``slow N`` (listens after N seconds).
"""

from __future__ import annotations

APP = '''\
"""A tiny service: /health, /version and /environment."""
import json, os, sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent
BEHAVIOUR = (HERE / "behaviour.txt").read_text().split()
VERSION = (HERE / "version.txt").read_text().strip()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health":
            status = 500 if BEHAVIOUR[0] == "unhealthy" else 200
            self.answer(status, {"status": BEHAVIOUR[0], "version": VERSION})
        elif self.path == "/version":
            self.answer(200, {"version": VERSION, "pid": os.getpid()})
        elif self.path == "/environment":
            self.answer(200, dict(os.environ))
        else:
            self.answer(404, {})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *arguments):
        print("request", self.path, flush=True)


class Server(HTTPServer):
    allow_reuse_address = True

    def server_bind(self):  # without the name lookup that HTTPServer does
        self.socket.setsockopt(1, 2, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]


print("service", VERSION, "starts", flush=True)
if BEHAVIOUR[0] == "crash":
    print("service", VERSION, "crashes", file=sys.stderr, flush=True)
    sys.exit(3)
if BEHAVIOUR[0] == "silent":
    time.sleep(3600)
if BEHAVIOUR[0] == "slow":
    time.sleep(float(BEHAVIOUR[1]))
Server(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
'''

WORKER = '''\
"""A tiny worker: says that it works until it is stopped."""
import os, sys, time
from pathlib import Path

HERE = Path(__file__).resolve().parent
BEHAVIOUR = (HERE / "behaviour.txt").read_text().split()
print("worker", (HERE / "version.txt").read_text().strip(), "starts", flush=True)
if BEHAVIOUR[0] != "ok":
    sys.exit(3)
while True:
    print("working", os.getpid(), flush=True)
    time.sleep(0.2)
'''
