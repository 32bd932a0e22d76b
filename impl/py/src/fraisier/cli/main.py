"""The programs ``fraisier`` and ``fraisier-webhook``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import IO

import click

from fraisier.cli.command import root
from fraisier.cli.failure import show_failure
from fraisier.cli.session import Session
from fraisier.cli.tree import is_stream
from fraisier.domain.errors import FraisierError

_INTERRUPTED = 130


def main() -> None:
    """Run ``fraisier`` with the arguments of the process and exit with its status."""
    sys.exit(run(sys.argv[1:]))


def webhook_main() -> None:
    """Run ``fraisier-webhook``: the command ``webhook`` as a program of its own."""
    sys.exit(run(["webhook", *sys.argv[1:]], program="fraisier-webhook"))


def run(arguments: Sequence[str], program: str = "fraisier") -> int:
    """
    Run one command line and give its exit status; never raises.

    The status is that of ``spec/errors.yaml`` for the code of the failure.
    """
    for stream in (sys.stdout, sys.stderr):
        _never_fail_on_characters(stream)
    session = Session()
    try:
        status = _invoke(list(arguments), session, program)
        sys.stdout.flush()
    except BrokenPipeError:
        return _quiet_broken_pipe()
    return status


def _invoke(arguments: list[str], session: Session, program: str) -> int:
    try:
        result = root().main(arguments, prog_name=program, standalone_mode=False, obj=session)
        return session.exit_status or (result if isinstance(result, int) else 0)
    except BrokenPipeError:
        raise
    except (Exception, KeyboardInterrupt) as error:
        words = _before_dashes(arguments)
        session.output.as_json = session.output.as_json or "--json" in words
        return show_failure(_as_failure(error, session), session.output, stream=is_stream(words))


def _as_failure(error: BaseException, session: Session) -> FraisierError:
    if isinstance(error, FraisierError):
        return error
    if isinstance(error, click.UsageError):
        return _usage(error)
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return FraisierError("the operation was interrupted", code="interrupted")
    if session.environ.get("FRAISIER_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    text = f"{type(error).__name__}: {error}"
    hint = "set FRAISIER_DEBUG=1 to see where, and please report it"
    return FraisierError(_without_secrets(text), code="internal", hint=hint)


def _usage(error: click.UsageError) -> FraisierError:
    message = error.format_message().strip()
    hint: str | None = getattr(error, "hint", None)
    if hint is None and error.ctx is not None:
        hint = f"{error.ctx.command_path} --help shows how"
    return FraisierError(message, code="usage", hint=hint)


def _without_secrets(text: str) -> str:
    from fraisier.domain.redaction import redact
    from fraisier.domain.secret_names import is_secret_name

    return redact(text, [value for name, value in os.environ.items() if is_secret_name(name)])


def _before_dashes(arguments: list[str]) -> list[str]:
    return arguments[: arguments.index("--")] if "--" in arguments else arguments


def _never_fail_on_characters(stream: IO[str]) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


def _quiet_broken_pipe() -> int:
    # The reader has gone. Python would complain once more when it flushes at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
