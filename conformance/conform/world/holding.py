"""
Steps of a deployment that can be held: by what a user brings along, not by the implementation.

A forge that does not answer (fetch), a build, a hook (before, after, on_failure), a smoke
test or a compiler that waits, an old release that does not end (switch), a new one that does
not listen yet (health). Steps of the fraise's database wait for that database
(``fraise_database.py``). For those that touch nothing of the user's, the database of Fraisier
itself waits (``turnstile.py``).
"""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from conform.world.service import APP
from conform.world.waiting import eventually

STARTS = 'print("service", VERSION, "starts", flush=True)\n'
# It tells when it begins; it may take its time to end, answering meanwhile, or to listen.
MARKS = """\
import signal, threading
def note(what):
    with open({marks!r}, "a") as file:
        file.write(what + " " + VERSION + " " + os.path.basename(HERE) + "\\n")
def leave(*_):
    note("asked-to-end")
    threading.Thread(target=end).start()
def end():
    while os.path.exists({holds!r} + "end-" + VERSION):
        time.sleep(0.02)
    os._exit(0)
if os.path.exists(os.path.join(HERE, {compiled!r})):
    note("compiled")
note("start")
signal.signal(signal.SIGTERM, leave)
while os.path.exists({holds!r} + "listen-" + VERSION):
    time.sleep(0.02)
"""
COMPILED = "schema.compiled.json"
# None of them waits for ever: whoever runs them may be gone.
WAITS = "n=0\nwhile [ -e {holds}{step} ] && [ $n -lt 1200 ]; do sleep 0.05; n=$((n + 1)); done\n"
BUILD = """#!/bin/sh
echo "start build $FRAISIER_COMMIT" >> {begun}
{waits}"""
HOOK = """#!/bin/sh
echo "start $1 $FRAISIER_COMMIT" >> {begun}
{waits}[ ! -e {holds}failing-$1 ]
"""
COMPILER = """#!/bin/sh
[ "$1 $3" = "compile -o" ] || exit 2
echo "start compile $FRAISIER_COMMIT" >> {begun}
{waits}cp "$2" "$4"
"""


class Holding:
    """
    The files by which a scenario and the programs of its service talk.

    ``old`` is the version that serves before the held deployment, ``new`` the one that it
    brings.
    """

    def __init__(self, folder: Path) -> None:
        self.old, self.new = "1.0", "2.0"
        self.marks = folder / "marks"
        self.begun = folder / "begun"
        self._holds = f"{folder}/hold-"
        self.marks.touch()
        self.begun.touch()
        self._before: dict[Path, int] = {}  # what was told when the hold began

    def program(self) -> str:
        """The service with its marks."""
        assert STARTS in APP
        names = {"marks": str(self.marks), "holds": self._holds, "compiled": COMPILED}
        return APP.replace(STARTS, STARTS + MARKS.format(**names))

    def build(self) -> str:
        """The build script."""
        return self._script(BUILD, "build")

    def hook(self) -> str:
        """The script of hooks and smoke tests; its argument is the step."""
        return self._script(HOOK, "$1")

    def compiler(self) -> str:
        """A stand-in with the command line of the real one: ``compile INPUT -o OUTPUT``."""
        return self._script(COMPILER, "compile")

    def _script(self, text: str, step: str) -> str:
        waits = WAITS.format(holds=self._holds, step=step)
        return text.format(begun=self.begun, holds=self._holds, waits=waits)

    def hold(self, step: str) -> None:
        """From now on whoever comes to this step waits."""
        self._before = {path: len(_lines(path)) for path in (self.marks, self.begun)}
        self._file(self._name(step)).touch()

    def fail(self, hook: str) -> None:
        """From now on a hook fails."""
        self._file(f"failing-{hook}").touch()

    def mend(self, hook: str) -> None:
        """It does not any more."""
        self._file(f"failing-{hook}").unlink()

    def let_go(self) -> None:
        """Whoever waits goes on, and nobody waits any more."""
        for path in self.marks.parent.glob("hold-*"):
            if not path.name.startswith("hold-failing-"):
                path.unlink()

    def holds(self, step: str) -> bool:
        """Whether the step is held."""
        return self._file(self._name(step)).exists()

    def noted(self, what: str, version: str) -> list[str]:
        """The release folders in which a version did this, in order."""
        lines = (line.split() for line in self.marks.read_text().splitlines())
        return [line[2] for line in lines if line[:2] == [what, version]]

    def _name(self, step: str) -> str:
        """What is held for a step: the release that ends, the one that comes, or a program."""
        return {
            "switch": f"end-{self.old}",
            "health": f"listen-{self.new}",
            "rollback": f"listen-{self.old}",
            "rollback (stop)": f"end-{self.new}",
        }.get(step, step)

    def _file(self, name: str) -> Path:
        return Path(f"{self._holds}{name}")

    def is_held(self, step: str, commit: str) -> bool:
        """Whether somebody who came after the hold began waits at the step now."""
        marks = [line.rpartition(" ")[0] for line in self._since(self.marks)]
        ends, begins = (self.new, self.old) if "rollback" in step else (self.old, self.new)
        if step in ("switch", "rollback (stop)"):
            return f"asked-to-end {ends}" in marks
        if step in ("health", "rollback"):
            return f"start {begins}" in marks
        return f"start {step} {commit}" in self._since(self.begun)

    def _since(self, path: Path) -> list[str]:
        return _lines(path)[self._before.get(path, 0) :]


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


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
