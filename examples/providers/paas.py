#!/usr/bin/env python3
"""
A provider of the exec protocol in Python: a platform with an HTTP API.

    target:
      provider: exec
      command: [python3, ./paas.py]
      options: {endpoint: "https://platform.example/v1", api_token: "${PLATFORM_TOKEN}"}

``spec/exec-provider.md`` says what is asked and answered. Standard library only.

The platform of this example knows `PUT /services/NAME/releases/RELEASE` (a tar.gz),
`POST /services/NAME/switch`, `stop` and `start`, and `GET /services/NAME`, which answers
`{"release", "prepared": [...], "state", "log": [...]}`.
"""

from __future__ import annotations

import io
import json
import sys
import tarfile
import urllib.error
import urllib.request
from typing import Any, NoReturn

# What the platform refuses, in the codes of the protocol.
CODES = {401: "preflight-failed", 404: "not-deployed", 409: "lease-lost"}


def say(**line: Any) -> None:
    """One line of the answer."""
    print(json.dumps(line), flush=True)


def fail(code: str, message: str, hint: str | None = None) -> NoReturn:
    """End with an error."""
    say(error={"code": code, "message": message, "hint": hint})
    sys.exit(0)


class Platform:
    """The service of one environment there."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.request = request
        options = request["options"]
        if not options.get("endpoint"):
            fail("preflight-failed", "options.endpoint is missing")
        name = f"{request['fraise']}-{request['environment']}"
        self.address = f"{options['endpoint'].rstrip('/')}/services/{name}"
        self.token = options.get("api_token", "")

    def ask(self, method: str, path: str = "", body: bytes | None = None) -> dict[str, Any]:
        """One call of the API; whoever cannot be reached is told as such."""
        headers = {"Authorization": f"Bearer {self.token}"}
        asked = urllib.request.Request(self.address + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=self.request["timeout"]) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            code = CODES.get(error.code, "provider-failed")
            fail(code, f"the platform answered {error.code}")
        except OSError as error:
            fail("host-unreachable", f"the platform cannot be reached: {error}")

    def act(self, path: str, **more: Any) -> dict[str, Any]:
        """A change. The platform refuses (409) a token that is lower than one it has seen."""
        fence = {"scope": self.request["scope"], "token": self.request["fencing_token"]}
        return self.ask("POST", path, json.dumps({"fence": fence, **more}).encode())


def preflight(platform: Platform) -> dict[str, Any]:
    """It can be reached, and knows the token."""
    platform.ask("GET")
    return {}


def prepare(platform: Platform) -> dict[str, Any]:
    """Upload the release beside the one that serves."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.add(platform.request["release_folder"], arcname=".")
    say(log=f"uploading {len(packed.getvalue())} bytes")
    platform.ask("PUT", f"/releases/{platform.request['release']}", packed.getvalue())
    say(progress=100, message="uploaded")
    return {}


def is_prepared(platform: Platform) -> dict[str, Any]:
    """Whether it is there already."""
    return {"prepared": platform.request["release"] in platform.ask("GET")["prepared"]}


def deploy(platform: Platform) -> dict[str, Any]:
    """Switch; asked for a rollback, Fraisier lets this do it too."""
    request = platform.request
    platform.act("/switch", release=request["release"], variables=request["variables"])
    return {"message": f"{request['version']} serves"}


def current_release(platform: Platform) -> dict[str, Any]:
    """What serves."""
    return {"release": platform.ask("GET")["release"]}


def is_running(platform: Platform) -> dict[str, Any]:
    """Whether it runs."""
    return {"running": platform.ask("GET")["state"] == "running"}


def health_check(platform: Platform) -> dict[str, Any]:
    """The platform's own opinion."""
    state = platform.ask("GET")["state"]
    return {"state": "healthy" if state == "running" else "down", "message": state}


def logs(platform: Platform) -> dict[str, Any]:
    """The newest lines."""
    return {"lines": platform.ask("GET")["log"][-platform.request["lines"] :]}


def stop(platform: Platform) -> dict[str, Any]:
    """Stop it; the release stays the current one."""
    platform.act("/stop")
    return {}


def start(platform: Platform) -> dict[str, Any]:
    """Start the release that served last."""
    platform.act("/start")
    return {}


METHODS = {
    each.__name__: each
    for each in (
        preflight,
        prepare,
        is_prepared,
        deploy,
        current_release,
        is_running,
        health_check,
        logs,
        stop,
        start,
    )
}


def main() -> None:
    """Answer one request."""
    request = json.loads(sys.stdin.readline())
    method = METHODS.get(request["method"])
    if method is None:
        say(unsupported=True)
    else:
        say(result=method(Platform(request)))


if __name__ == "__main__":
    main()
