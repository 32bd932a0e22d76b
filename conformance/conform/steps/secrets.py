"""Steps of the scenario that plants a canary as every kind of secret."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import yaml
from pytest_bdd import given, when

from conform.recorder import Recorder
from conform.steps.deploy_sentences import sentence
from conform.world.canaries import Canaries, Mailbox
from conform.world.holding import Holding, SlowForge
from conform.world.ports import free_port
from conform.world.processes import Running
from conform.world.server import Server
from conform.world.service import APP
from conform.world.subject import Result, Subject
from conform.world.workspace import Workspace

TELLING = '#!/bin/sh\nenv\nenv >&2\necho "$PRIVATE_KEY"\n[ ! -e broken ] || exit 3\n'
CRASHING = APP.replace(
    'if BEHAVIOUR[0] == "crash":\n',
    'if BEHAVIOUR[0] == "crash":\n    print(dict(os.environ), file=sys.stderr, flush=True)\n',
)
QUERIES = (
    "{ deployments(limit: 50) { id status errorMessage } }",
    "{ fraises { name description environments { name target { provider config } } } }",
    "{ recentWebhooks(limit: 50) { id provider repository sender ignoredReason } }",
    "{ no such thing }",
)


@dataclass(slots=True)
class Planted:
    """The canaries of a scenario, and everything that was said meanwhile."""

    subject: Subject
    recorder: Recorder
    stack: ExitStack
    canaries: Canaries = field(default_factory=Canaries)
    mailbox: Mailbox = field(default_factory=Mailbox)
    environment: dict[str, str | None] = field(default_factory=dict[str, str | None])
    results: list[Result] = field(default_factory=list[Result])
    processes: list[Running] = field(default_factory=list[Running])
    server: Server | None = None

    @property
    def workspace(self) -> Workspace:
        """Where it all happens."""
        return self.subject.workspace

    def run(self, *arguments: str) -> Result:
        """One command with the scenario's secret variables."""
        self.results.append(self.subject.cli(*arguments, env=self.environment))
        return self.results[-1]


@pytest.fixture
def planted(implementation: Subject, recorder: Recorder) -> Iterator[Planted]:
    """The canaries of one scenario."""
    with ExitStack() as stack:
        yield Planted(implementation, recorder, stack)


@given("a registry with a canary as every kind of secret")
def registry(planted: Planted) -> None:
    """Two fraises: one that can be deployed, one whose forge does not answer."""
    canaries, workspace = planted.canaries, planted.workspace
    workspace.secret = canaries["webhook"]
    planted.environment = {
        "OUTER_TOKEN": canaries["variable-of-the-caller"],
        "FRAISIER_DATABASE_URL": _with_password(planted),
    }
    forge = SlowForge(workspace.repository.origin, Holding(workspace.folder))
    planted.stack.callback(forge.stop)
    mailbox = planted.mailbox.open()
    planted.stack.callback(mailbox.server_close)
    planted.stack.callback(mailbox.shutdown)
    workspace.configure("shop", health_check={"path": "/health", "timeout": 3, "interval": 0.1})
    document = yaml.safe_load(workspace.config.read_text())
    shop = document["fraises"]["shop"]
    address = urlsplit(forge.url)
    shop["git"]["repository"] = _with_user(address, canaries["repository"])
    shop["variables"] = _variables(canaries)
    shop["environments"]["production"]["target"]["env"] = {
        "API_TOKEN": canaries["variable-of-the-target"]
    }
    document["fraises"]["vault"] = _vault(shop, canaries)
    document["git"] = _forges(canaries)
    document["server"] = {"token": canaries["server-token"]}
    document["notifications"] = _channels(canaries, mailbox.server_port)
    workspace.write_config(yaml.safe_dump(document, sort_keys=False))


def _variables(canaries: Canaries) -> dict[str, str]:
    return {
        "DB_PASSWORD": canaries["variable"],
        "PRIVATE_KEY": canaries.key("key"),
        "SESSION_SECRET": "${OUTER_TOKEN}",
        "BROKER_URL": f"amqp://worker:{canaries['address-in-a-variable']}@127.0.0.1:5672/",
    }


def _vault(shop: Mapping[str, Any], canaries: Canaries) -> dict[str, Any]:
    nobody = urlsplit(f"http://127.0.0.1:{free_port()}/vault.git")
    target = {"provider": "local", "command": ["true"], "port": free_port()}
    return {
        "type": "api",
        "git": {"repository": _with_user(nobody, canaries["repository-of-nobody"])},
        "health_check": {"url": f"http://u:{canaries['health-address']}@127.0.0.1:9/"},
        "variables": {"PASSWORD": canaries["variable-of-vault"]},
        "environments": {"production": {"branch": "main", "target": target}},
    }


def _forges(canaries: Canaries) -> dict[str, Any]:
    return {
        "provider": "github",
        "github": {"webhook_secret": [canaries["webhook"], canaries["old-webhook"]]},
        "gitlab": {"secret_token": canaries["gitlab"]},
    }


def _channels(canaries: Canaries, port: int) -> dict[str, Any]:
    url = f"http://127.0.0.1:{port}/{canaries['channel-address']}"
    nobody = f"http://127.0.0.1:{free_port()}/{canaries['channel-of-nobody']}"
    return {
        "ours": {"type": "webhook", "url": url, "secret": canaries["channel-secret"]},
        "theirs": {"type": "slack", "url": nobody},
    }


def _with_user(address: Any, password: str) -> str:
    host = f"deployer:{password}%40x@{address.netloc}"
    return str(urlunsplit(address._replace(netloc=host)))


def _with_password(planted: Planted) -> str:
    """A role of the scenario's own, whose password is a canary."""
    scratch = planted.subject.scratch
    if scratch.dialect == "sqlite":
        return scratch.url
    role, password = f"canary_{uuid.uuid4().hex}", planted.canaries["database"]
    scratch.execute(f"CREATE ROLE {role} SUPERUSER LOGIN PASSWORD '{password}'")
    planted.stack.callback(scratch.execute, f"DROP ROLE {role}")
    parts = urlsplit(scratch.url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{password}@{host}"))


@given(sentence('version "{version}" prints all its variables while it is built'))
@when(sentence('version "{version}" prints all its variables while it is built'))
def telling(planted: Planted, version: str) -> None:
    """And succeeds."""
    repository = planted.workspace.repository
    repository.commit_files({"build.sh": TELLING, "app.py": CRASHING}, "tells")
    repository.commit(version)


@when(sentence('version "{version}" prints them and fails to build'))
def failing(planted: Planted, version: str) -> None:
    """The end of its output goes into the error."""
    planted.workspace.repository.commit_files({"broken": ""}, "broken")
    planted.workspace.repository.commit(version)


@when(sentence('version "{version}" prints them and crashes'))
def crashing(planted: Planted, version: str) -> None:
    """The last lines of the service go into the record."""
    (planted.workspace.repository.copy / "broken").unlink()
    planted.workspace.repository.commit(version, "crash")


@when(sentence('"{fraise}" is deployed, told as text and as JSON, and looked at'))
def deployed(planted: Planted, fraise: str) -> None:
    """Every command that could say something about it."""
    planted.run("deploy", fraise, "production", "--json")
    planted.run("deploy", fraise, "production", "--force")
    for command in ("logs", "health"):
        planted.run(command, fraise, "production", "--json")
    planted.run("deploy", fraise, "production", "--dry-run")


@when("a server and an observer work with it, and are asked everything")
def server(planted: Planted) -> None:
    """Good and bad requests, and a push that is deployed."""
    planted.processes.append(
        planted.subject.spawn("observe", "--json", env=planted.environment),
    )
    changes = {"OUTER_TOKEN": planted.environment["OUTER_TOKEN"]}
    planted.server = planted.subject.serve(observer=True, env=changes)
    planted.processes.append(planted.server.running)
    event = planted.workspace.push_event()
    planted.server.post_webhook(event)
    planted.server.post_webhook(event, secret=planted.canaries["a-wrong-secret"])
    planted.server.post_webhook(b"{" + planted.canaries["body"].encode())
    token = f"Bearer {planted.canaries['server-token']}"
    for authorization in (token, "Bearer wrong", None):
        headers = {"Authorization": authorization} if authorization else {}
        for query in QUERIES:
            planted.server.post("/graphql", {"query": query}, headers)
    for path in ("/health", "/metrics", "/nowhere"):
        planted.server.get(path)


@when("every other command is run")
def others(planted: Planted) -> None:
    """Whatever they show."""
    for words in ("list", "status-all", "history", "stats", "webhooks", "config show", "doctor"):
        planted.run(*words.split(), "--json")
        planted.run(*words.split())
    planted.run("config", "validate")


@when(sentence("the configuration is broken at each of its secrets"))
def broken(planted: Planted) -> None:
    """Errors quote what is wrong, but not this."""
    workspace = planted.workspace
    whole = workspace.config.read_text()
    document = yaml.safe_load(whole)
    spoilt = (
        whole.replace("webhook_secret:", "webhook_secrett:"),
        whole.replace("secret_token:", "secret_token: [1, "),
        whole.replace("token:", "token: {a: ", 1),
        whole.replace("variables:", "variables: 5\n    x:", 1),
        whole.replace("type: slack", "type: slakc"),
        yaml.safe_dump(document | {"server": {"port": planted.canaries["server-token"]}}),
        whole.replace("provider: local", "provider: locall"),
    )
    for text in spoilt:
        workspace.write_config(text)
        planted.run("config", "validate", "--json")
        planted.run("list")
    workspace.write_config(whole)
