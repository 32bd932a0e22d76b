"""Implementations that must not pass, whatever they print."""

from __future__ import annotations

from conform.miniature import Checkout

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


def bad(checkout: Checkout, program: str) -> None:
    """Put the program behind a manifest, with a scenario of the CLI and one of the server."""
    checkout.implementation(program)
    checkout.scenario("server", SERVED)
    checkout.scenario("cli", REFUSED)


def test_run__constant_answers__are_found_out(checkout: Checkout) -> None:
    """The same valid JSON to everything fails, at the CLI and at db init."""
    bad(checkout, CONSTANT)
    ran = checkout.conform("--impl", "impl/bad")
    assert ran.exit == 1, ran.output
    assert ran.verdicts() == {
        "Its own db init makes the database that db/ describes": "fail",
        "cli is so": "fail",
        "server is so": "pass",  # a constant can be right about one thing
    }


def test_run__crash_at_start__fails_the_servers_scenarios(checkout: Checkout) -> None:
    """A server that ends before it serves is a finding, with its exit status."""
    bad(checkout, AT_START.format(what="sys.exit(7)"))
    ran = checkout.conform("--impl", "impl/bad", "--only", "server.feature")
    assert ran.exit == 1, ran.output
    assert ran.verdicts()["server is so"] == "fail"
    assert "ended with 7" in ran.output


def test_run__silent_start__fails_after_ten_seconds(checkout: Checkout) -> None:
    """A server that never says its URL is a finding, and does not hang the suite."""
    bad(checkout, AT_START.format(what="time.sleep(600)"))
    ran = checkout.conform("--impl", "impl/bad", "--only", "server.feature")
    assert ran.exit == 1, ran.output
    assert "no line with its URL in time" in ran.output


def test_run__wrong_line_at_start__is_a_finding(checkout: Checkout) -> None:
    """Something else than the line of the contract is not taken for a URL."""
    bad(checkout, AT_START.format(what="print('Listening', flush=True); time.sleep(600)"))
    ran = checkout.conform("--impl", "impl/bad", "--only", "server.feature")
    assert ran.exit == 1, ran.output
    assert "not the line of the start contract" in ran.output


def test_run__missing_command__is_one_line_and_exit_2(checkout: Checkout) -> None:
    """Nothing runs, and the line names the manifest, the key and the command."""
    checkout.implementation("", cli=["no-such-program"])
    checkout.scenario("cli", REFUSED)
    ran = checkout.conform("--impl", "impl/bad")
    assert ran.exit == 2
    assert ran.output.splitlines() == [
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


def test_run__undeclared_profile__is_not_applicable(checkout: Checkout) -> None:
    """What an implementation does not declare is shown and not run."""
    checkout.implementation(CONSTANT, profiles=["cli"])
    checkout.scenario("server", SERVED)
    checkout.scenario("cli", REFUSED)
    ran = checkout.conform("--impl", "impl/bad")
    assert ran.verdicts()["server is so"] == "not-applicable"


def test_run__accepted_deviation__warns(checkout: Checkout) -> None:
    """A failure with a reason in the manifest is a warning."""
    deviation = {"requirement": "cli/it/is-so", "reason": "not yet"}
    init = {"requirement": "cli/db-init/makes-the-database-of-db", "reason": "never"}
    checkout.implementation(CONSTANT, deviations=[deviation, init])
    checkout.scenario("cli", REFUSED)
    ran = checkout.conform("--impl", "impl/bad")
    assert ran.verdicts()["cli is so"] == "warn"


def test_run__deviation_that_holds__is_a_finding(checkout: Checkout) -> None:
    """A list of deviations cannot rot: one that holds after all fails the run."""
    deviation = {"requirement": "server/it/is-so", "reason": "not yet"}
    checkout.implementation(CONSTANT, deviations=[deviation])
    checkout.scenario("server", SERVED)
    ran = checkout.conform("--impl", "impl/bad")
    assert ran.exit == 1
    assert ran.verdicts()["An accepted deviation still is one"] == "fail"


def test_run__should_that_fails__warns(checkout: Checkout) -> None:
    """Only a MUST is a finding."""
    checkout.implementation(CONSTANT)
    checkout.scenario("cli", REFUSED, level="SHOULD")
    ran = checkout.conform("--impl", "impl/bad")
    assert ran.verdicts()["cli is so"] == "warn"
