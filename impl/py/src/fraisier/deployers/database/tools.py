"""The programs that work on the database of a fraise, and how they are run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fraisier.deployers.base import Work
from fraisier.effects.dump import public_url, url_password
from fraisier.effects.files import never
from fraisier.effects.process import Completed, base_environment, run
from fraisier.effects.tools import tool

CLIENT_HINT = "install PostgreSQL's client programs (Debian: postgresql-client)"
CONFITURE_HINT = "pip install 'fraisier[databases]'"
FRAISEQL_HINT = "install the FraiseQL engine's command line, or leave database.compile out"

# A release stays as it was built, and a server that is away is not waited for.
_QUIET = {"PYTHONDONTWRITEBYTECODE": "1", "PGCONNECT_TIMEOUT": "10"}
_PSQL = ("-X", "-A", "-t", "-q", "-w", "-v", "ON_ERROR_STOP=1")
_REDIRECTING = ("CONFITURE_DATABASE_URL",)  # a variable of the service names no other database


def run_in_release(
    work: Work,
    argv: Sequence[str],
    variables: Mapping[str, str],
    on_stdout: Callable[[bytes], None] | None = None,
    seconds: float = float("inf"),
) -> Completed:
    """
    Run a program in the release folder with the service's variables and ``variables``.

    Raises:
        FraisierError: ``tool-missing``, ``step-timeout``.
        Stopped: The deployment was told to stop.
    """
    release = work.known_release
    declared = work.provider.environment(work.fraise, release.version, release.git_commit)
    kept = {name: value for name, value in declared.items() if name not in _REDIRECTING}
    return run(
        argv,
        timeout_seconds=min(seconds, work.time_left()),
        cwd=work.workshop.folder(release),
        environment={**base_environment(), **_QUIET, **kept, **variables},
        on_line=work.tell,
        secrets=work.fraise.secrets | secrets_of_url(variables.get("DATABASE_URL")),
        should_stop=work.should_stop,
        on_stdout=on_stdout,
    )


def ask_database(work: Work, url: str, statement: str) -> Completed:
    """
    Run one statement with ``psql``; its answer is the ``stdout`` of the result.

    Raises:
        FraisierError: ``tool-missing``, ``step-timeout``.
        Stopped: The deployment was told to stop.
    """
    return psql(url, statement, work.time_left(), work.fraise.secrets, work.should_stop)


def psql(
    url: str,
    statement: str,
    seconds: float,
    secrets: frozenset[str],
    should_stop: Callable[[], bool] = never,
) -> Completed:
    """
    The same outside of a deployment.

    Raises:
        FraisierError: ``tool-missing``, ``step-timeout``.
    """
    program = tool("psql", CLIENT_HINT)
    password = url_password(url)
    given = {"PGPASSWORD": password} if password else {}
    return run(
        [program, *_PSQL, f"--dbname={public_url(url)}"],
        timeout_seconds=seconds,
        environment={**base_environment(), **_QUIET, **given},
        secrets=secrets | secrets_of_url(url),
        should_stop=should_stop,
        stdin=statement.encode(),
    )


def secrets_of_url(url: str | None) -> frozenset[str]:
    """The password of an address as programs may print it: without its escapes."""
    password = url_password(url) if url else None
    return frozenset({password} if password else ())


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def quoted_name(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
