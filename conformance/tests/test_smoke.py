"""The two subsets: what is judged in seconds, and what a bare URL can be asked."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest
from conform.miniature import ROOT, Checkout
from conform.planning import Options, select

BODY = b'{"status": "ok"}'
SERVED = "Given a server is running\nWhen GET /health is asked for\nThen the response has status "
SYNCED = "Given the usual registry\nWhen the usual registry is synced again\nThen nothing changed"
PROFILES = {"database", "config", "cli", "graphql", "webhook", "server", "deploy"}


def tagged(tag: str) -> list[tuple[str, set[str]]]:
    """The cases of the real suite with a tag, each with its profiles."""
    found = select(Options(checkout=ROOT, scenarios=ROOT / "scenarios"))
    return [
        (case.key, {found.requirements[each].profile for each in case.requirements})
        for case in found.cases
        if tag in case.tags
    ]


def test_smoke__real_suite__reaches_every_profile() -> None:
    """About thirty cases, among them a deployment."""
    cases = tagged("smoke")
    assert 25 <= len(cases) <= 45
    assert set().union(*(profiles for _, profiles in cases)) >= PROFILES
    files = {key.rpartition(":")[0] for key, _ in cases}
    assert "deploy/deploying.feature" in files
    assert any(file.startswith("migration/") for file in files)


def test_stateless__real_suite__is_only_about_servers() -> None:
    """What a URL is asked needs no database, no command and no registry of ours."""
    profiles = set().union(*(profiles for _, profiles in tagged("stateless")))
    assert profiles == {"server", "graphql", "webhook"}


def test_smoke__tagged_cases__run_on_sqlite_only(checkout: Checkout) -> None:
    """Nothing else is run, and no other database is asked for."""
    checkout.scenario("database", SYNCED, "quick", tags="@smoke")
    checkout.scenario("database", SYNCED, "slow")
    ran = checkout.conform(command="smoke")
    assert ran.exit == 0, ran.output
    assert {(each["scenario"], each["database"]) for each in ran.results()} == {
        ("quick is so", "sqlite")
    }


@pytest.fixture
def url() -> Iterator[str]:
    """A server that answers everything alike."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(BODY)))
            self.end_headers()
            self.wfile.write(BODY)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_url__running_server__is_asked_what_is_stateless(checkout: Checkout, url: str) -> None:
    """It passes and fails like any other; what needs more than a URL is not applicable."""
    checkout.scenario("server", SERVED + "200", "right", tags="@stateless")
    checkout.scenario("server", SERVED + "204", "wrong", tags="@stateless")
    checkout.scenario("server", SERVED + "200", "stateful")
    ran = checkout.conform("--url", url)
    assert ran.exit == 1, ran.output
    assert ran.verdicts() == {
        "right is so": "pass",
        "wrong is so": "fail",
        "stateful is so": "not-applicable",
    }
    repro = next(each["repro"] for each in ran.results() if each["verdict"] == "fail")
    assert repro == f"conform run --url {url} --database sqlite --only 'wrong.feature:3'"


def test_url__asks_what_changed__is_left_out(checkout: Checkout, url: str) -> None:
    """The suite cannot look into that server's database, so nothing passes for nothing."""
    checkout.scenario("server", SERVED + "200", "right", tags="@stateless")
    checkout.scenario("server", SERVED + "200\nAnd nothing changed", "inside", tags="@stateless")
    ran = checkout.conform("--url", url)
    assert ran.exit == 0, ran.output
    assert ran.verdicts() == {"right is so": "pass", "inside is so": "not-applicable"}
