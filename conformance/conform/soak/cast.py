"""The processes of a soak: who is there, who is killed, who takes the place."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, field

from conform.soak.plan import Action
from conform.world.outage import writable
from conform.world.processes import Running
from conform.world.subject import Subject

LEASE_SECONDS = "2"
KILLED = (-signal.SIGKILL, -signal.SIGTERM)


@dataclass(slots=True)
class Frozen:
    """A process that stands still, and when it goes on."""

    process: Running
    name: str
    until: float
    woken: bool = False


@dataclass(slots=True)
class Cast:
    """Two observers, a server that observes too, and a command that deploys."""

    subject: Subject
    environments: int
    running: dict[str, Running] = field(default_factory=dict[str, Running])
    frozen: list[Frozen] = field(default_factory=list[Frozen])
    ended: list[tuple[str, Running]] = field(default_factory=list[tuple[str, Running]])
    complaints: list[str] = field(default_factory=list[str])
    commands: int = 0

    def keep_alive(self) -> None:
        """Whoever is not there is started; whoever ended by itself is told."""
        for name in ("observer-1", "observer-2", "server", "command"):
            process = self.running.get(name)
            if process is not None and process.exit is None:
                continue
            if process is not None:
                self._look_at_the_end(name, process)
            self.running[name] = self._start(name)
        self._wake()

    def _start(self, name: str) -> Running:
        if name == "server":
            return self.subject.spawn("serve", "--port", "0")
        if name == "command":
            self.commands += 1
            place = f"e{self.commands % self.environments:02}"
            return self.subject.spawn("deploy", "fleet", place, "--json")
        return self.subject.spawn("observe", "--lease-seconds", LEASE_SECONDS, "--json")

    def _look_at_the_end(self, name: str, process: Running) -> None:
        """A command may say that a deployment failed; nobody may fall over."""
        fine = (0, 1, 4, 6) if name == "command" else (0,)
        if process.exit not in fine:
            said = process.tail()[-500:] or " ".join(process.lines[-1:])[-500:]
            self.complaints.append(f"{name} ended by itself with {process.exit}: {said}")

    def do(self, action: Action) -> bool:
        """Carry an action out; false when the victim had just ended."""
        process = self.running.get(action.victim)
        if process is None or process.exit is not None:
            return False
        if action.how == "kill":
            process.kill()
        elif action.how == "end":
            process.process.terminate()
            self.frozen.append(Frozen(process, action.victim, time.monotonic() + 30, woken=True))
        elif not self._freeze(process):
            return False
        else:
            until = time.monotonic() + action.frozen_seconds
            self.frozen.append(Frozen(process, action.victim, until))
        del self.running[action.victim]
        return True

    def _freeze(self, process: Running) -> bool:
        """Not in the middle of a write: then SQLite lets nobody else write."""
        for _ in range(20):
            process.freeze()
            if writable(self.subject.scratch):
                return True
            process.thaw()
            time.sleep(0.03)
        return False

    def _wake(self) -> None:
        """Whose time is over goes on late, and is asked to end; who was asked has to."""
        now = time.monotonic()
        for each in list(self.frozen):
            if each.process.exit is not None:
                self.frozen.remove(each)
                if each.process.exit not in (0, 1, 4, 6, 130, 143, *KILLED):
                    text = f"{each.name} ended with {each.process.exit}: {each.process.tail()}"
                    self.complaints.append(text)
            elif now > each.until and not each.woken:
                each.process.thaw()
                each.process.process.terminate()
                each.woken, each.until = True, now + 60
            elif now > each.until:
                self.complaints.append(f"{each.name} does not end after SIGTERM")
                each.process.kill()
                self.frozen.remove(each)

    def finish(self) -> None:
        """Nobody is left: killed, also those who stand still."""
        for process in (*self.running.values(), *(each.process for each in self.frozen)):
            process.kill()
        self.running.clear()
        self.frozen.clear()
