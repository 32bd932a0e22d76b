"""
The surface level: traces through CLI, GraphQL and webhooks of an implementation.

One server for each configuration is kept running, beside a database of its own; workers, and
the time, are the suite's, through the functions of ``db/``.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from conform.databases import Scratch
from conform.differential import outward
from conform.differential.canonical import Canon
from conform.differential.language import CONFIGURE, Step, Trace
from conform.differential.over_scratch import OverScratch
from conform.differential.player import Played, SqlPlayer
from conform.differential.sql import Types
from conform.implementation import Implementation
from conform.recorder import Recorder
from conform.verdicts import ImplementationError
from conform.world.leftovers import end_all
from conform.world.server import Server
from conform.world.subject import Subject
from conform.world.workspace import Workspace

UNIT_SECONDS = 3600.0  # whole programs are started meanwhile


@dataclass(slots=True)
class Running:
    """A server with its configuration, and who plays the workers of its database."""

    subject: Subject
    server: Server
    workers: SqlPlayer


class SurfacePlayer:
    """One implementation on one database."""

    def __init__(self, manifest: Implementation, template: Scratch, types: Types) -> None:
        self.name = f"{manifest.name} on {template.dialect}"
        self._manifest = manifest
        self._template = template
        self._types = types
        self._servers: dict[str, Running] = {}

    def play(self, trace: Trace) -> Played:
        """From an empty database with a registry to the end of the trace."""
        configure, *steps = trace.steps
        assert configure["do"] == CONFIGURE
        running, canon, played = self._running(configure["config"]), Canon(UNIT_SECONDS), Played()
        running.workers.empty()
        began = time.monotonic()
        played.answers.append(None)
        for number, step in enumerate(steps, start=1):
            canon.now()
            played.answers.append(self._do(running, number, step, canon))
        running.workers.end(played, canon)
        played.codes = [str(step.get("via", step["do"])) for step in steps]
        # Starting a command takes seconds on a busy machine: slow is the whole, not a step.
        played.seconds = (time.monotonic() - began) / max(1, len(steps))
        return played

    def _do(self, running: Running, number: int, step: Step, canon: Canon) -> Any:
        if step["do"] not in outward.OUTWARD:
            return running.workers.do(number, step, canon)
        given = running.workers.arguments(step)
        try:
            answer = self._ask(running, step, given)
        except ImplementationError as reason:
            answer = f"no answer: {reason}"
        return canon.of(self._cleaned(running, answer))

    def _ask(self, running: Running, step: Step, given: dict[str, Any]) -> Any:
        if step["do"] == "push":
            return outward.by_webhook(running.server, given)
        if step.get("via") == "cli":
            return outward.by_cli(running.subject, step["do"], given)
        return outward.by_graphql(running.server, step["do"], given)

    def _cleaned(self, running: Running, answer: Any) -> Any:
        """Without what only says where it runs."""
        text = json.dumps(answer)
        subject = running.subject
        for said, name in ((subject.workspace.folder, "<folder>"), (subject.scratch.url, "<url>")):
            text = text.replace(json.dumps(str(said))[1:-1], name)
        return json.loads(text)

    def _running(self, config: dict[str, Any]) -> Running:
        key = json.dumps(config, sort_keys=True)
        if key not in self._servers:
            self._servers[key] = self._start(config)
        return self._servers[key]

    def _start(self, config: dict[str, Any]) -> Running:
        workspace = Workspace(Path(tempfile.mkdtemp(prefix="conform-work-")).resolve())
        forge = {"provider": "github", "github": {"webhook_secret": workspace.secret}}
        document = {"git": forge, "server": {"open": True}, **config}
        workspace.write_config(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))
        scratch = self._template.lend()
        subject = Subject(self._manifest, workspace, scratch, Recorder())
        server = subject.serve(observer=False)
        workers = SqlPlayer(OverScratch(scratch), self._types)
        return Running(subject, server, workers)

    def close(self) -> None:
        """All servers end; nothing is left of them."""
        for running in self._servers.values():
            running.subject.end()
            running.subject.scratch.give_back()
            end_all(running.subject.workspace.folder)
            shutil.rmtree(running.subject.workspace.folder, ignore_errors=True)
