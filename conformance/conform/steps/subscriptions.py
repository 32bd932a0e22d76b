"""Steps about subscriptions: who is told what, in which order, also after an absence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from pytest_bdd import given, parsers, then, when

from conform.databases import Scratch
from conform.steps.graphql import Asked, compare, make_deployment
from conform.world.subject import Subject
from conform.world.subscribing import Client, Message, SocketClient, StreamClient

Table = Sequence[Sequence[str]]
LONG = "x" * 20_000


class Subscriber:
    """One client by its name: what it asked, and the results that it has had so far."""

    def __init__(self, transport: str, request: Message, headers: dict[str, str]) -> None:
        self.transport = transport
        self.request = request
        self.headers = headers
        self.results: list[Message] = []
        self.client: Client | None = None
        self.little = False
        self._last_id: str | None = None

    def connect(self, url: str) -> None:
        """Subscribe, after the last result that it has had."""
        if self.transport == "event stream":
            self.client = StreamClient(url, self.request, self.headers, self._last_id)
            return
        request = dict(self.request)
        if self.results:
            request["extensions"] = {"after": self.cursor}
        self.client = SocketClient(url, request, self.headers, little=self.little)

    @property
    def cursor(self) -> int:
        """The number of the last result."""
        return int(self.results[-1]["extensions"]["cursor"])

    def take(self, number: int) -> list[Message]:
        """The next results, which come in the order of their cursors, each once."""
        assert self.client is not None
        for _ in range(number):
            result = self.client.next()
            cursor = int(result["extensions"]["cursor"])
            known = [int(each["extensions"]["cursor"]) for each in self.results]
            assert not known or cursor > known[-1], f"{cursor} after {known}"
            self.results.append(result)
        return self.results[-number:]

    def cut_off(self) -> None:
        """Be gone, without a word."""
        assert self.client is not None
        self.client.cut_off()
        self._last_id = getattr(self.client, "last_id", None)

    def remember_results_only(self) -> None:
        """What has arrived and was not looked at is as if it had not."""
        self._last_id = str(self.cursor)


class Subscribers:
    """All clients of a scenario, by name."""

    def __init__(self, asked: Asked, implementation: Subject) -> None:
        self.asked = asked
        self.server = asked.server
        self.named: dict[str, Subscriber] = {}
        self._implementation = implementation

    def add(self, name: str, transport: str, document: str, extensions: Any = None) -> Subscriber:
        """A client that asks for a document."""
        request: Message = {"query": self.asked.fill_in(document)}
        if extensions is not None:
            request["extensions"] = extensions
        self.named[name] = Subscriber(transport, request, {})
        return self.named[name]

    def serve_again(self) -> None:
        """Start the server anew, over the same database."""
        self.server = self._implementation.serve(observer=False)


@pytest.fixture
def subscribers(asked: Asked, implementation: Subject) -> Any:
    """Clients, gone at the end."""
    found = Subscribers(asked, implementation)
    yield found
    for each in found.named.values():
        if each.client is not None:
            each.client.cut_off()


_TRANSPORT = r"over an? (?P<transport>WebSocket|event stream)"


@given(parsers.re(rf'"(?P<name>\w+)" subscribes {_TRANSPORT}:'))
@when(parsers.re(rf'"(?P<name>\w+)" subscribes {_TRANSPORT}:'))
def subscribe(subscribers: Subscribers, name: str, transport: str, docstring: str) -> None:
    """Subscribe, and hear of what comes."""
    subscribers.add(name, transport, docstring).connect(subscribers.server.url)


@when(parsers.re(rf'"(?P<name>\w+)" subscribes {_TRANSPORT} with (?P<extensions>\{{.*\}}):'))
def subscribe_with(
    subscribers: Subscribers, name: str, transport: str, extensions: str, docstring: str
) -> None:
    """Subscribe with extensions, which are JSON."""
    given = json.loads(extensions)
    subscribers.add(name, transport, docstring, given).connect(subscribers.server.url)


@when(parsers.parse("{fraise}/{environment} gets these deployments:"))
def gets_deployments(asked: Asked, fraise: str, environment: str, datatable: Table) -> None:
    """One row a deployment, oldest first: its name, its end, its version."""
    for name, end, version in datatable[1:]:
        asked.names[name] = make_deployment(asked.scratch, fraise, environment, end, version)


@when(parsers.parse("{number:d} deployments of {fraise}/{environment} are asked for"))
def many_requests(asked: Asked, number: int, fraise: str, environment: str) -> None:
    """Each supersedes the one before."""
    for _ in range(number):
        asked.scratch.call("fn_request_deployment", fraise=fraise, environment=environment)


@when(parsers.parse('the step "{step}" of {name} is {state} at {progress:d}: {message}'))
def step_is(asked: Asked, step: str, name: str, state: str, progress: int, message: str) -> None:
    """A worker says how far it is."""
    _record(asked.scratch, asked.names[name], step, state, progress, message)


@when(parsers.parse('the step "{step}" of {name} says {number:d} long things'))
def says_much(asked: Asked, step: str, name: str, number: int) -> None:
    """20 kB each, numbered."""
    for each in range(number):
        _record(asked.scratch, asked.names[name], step, "started", 0, f"{each} {LONG}")


def _record(
    scratch: Scratch, deployment: str, step: str, state: str, progress: int, message: str
) -> None:
    answer = scratch.call(
        "fn_record_step",
        deployment_id=deployment,
        fencing_token=1,
        step=step,
        state=state,
        progress=progress,
        message=message,
    )
    assert answer["succeeded"], answer


@when(parsers.parse('"{name}" is cut off'))
def cut_off(subscribers: Subscribers, name: str) -> None:
    """Its connection breaks."""
    subscribers.named[name].cut_off()


@when(parsers.parse('"{name}" comes back'))
def come_back(subscribers: Subscribers, name: str) -> None:
    """It subscribes again, after what it has heard."""
    subscribers.named[name].connect(subscribers.server.url)


@when("the server is killed and started again")
def kill_and_start(subscribers: Subscribers) -> None:
    """SIGKILL: nobody is told."""
    subscribers.server.kill()
    subscribers.serve_again()


@then(parsers.parse('"{name}" is told:'))
def is_told(subscribers: Subscribers, name: str, docstring: str) -> None:
    """The next results: a JSON array of their data, in order."""
    expected = json.loads(subscribers.asked.fill_in(docstring))
    results = subscribers.named[name].take(len(expected))
    for number, (result, data) in enumerate(zip(results, expected, strict=True)):
        assert "errors" not in result, result
        compare(result["data"], data, f"results[{number}].data")


@then(parsers.parse('"{name}" has heard all {number:d} long things once'))
def heard_all(subscribers: Subscribers, name: str, number: int) -> None:
    """Whatever of them came before it was cut off."""
    subscriber = subscribers.named[name]
    subscriber.take(number - len(long_things(subscriber)))
    heard = [int(message.split()[0]) for message in long_things(subscriber)]
    assert heard == list(range(number)), heard


def long_things(subscriber: Subscriber) -> list[str]:
    """The messages of 20 kB that it has had."""
    messages = [each["data"]["deploymentProgress"]["message"] for each in subscriber.results]
    return [message for message in messages if message.endswith(LONG)]


@given(parsers.parse("{number:d} clients subscribe to what ends"))
def many_subscribe(subscribers: Subscribers, number: int) -> None:
    """Half of them over a WebSocket, half over a stream of events."""
    for each in range(number):
        transport = "WebSocket" if each % 2 else "event stream"
        added = subscribers.add(
            f"c{each}", transport, "subscription { deploymentCompleted { id } }"
        )
        added.connect(subscribers.server.url)


@when(parsers.parse("{number:d} deployments of {fraise}/{environment} are made"))
def are_made(asked: Asked, number: int, fraise: str, environment: str) -> None:
    """Each succeeds."""
    for _ in range(number):
        name = f"d{len(asked.names)}"
        asked.names[name] = make_deployment(asked.scratch, fraise, environment, "success", name)


@when("each client has heard of some of them")
def some_are_heard(subscribers: Subscribers) -> None:
    """One, two or three."""
    for number, each in enumerate(subscribers.named.values()):
        each.take(1 + number % 3)


@when("all clients come back")
def all_come_back(subscribers: Subscribers) -> None:
    """After what each has heard."""
    for each in subscribers.named.values():
        each.cut_off()
        each.remember_results_only()
        each.connect(subscribers.server.url)


@then(parsers.parse("every client has heard of all {number:d} deployments once, in their order"))
def all_have_heard(subscribers: Subscribers, number: int) -> None:
    """Before and after."""
    expected = list(subscribers.asked.names.values())
    assert len(expected) == number
    for each in subscribers.named.values():
        each.take(number - len(each.results))
        heard = [result["data"]["deploymentCompleted"]["id"] for result in each.results]
        assert heard == expected, heard
