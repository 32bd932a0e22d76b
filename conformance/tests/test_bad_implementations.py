"""Implementations that must not pass, whatever they print."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from conform.miniature import Checkout, Ran

CONSTANT = """
import http.server, json, sys
BODY = b'{"data": {"fraises": []}, "status": "ok", "success": true, "code": "ok"}'
if "serve" not in sys.argv:
    print(BODY.decode())
    sys.exit(0)

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)
    do_POST = do_GET
    def log_message(self, *arguments):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(json.dumps({"url": f"http://127.0.0.1:{server.server_port}"}), flush=True)
server.serve_forever()
"""
AT_START = """
import sys, time
if "serve" in sys.argv:
    {what}
print("bad 1.0")
"""
SERVED = """
    Given a server is running
    When GET /health is asked for
    Then the response has status 200
"""
REFUSED = """
    When the command `deploy nothing nowhere --json` is run
    Then the command fails with "unknown-fraise"
"""
INIT = "Its own db init makes the database that db/ describes"


@pytest.fixture(scope="module")
def constant(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """One run of a program that answers everything with the same valid JSON."""
    checkout = Checkout(tmp_path_factory.mktemp("constant").resolve())
    accepted = ("cli/accepted/is-so", "server/holds/is-so")
    deviations = [{"requirement": each, "reason": "not yet"} for each in accepted]
    checkout.implementation(CONSTANT, deviations=deviations)
    checkout.scenario("server", SERVED)
    checkout.scenario("server", SERVED, "holds")
    checkout.scenario("cli", REFUSED)
    checkout.scenario("cli", REFUSED, "accepted")
    checkout.scenario("cli", REFUSED, "should", level="SHOULD")
    checkout.scenario("webhook", SERVED)
    return checkout.conform("--impl", "impl/bad")


def test_run__constant_answers__are_found_out(constant: Ran) -> None:
    """The same valid JSON to everything fails, at the CLI and at db init."""
    assert constant.exit == 1, constant.output
    said = constant.verdicts()
    assert (said[INIT], said["cli is so"]) == ("fail", "fail")
    assert said["server is so"] == "pass"  # a constant can be right about one thing


def test_run__undeclared_profile__is_not_applicable(constant: Ran) -> None:
    """What an implementation does not declare is shown and not run."""
    assert constant.verdicts()["webhook is so"] == "not-applicable"


def test_run__accepted_deviation__warns(constant: Ran) -> None:
    """A failure with a reason in the manifest is a warning, and the reason is kept."""
    record = next(r for r in constant.results() if r["scenario"] == "accepted is so")
    assert (record["verdict"], record["deviation"]) == ("warn", "not yet")


def test_run__deviation_that_holds__is_a_finding(constant: Ran) -> None:
    """A list of deviations cannot rot: one that holds after all fails the run."""
    assert constant.verdicts()["An accepted deviation still is one"] == "fail"


def test_run__should_that_fails__warns(constant: Ran) -> None:
    """Only a MUST is a finding."""
    assert constant.verdicts()["should is so"] == "warn"


@pytest.fixture(scope="module")
def starts(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """One run of three servers that do not start as they must, side by side."""
    checkout = Checkout(tmp_path_factory.mktemp("starts").resolve())
    ways = {
        "crashing": "sys.exit(7)",
        "silent": "time.sleep(600)",
        "chatty": "print('Listening', flush=True); time.sleep(600)",
    }
    for name, what in ways.items():
        checkout.implementation(AT_START.format(what=what), name)
    checkout.scenario("server", SERVED)
    chosen = (part for name in ways for part in ("--impl", f"impl/{name}"))
    return checkout.conform(*chosen, env={"CONFORM_START_SECONDS": "4"})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("crashing", "ended with 7"),
        ("silent", "no line with its URL in time"),
        ("chatty", "not the line of the start contract"),
    ],
)
def test_run__bad_start__fails_the_servers_scenarios(starts: Ran, name: str, message: str) -> None:
    """A server that ends, stays silent or says something else is a finding, and hangs nothing."""
    assert starts.exit == 1, starts.output
    record = next(r for r in starts.results(name) if r["scenario"] == "server is so")
    assert record["verdict"] == "fail"
    assert message in record["message"]


def test_run__missing_command__is_one_line_and_exit_2(checkout: Checkout) -> None:
    """Nothing runs, and the line names the manifest, the key and the command."""
    checkout.implementation("", cli=["no-such-program"])
    checkout.scenario("cli", REFUSED)
    done = subprocess.run(
        [sys.executable, "-m", "conform.cli", "run", "--impl", "impl/bad"],
        env={**os.environ, "CONFORM_CHECKOUT": str(checkout.folder)},
        cwd=checkout.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert (done.stdout + done.stderr).splitlines() == [
        'conform: impl/bad/impl.yaml: cli: command "no-such-program" does not exist'
    ]


def test_run__version_command_fails__is_exit_2(checkout: Checkout) -> None:
    """An implementation that cannot say its version is not set up."""
    checkout.implementation("import sys; sys.exit('broken')")
    checkout.scenario("cli", REFUSED)
    ran = checkout.conform("--impl", "impl/bad")
    assert ran.exit == 2
    assert len(ran.output.splitlines()) == 1
    assert "--version ended with 1: broken" in ran.output


def test_run__manifest_with_unknown_key__is_exit_2(checkout: Checkout) -> None:
    """A manifest is strict, so that a misspelt key is not silently nothing."""
    checkout.implementation(CONSTANT, profile=["cli"])
    checkout.scenario("cli", REFUSED)
    ran = checkout.conform("--impl", "impl/bad")
    assert ran.exit == 2
    assert "'profile' was unexpected" in ran.output
