"""Steps of the fault matrix about disks that are full or read-only."""

from __future__ import annotations

from pathlib import Path

from pytest_bdd import given, when

from conform import mounts
from conform.databases import Scratch
from conform.steps.faults import Fault
from conform.world.outage import disk_full, space_again
from conform.world.waiting import eventually

DISK_BYTES = 32 << 20
CHUNK = bytes(1 << 16)
END_SECONDS = 60.0


def disk(fault: Fault) -> Path:
    """Where fraises.yaml is, and beside it all that Fraisier keeps."""
    return fault.deploying.subject.workspace.config.parent


@given("everything that Fraisier keeps is on a disk of its own")
def own_disk(fault: Fault) -> None:
    """A real file system of 32 MB, which nobody else has; an SQLite database is on it too."""
    subject = fault.deploying.subject
    workspace, folder = subject.workspace, subject.workspace.folder / "disk"
    folder.mkdir()
    mounts.small(folder, DISK_BYTES)
    fault.stack.callback(mounts.reopen, folder)
    workspace.config, workspace.home = folder / workspace.config.name, folder / "home"
    workspace.home.mkdir()
    if subject.scratch.dialect != "sqlite":
        return
    url = subject.scratch.kind.copy(subject.scratch.url, str(folder), "fraisier")
    subject.scratch = Scratch("sqlite", url, str(folder))
    fault.stack.callback(subject.scratch.close)


@when("its disk is full")
def full(fault: Fault) -> None:
    """To the last byte; the step goes on."""
    with (disk(fault) / "filler").open("wb", buffering=0) as file:
        for size in (len(CHUNK), 1):
            try:
                while file.write(CHUNK[:size]):
                    pass
            except OSError:
                continue
    fault.let_go()


@when("its disk is read-only")
def read_only(fault: Fault) -> None:
    """For everybody who opens something from now on; the step goes on."""
    mounts.close(disk(fault))
    fault.let_go()


@when("no file of the held observer can grow")
def no_file_grows(fault: Fault) -> None:
    """What a full disk looks like to it and to what it starts; the step goes on."""
    disk_full(fault.worker.pid)
    fault.stack.callback(space_again, fault.worker.pid)
    fault.let_go()


@when("its disk has space again")
def space(fault: Fault) -> None:
    """Once the deployment has ended, or its lease has not been renewed in time."""
    ended_or_left(fault)
    (disk(fault) / "filler").unlink()


@when("its disk can be written again")
def writable_again(fault: Fault) -> None:
    """The same."""
    ended_or_left(fault)
    mounts.reopen(disk(fault))


@when("its files can grow again")
def grow_again(fault: Fault) -> None:
    """The same."""
    ended_or_left(fault)
    space_again(fault.worker.pid)


def ended_or_left(fault: Fault) -> None:
    """Nobody works on the deployment any more."""
    scratch, asked = fault.deploying.subject.scratch, fault.deploying.asked[-1]
    now = "now()" if scratch.dialect != "sqlite" else "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
    query = f"""
    SELECT 1 FROM tb_deployment d JOIN tb_lease l ON l.fk_environment = d.fk_environment
     WHERE d.id = :id AND (d.status NOT IN ('pending', 'in_progress') OR l.expires_at < {now})
    """
    eventually(
        lambda: scratch.rows(query, id=asked), "the end, or the end of the lease", END_SECONDS
    )
