"""The line by which a supervisor starts a server."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.http.contract import options_from
from fraisier.http.run import ServeOptions

LINE = {
    "database_url": "sqlite:////tmp/x.db",
    "config_path": "/etc/fraises.yaml",
    "control_token": "a-token",
    "observer": False,
}


def read(text: str) -> ServeOptions:
    """What is made of standard input."""
    return options_from(io.StringIO(text), ServeOptions(port=8000, host="0.0.0.0", contract=True))


def line(**changes: Any) -> str:
    """A good line with changes; a value of ``...`` removes the key."""
    document = {**LINE, **changes}
    return json.dumps({k: v for k, v in document.items() if v is not ...}) + "\n"


def test_options_from__good_line__is_followed() -> None:
    """Database, configuration and observer are the line's; loopback and port 0 are meant."""
    options = read(line())
    assert options.database_url == LINE["database_url"]
    assert options.config_path == Path("/etc/fraises.yaml")
    assert (options.host, options.port, options.observer) == ("127.0.0.1", 0, False)
    assert options.control_token == "a-token"
    assert "a-token" not in repr(options)


def test_options_from__only_what_is_needed__is_enough() -> None:
    """Without a word about it there is an observer; a control token may be absent."""
    assert read(line(observer=..., control_token=...)).observer is True
    assert read(line(control_token=...)).control_token is None
    assert read(line(control_token="")).control_token is None


def test_options_from__second_line__is_not_read() -> None:
    """One line is the contract; what follows is nobody's business."""
    stream = io.StringIO(line() + "no JSON\n")
    options_from(stream, ServeOptions())
    assert stream.read() == "no JSON\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "{\n",
        "[]\n",
        "null\n",
        "{}\n",
        '{"a":' * 20_000 + "\n",
        "x" * 100_000,
        line(database_url=...),
        line(database_url=""),
        line(database_url=None),
        line(config_path=...),
        line(config_path=7),
        line(control_token=None),
        line(observer="yes"),
        line(observer=1),
        line(port=80),
    ],
)
def test_options_from__bad_line__is_refused(text: str) -> None:
    """A server that guessed would serve another database than the one meant."""
    with pytest.raises(FraisierError) as raised:
        read(text)
    assert raised.value.code == "usage"
