"""
Steps of a deployment that can be held: by what a user brings along, not by the implementation.

A forge that does not answer (fetch), a build, a hook (before) or a smoke test that waits, an
old release that does not end (switch), a new one that does not listen yet (health). For
the steps that touch nothing of the user's, the database itself waits (``turnstile.py``).
"""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from conform.world.service import APP
from conform.world.waiting import eventually

STARTS = 'print("service", VERSION, "starts", flush=True)\n'
# It tells when it begins; the old release may take its time to end, answering meanwhile.
MARKS = """\
import signal, threading
def note(what):
    with open({marks!r}, "a") as file:
        file.write(what + " " + VERSION + " " + os.path.basename(HERE) + "\\n")
def leave(*_):
    note("asked-to-end")
    threading.Thread(target=end).start()
def end():
    while VERSION != {held!r} and os.path.exists({holds!r} + "switch"):
        time.sleep(0.02)
    os._exit(0)
note("start")
signal.signal(signal.SIGTERM, leave)
while VERSION == {held!r} and os.path.exists({holds!r} + "health"):
    time.sleep(0.02)
"""
BUILD = """#!/bin/sh
echo "start $FRAISIER_COMMIT" >> {builds}
n=0
while [ -e {holds}build ] && [ $n -lt 600 ]; do sleep 0.05; n=$((n + 1)); done
echo "end $FRAISIER_COMMIT" >> {builds}
"""
HOOK = """#!/bin/sh
echo "start $1 $FRAISIER_COMMIT" >> {builds}
n=0
while [ -e {holds}$1 ] && [ $n -lt 600 ]; do sleep 0.05; n=$((n + 1)); done
"""


class Holding:
    """The files by which a scenario and the programs of its service talk."""

    def __init__(self, folder: Path, held: str) -> None:
        self.marks = folder / "marks"
        self.builds = folder / "builds"
        self._holds = f"{folder}/hold-"
        self._held = held
        self.marks.touch()
        self.builds.touch()

    def program(self) -> str:
        """The service with its marks; versions below ``held`` end late, that one listens late."""
        assert STARTS in APP
        names = {"marks": str(self.marks), "holds": self._holds, "held": self._held}
        return APP.replace(STARTS, STARTS + MARKS.format(**names))

    def build(self) -> str:
        """The build script."""
        return BUILD.format(builds=self.builds, holds=self._holds)

    def hook(self) -> str:
        """The script of hooks and smoke tests; its argument is the step."""
        return HOOK.format(builds=self.builds, holds=self._holds)

    def hold(self, step: str) -> None:
        """From now on whoever comes to this step waits."""
        Path(self._holds + step).touch()

    def let_go(self) -> None:
        """Whoever waits goes on, and nobody waits any more."""
        for path in self.marks.parent.glob("hold-*"):
            path.unlink()

    def holds(self, step: str) -> bool:
        """Whether the step is held."""
        return Path(self._holds + step).exists()

    def noted(self, what: str, version: str) -> list[str]:
        """The release folders in which a version did this, in order."""
        lines = (line.split() for line in self.marks.read_text().splitlines())
        return [line[2] for line in lines if line[:2] == [what, version]]

    def wait_until_held(self, step: str, commit: str) -> None:
        """Somebody waits at the step now."""
        questions = {
            "build": lambda: f"start {commit}" in self.builds.read_text(),
            "before": lambda: f"start before {commit}" in self.builds.read_text(),
            "smoke": lambda: f"start smoke {commit}" in self.builds.read_text(),
            "switch": lambda: "asked-to-end" in self.marks.read_text(),
            "health": lambda: bool(self.noted("start", self._held)),
        }
        if step in questions:
            eventually(questions[step], f"somebody at the step {step}")


class SlowForge:
    """A forge that serves the repository over HTTP, but not while the fetch is held."""

    def __init__(self, origin: Path, holding: Holding) -> None:
        self.asked = threading.Event()
        hook = origin / "hooks" / "post-update"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\nexec git update-server-info\n")
        hook.chmod(0o755)
        handler = partial(_Handler, directory=str(origin.parent), forge=self, holding=holding)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/{origin.name}"

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *arguments: object, forge: SlowForge, holding: Holding, **keys: object):
        self._forge, self._holding = forge, holding
        super().__init__(*arguments, **keys)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """As a file server does, once the hold is over."""
        if self._holding.holds("fetch"):
            self._forge.asked.set()
            eventually(lambda: not self._holding.holds("fetch"), "the end of the hold", 60)
        try:
            super().do_GET()
        except OSError:  # whoever asked is gone
            return

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: standard error belongs to the report."""
