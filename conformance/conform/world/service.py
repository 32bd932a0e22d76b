"""
The service that scenarios deploy: one file, standard library only.

Its folder holds ``version.txt`` and ``behaviour.txt``; what the latter says, it does:
``ok``, ``unhealthy`` (answers 500 at /health), ``crash`` (ends at once), ``silent``
(runs but never listens), ``slow N`` (listens after N seconds).
"""

from __future__ import annotations

APP = '''\
"""A tiny service: /health, /version and /environment. It starts as fast as Python can."""
import json, os, socket, sys, time

HERE = os.path.dirname(os.path.realpath(__file__))
BEHAVIOUR = open(os.path.join(HERE, "behaviour.txt")).read().split()
VERSION = open(os.path.join(HERE, "version.txt")).read().strip()


def respond(path, client):
    if path == "/health":
        status = 500 if BEHAVIOUR[0] == "unhealthy" else 200
        answer(client, status, {"status": BEHAVIOUR[0], "version": VERSION})
    elif path == "/version":
        answer(client, 200, {"version": VERSION, "pid": os.getpid()})
    elif path == "/environment":
        answer(client, 200, dict(os.environ))
    else:
        answer(client, 404, {})


def answer(client, status, value, *headers):
    body = json.dumps(value)
    head = [f"HTTP/1.1 {status} Told", "Content-Type: application/json", "Connection: close"]
    head += [*headers, f"Content-Length: {len(body)}", "", body]
    client.sendall("\\r\\n".join(head).encode())


def serve(listener):
    while True:
        client = listener.accept()[0]
        with client:
            client.settimeout(5)
            try:
                request = client.recv(65536).decode()
                path = request.split()[1]
                print("request", path, flush=True)
                respond(path, client)
            except (OSError, IndexError):
                continue


print("service", VERSION, "starts", flush=True)
if BEHAVIOUR[0] == "crash":
    print("service", VERSION, "crashes", file=sys.stderr, flush=True)
    sys.exit(3)
if BEHAVIOUR[0] == "silent":
    time.sleep(3600)
if BEHAVIOUR[0] == "slow":
    time.sleep(float(BEHAVIOUR[1]))
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(os.environ["PORT"])))
listener.listen()
serve(listener)
'''

WORKER = '''\
"""A tiny worker: says that it works until it is stopped."""
import os, sys, time

HERE = os.path.dirname(os.path.realpath(__file__))
BEHAVIOUR = open(os.path.join(HERE, "behaviour.txt")).read().split()
VERSION = open(os.path.join(HERE, "version.txt")).read().strip()
print("worker", VERSION, "starts", flush=True)
if BEHAVIOUR[0] != "ok":
    sys.exit(3)
while True:
    print("working", os.getpid(), flush=True)
    time.sleep(0.2)
'''
