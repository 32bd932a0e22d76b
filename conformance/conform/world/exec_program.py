"""
The provider program of the suite: it speaks the exec protocol and writes down what it is told.

``behaviour.json`` beside it says what it does otherwise than well, method by method.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PROGRAM = '''\
"""Keeps one release as the one that serves; ``told.jsonl`` has every request."""
import json, os, signal, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
RAW = sys.stdin.read()
REQUEST = json.loads(RAW.splitlines()[0])
METHOD = REQUEST["method"]


def load(name, default):
    path = os.path.join(HERE, name)
    return json.load(open(path)) if os.path.exists(path) else default


def save(name, value):
    path = os.path.join(HERE, name)
    with open(path + ".new", "w") as file:
        json.dump(value, file)
    os.replace(path + ".new", path)


def say(**line):
    print(json.dumps(line), flush=True)


def version_of(folder):
    try:
        return open(os.path.join(folder or "", "version.txt")).read().strip()
    except OSError:
        return None


STATE = load("state.json", {"release": None, "version": None, "running": False, "token": 0})
BEHAVIOUR = load("behaviour.json", {}).get(METHOD, "well")
if BEHAVIOUR.startswith("from "):  # "from 2.0 down": only while that version serves
    _, version, BEHAVIOUR = BEHAVIOUR.split(" ", 2)
    BEHAVIOUR = BEHAVIOUR if STATE["version"] == version else "well"
with open(os.path.join(HERE, "told.jsonl"), "a") as file:
    seen = {"cwd": os.getcwd(), "argv": sys.argv, "environment": dict(os.environ)}
    built = version_of(REQUEST["release_folder"])
    line = {"request": REQUEST, "lines": RAW.count("\\n"), "built": built, **seen}
    file.write(json.dumps(line) + "\\n")
if BEHAVIOUR == "silent":
    sys.exit(0)
if BEHAVIOUR == "dies":
    os.kill(os.getpid(), signal.SIGKILL)
if BEHAVIOUR == "hangs":
    time.sleep(300)
if BEHAVIOUR == "waits":
    save("waiting.json", os.getpid())
    deadline = time.time() + 60
    while not os.path.exists(os.path.join(HERE, "gate")) and time.time() < deadline:
        time.sleep(0.02)
    STATE = load("state.json", STATE)
if BEHAVIOUR == "words":
    print("deploying, please wait", flush=True)
if BEHAVIOUR == "huge":
    say(log="x" * 1100000)
if BEHAVIOUR == "unknown key":
    say(reslut={})
if BEHAVIOUR == "unsupported":
    say(unsupported=True)
    sys.exit(0)
if BEHAVIOUR == "fails":
    say(error={"code": "host-unreachable", "message": "no way to the host", "hint": "plug it in"})
    sys.exit(3)
if BEHAVIOUR == "own code":
    say(error={"code": "quota-exceeded", "message": "no room"})
    sys.exit(0)
if BEHAVIOUR == "tells":
    secret = REQUEST["options"]["api_token"]
    say(log="the token is " + secret, )
    say(progress=50, message="half with " + secret)
    print("stderr has", secret, file=sys.stderr, flush=True)
    say(error={"code": "provider-failed", "message": "refused " + secret, "hint": secret})
    sys.exit(1)

result = {}
token = REQUEST["fencing_token"]
if METHOD in ("deploy", "rollback", "stop", "start"):
    if token is not None and token < STATE["token"]:
        say(error={"code": "lease-lost", "message": "a newer worker has been here"})
        sys.exit(0)
    say(log="working on " + str(REQUEST["version"]))
    STATE["token"] = token or STATE["token"]
    STATE["running"] = METHOD != "stop"
    if METHOD in ("deploy", "rollback"):
        STATE["release"] = REQUEST["release"]
        STATE["version"] = version_of(REQUEST["release_folder"])
    save("state.json", STATE)
elif METHOD == "prepare":
    save("prepared.json", REQUEST["release"])
elif METHOD == "is_prepared":
    result = {"prepared": load("prepared.json", None) == REQUEST["release"]}
elif METHOD == "current_release":
    result = {"release": STATE["release"]}
elif METHOD == "is_running":
    result = {"running": STATE["running"]}
elif METHOD == "health_check":
    state = "down" if BEHAVIOUR == "down" or not STATE["running"] else "healthy"
    result = {"state": state, "message": "it is " + state}
elif METHOD == "logs":
    result = {"lines": ["serving " + str(STATE["version"])]}
say(result=result)
if BEHAVIOUR == "twice":
    say(result=result)
if BEHAVIOUR == "talks on":
    say(log="one more thing")
if BEHAVIOUR == "bad status":
    sys.exit(1)
'''


class ExecProgram:
    """The program in a scenario's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "provider"
        self._folder.mkdir()
        (self._folder / "program.py").write_text(PROGRAM)
        self._behaviour: dict[str, str] = {}

    @property
    def command(self) -> list[str]:
        """For ``target.command``: a path that starts at the folder of fraises.yaml."""
        return [sys.executable, "./provider/program.py"]

    def behave(self, method: str, behaviour: str) -> None:
        """From now on it answers this method in this way."""
        self._behaviour[method] = behaviour
        (self._folder / "behaviour.json").write_text(json.dumps(self._behaviour))

    @property
    def state(self) -> Mapping[str, Any]:
        """What it keeps: ``release``, ``version``, ``running``, ``token``."""
        return json.loads((self._folder / "state.json").read_text())

    @property
    def waiting(self) -> int | None:
        """The process that waits, or has waited; None before there was one."""
        path = self._folder / "waiting.json"
        return json.loads(path.read_text()) if path.exists() else None

    def open_gate(self) -> None:
        """Let the process that waits go on."""
        (self._folder / "gate").touch()

    def told(self, *methods: str) -> list[Mapping[str, Any]]:
        """The calls so far, of these methods or of all: each with its ``request``."""
        path = self._folder / "told.jsonl"
        calls = (
            [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        )
        return [call for call in calls if not methods or call["request"]["method"] in methods]
