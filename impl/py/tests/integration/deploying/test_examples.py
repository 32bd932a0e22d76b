"""The providers of examples/ do what their first lines say: deployed for real."""

from __future__ import annotations

import http.server
import io
import json
import shutil
import subprocess
import sys
import tarfile
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.domain.findings import Level
from fraisier.domain.values import FraiseConfig, HealthState
from fraisier.providers.base import Control, DeploymentProvider
from fraisier.wiring import application

pytestmark = pytest.mark.usefixtures("plugins_are_forgotten")
EXAMPLES = Path(__file__).parents[5] / "examples/providers"
TARGETS = {
    "folder.sh": "{{provider: exec, command: [./folder.sh], options: {{directory: {place}}}}}",
    "paas.py": "{{provider: exec, command: [{python}, ./paas.py], options: "
    "{{endpoint: {url}, api_token: correct-horse}}}}",
    "folder_provider.py": "{{provider: folder, directory: {place}}}",
}


class Platform(http.server.BaseHTTPRequestHandler):
    """The API that the example paas.py is for; its state belongs to the server."""

    def handle_one_request(self) -> None:
        """Any method."""
        self.raw_requestline = self.rfile.readline()
        if not self.raw_requestline or not self.parse_request():
            return
        known: dict[str, Any] = getattr(self.server, "known")  # noqa: B009  (set below)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.close_connection = True
        if self.headers["authorization"] != "Bearer correct-horse":
            self.answer(401, {})
        else:
            self.answer(*respond(known, self.command, self.path.rpartition("/")[2], body))

    def answer(self, status: int, document: dict[str, Any]) -> None:
        """One JSON document."""
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def respond(
    known: dict[str, Any], method: str, last: str, body: bytes
) -> tuple[int, dict[str, Any]]:
    """What the platform does."""
    if method == "GET":
        return 200, known
    if method == "PUT":
        with tarfile.open(fileobj=io.BytesIO(body)) as archive:
            assert "./index.html" in archive.getnames()
        known["prepared"].append(last)
        return 200, {}
    asked = json.loads(body)
    token = asked["fence"]["token"]
    if token < known["token"]:
        return 409, {}
    known["state"] = "stopped" if last == "stop" else "running"
    known.update({"token": token, "release": asked.get("release", known["release"])})
    known["log"].append(f"{last} {known['release']}")
    return 200, {}


class Example:
    """One provider of the examples with two releases."""

    def __init__(self, name: str, folder: Path) -> None:
        self.place = folder / "place"
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Platform)
        known: dict[str, Any] = {
            "release": None,
            "prepared": [],
            "state": "stopped",
            "log": [],
            "token": 0,
        }
        self.server.known = known  # type: ignore[attr-defined]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        shutil.copy(EXAMPLES / name, folder)
        url = f"http://127.0.0.1:{self.server.server_port}/v1/"
        target = TARGETS[name].format(place=self.place, python=sys.executable, url=url)
        plugins = f"plugins: [{name}]\n" if name == "folder_provider.py" else ""
        environment = f"production: {{target: {target}}}"
        text = f"{plugins}fraises: {{site: {{environments: {{{environment}}}}}}}\n"
        (folder / "fraises.yaml").write_text(text)
        self.app = application(folder / "fraises.yaml", None, {}, folder)
        self.fraise: FraiseConfig = self.app.config.select("site", "production")
        for number in ("1", "2"):
            self._release(f"{number}.0-abcdef{number}", number)

    def _release(self, name: str, number: str) -> None:
        folder = self.provider(1).release_folder(self.fraise, name)
        folder.mkdir(parents=True)
        (folder / "index.html").write_text(f"release {number}")
        marks: dict[str, Any] = {"version": number, "git_commit": number * 40, "snapshot": {}}
        folder.with_name(f"{name}.json").write_text(json.dumps(marks))

    def provider(self, token: int) -> DeploymentProvider:
        """The provider on behalf of a worker."""
        provider = self.app.provider(self.fraise.environment.provider)
        return provider.under(Control("scope", token))


@pytest.fixture
def example(tmp_path: Path, request: pytest.FixtureRequest) -> Generator[Example]:
    """The example that the test names; what it has started is stopped."""
    made = Example(request.param, tmp_path)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.mark.parametrize("example", TARGETS, indirect=True)
def test_example__two_releases__serve_in_turn(example: Example) -> None:
    """Prepared, switched, looked at, and switched back."""
    provider, fraise = example.provider(1), example.fraise
    assert {found.level for found in provider.diagnose(fraise)} == {Level.OK}
    assert provider.current_release(fraise) is None
    for name in ("1.0-abcdef1", "2.0-abcdef2"):
        provider.prepare(fraise, name)
        assert provider.is_prepared(fraise, name)
        assert provider.deploy(fraise, name).success
        assert provider.current_release(fraise) == name
        assert provider.health_check(fraise).state is HealthState.HEALTHY
    assert provider.rollback(fraise, "1.0-abcdef1")
    assert provider.current_release(fraise) == "1.0-abcdef1"


@pytest.mark.parametrize("example", ["folder.sh", "paas.py"], indirect=True)
def test_example__worker_that_is_out_of_date__is_refused(example: Example) -> None:
    """The target remembers the highest token."""
    example.provider(1).prepare(example.fraise, "1.0-abcdef1")
    example.provider(7).deploy(example.fraise, "1.0-abcdef1")
    with pytest.raises(FraisierError) as caught:
        example.provider(6).deploy(example.fraise, "1.0-abcdef1")
    assert caught.value.code == "lease-lost"
    assert example.provider(8).rollback(example.fraise, "1.0-abcdef1")


@pytest.mark.parametrize("example", ["folder.sh"], indirect=True)
def test_example__request_with_an_escape__is_refused(example: Example) -> None:
    """The small reader of JSON never reads half a value."""
    options: dict[str, Any] = {"directory": 'a"b'}
    target = {**example.fraise.environment.target, "options": options}
    odd = example.fraise._replace(environment=example.fraise.environment._replace(target=target))
    with pytest.raises(FraisierError) as caught:
        example.provider(1).preflight(odd)
    assert caught.value.code == "provider-protocol" and "cannot read" in caught.value.message


@pytest.mark.parametrize("example", ["paas.py"], indirect=True)
def test_example__platform__is_asked_for_everything(example: Example) -> None:
    """Stopped, started and read; a platform that is away, or refuses the token, is told."""
    provider, fraise = example.provider(1), example.fraise
    provider.prepare(fraise, "1.0-abcdef1")
    provider.deploy(fraise, "1.0-abcdef1")
    provider.stop(fraise)
    assert provider.is_running(fraise) is False
    assert provider.health_check(fraise).state is HealthState.DOWN
    provider.start(fraise)
    assert provider.is_running(fraise)
    assert provider.logs(fraise, 2) == "stop 1.0-abcdef1\nstart 1.0-abcdef1"
    assert refusal(example, endpoint="http://127.0.0.1:9") == "host-unreachable"
    assert refusal(example, api_token="another-token") == "preflight-failed"


def refusal(example: Example, **options: Any) -> str:
    """The code of a preflight with other options."""
    environment = example.fraise.environment
    target = {**environment.target, "options": {**environment.target["options"], **options}}
    changed = example.fraise._replace(environment=environment._replace(target=target))
    with pytest.raises(FraisierError) as caught:
        example.provider(1).preflight(changed)
    return caught.value.code


def test_example__sh__is_posix() -> None:
    """The strictest shell that is here reads it."""
    shell = shutil.which("dash") or "sh"
    subprocess.run([shell, "-n", str(EXAMPLES / "folder.sh")], check=True)
