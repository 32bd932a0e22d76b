"""Steps about the protocols of subscriptions, message by message."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_bdd import given, parsers, then, when

from conform.steps.asking import Happened
from conform.steps.graphql import Asked, compare
from conform.steps.server_access import TOKENS
from conform.steps.subscriptions import Subscribers, long_things
from conform.world.subscribing import Closed, Message, Refused, StreamClient, Wire


class Speech:
    """The one WebSocket or event stream of a scenario."""

    def __init__(self) -> None:
        self.wire: Wire | None = None
        self.stream: StreamClient | None = None

    def open(self, url: str, **options: Any) -> Wire:
        """Open a WebSocket."""
        self.wire = Wire(url, **options)
        return self.wire


@pytest.fixture
def speech() -> Any:
    """What is opened is closed at the end."""
    found = Speech()
    yield found
    for each in (found.wire, found.stream):
        if each is not None:
            each.cut_off()


@given(parsers.parse('a WebSocket that offers "{subprotocol}"'))
def a_websocket(speech: Speech, asked: Asked, subprotocol: str) -> None:
    """Open a WebSocket."""
    speech.open(asked.server.url, subprotocols=[subprotocol])


@when("it sends:")
def it_sends(speech: Speech, docstring: str) -> None:
    """Each line is a message, as it stands."""
    assert speech.wire is not None
    for line in docstring.splitlines():
        if line.strip():
            speech.wire.send(line.strip())


@then("it receives:")
def it_receives(speech: Speech, docstring: str) -> None:
    """Each line is the next message."""
    assert speech.wire is not None
    for line in filter(str.strip, docstring.splitlines()):
        found, expected = speech.wire.receive(), json.loads(line)
        for message in (found, expected):
            _take_cursors(message)
        compare(found, expected, "message")


def _take_cursors(message: Any) -> None:
    """Cursors are numbers, whichever."""
    payload: Any = message.get("payload") or {}
    places: tuple[Any, Any] = (payload, payload.get("extensions", {}))
    for place in places:
        if "cursor" in place:
            assert place["cursor"] == "<number>" or type(place["cursor"]) is int, message
            place["cursor"] = 0


@then(parsers.parse('"{identifier}" has the error "{code}"'))
def has_error(speech: Speech, identifier: str, code: str) -> None:
    """The next message is the ``error`` of an operation, with one error."""
    assert speech.wire is not None
    message = speech.wire.receive()
    assert (message["type"], message["id"]) == ("error", identifier), message
    assert [each["extensions"]["code"] for each in message["payload"]] == [code], message
    assert message["payload"][0]["message"], message


@then(parsers.parse("it is closed with {code:d}"))
def it_is_closed(speech: Speech, code: int) -> None:
    """Whatever comes before."""
    assert speech.wire is not None
    closed = _end_of(speech.wire)
    assert closed.code == code, closed


def _end_of(wire: Wire) -> Closed:
    for _ in range(1_000):
        try:
            wire.receive()
        except Closed as closed:
            return closed
    raise AssertionError("it is not closed")


@when(parsers.parse('"{name}" asks over an event stream:'))
def ask_stream(speech: Speech, asked: Asked, name: str, docstring: str) -> None:
    """An operation that is no subscription."""
    speech.stream = StreamClient(asked.server.url, {"query": docstring}, {}, begins=False)


@then(parsers.re(r"the stream has one result, (?P<result>.*), and is complete"))
def one_result(speech: Speech, result: str) -> None:
    """``next``, ``complete``, and the end."""
    assert speech.stream is not None
    found = speech.stream.next()
    if result.startswith("the error "):
        codes = [each["extensions"]["code"] for each in found["errors"]]
        assert codes == [result.split('"')[1]] and "data" not in found, found
    else:
        compare(found, json.loads(result), "result")
    assert speech.stream.event() == {"event": "complete", "data": ""}
    with pytest.raises(Closed):
        speech.stream.event()


@then(parsers.re(r"a WebSocket with the origin (?P<origin>\S+|its own) is opened"))
def origin_opens(speech: Speech, asked: Asked, origin: str) -> None:
    """A page of the server itself."""
    own = asked.server.url if origin == "its own" else origin
    wire = speech.open(asked.server.url, headers={"Origin": own})
    assert wire.initialise()["type"] == "connection_ack"


@then(
    parsers.re(
        r"a WebSocket with the origin (?P<origin>\S+) is refused with (?P<status>\d+)"
        r' and "(?P<code>[\w-]+)"'
    )
)
def origin_is_refused(asked: Asked, origin: str, status: str, code: str) -> None:
    """Before it is one."""
    with pytest.raises(Refused) as refused:
        Wire(asked.server.url, headers={"Origin": origin})
    assert (refused.value.status, refused.value.code) == (int(status), code), refused.value


@then(
    parsers.re(
        r"a WebSocket (?P<how>with.*? token)(?: in its (?P<place>handshake|first message))?"
        r" is (?P<answer>acknowledged|closed with \d+)"
    )
)
def token_opens(
    speech: Speech, happened: Happened, how: str, place: str | None, answer: str
) -> None:
    """Said before or after the socket is open."""
    assert happened.server is not None
    said: Message = dict(TOKENS[how])
    in_handshake = place == "handshake"
    wire = speech.open(happened.server.url, headers=said if in_handshake else {})
    wire.send({"type": "connection_init", "payload": {} if in_handshake else said})
    if answer == "acknowledged":
        assert wire.receive()["type"] == "connection_ack"
    else:
        assert _end_of(wire).code == int(answer.split()[-1])


@then(parsers.parse('an event stream without a token is refused with {status:d} and "{code}"'))
def stream_is_refused(happened: Happened, status: int, code: str) -> None:
    """As every request without one."""
    assert happened.server is not None
    with pytest.raises(Refused) as refused:
        StreamClient(happened.server.url, {"query": "{ __typename }"}, {})
    assert (refused.value.status, refused.value.code) == (status, code), refused.value


@given(parsers.parse('"{name}" subscribes over a WebSocket and reads little:'))
def reads_little(subscribers: Subscribers, name: str, docstring: str) -> None:
    """It takes hardly anything until somebody looks."""
    subscriber = subscribers.add(name, "WebSocket", docstring)
    subscriber.little = True
    subscriber.connect(subscribers.server.url)


@then(
    parsers.parse('"{name}" hears some of the {number:d} long things and is closed with {code:d}')
)
def hears_some(subscribers: Subscribers, name: str, number: int, code: int) -> None:
    """What was on its way, and why nothing follows."""
    subscriber = subscribers.named[name]
    with pytest.raises(Closed) as closed:
        subscriber.take(number)
    assert closed.value.code == code, closed.value
    assert len(long_things(subscriber)) < number
    subscriber.little = False
