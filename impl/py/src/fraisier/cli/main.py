"""The programs ``fraisier`` and ``fraisier-webhook``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import IO, Any

import click

from fraisier.cli.command import root
from fraisier.cli.failure import failure_text, show_failure
from fraisier.cli.session import Session
from fraisier.cli.tree import is_stream
from fraisier.domain.errors import FraisierError


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
    _make_sure_of_streams()
    session = Session()
    try:
        status = _invoke(list(arguments), session, program)
        sys.stdout.flush()
    except BrokenPipeError:
        return _quiet_broken_pipe()
    except KeyboardInterrupt:  # while the end was being shown: what is buffered still goes out
        return _interrupted().exit_status
    return status or _lost_output(session)


def _invoke(arguments: list[str], session: Session, program: str) -> int:
    try:
        return _call(arguments, session, program)
    except BrokenPipeError:
        raise
    except (Exception, KeyboardInterrupt) as error:
        words = _before_dashes(arguments)
        session.output.as_json = session.output.as_json or "--json" in words
        return show_failure(_as_failure(error, session), session.output, stream=is_stream(words))


def _call(arguments: list[str], session: Session, program: str) -> int:
    program_tree = root()
    if "_FRAISIER_COMPLETE" in session.environ:
        from click.shell_completion import shell_complete

        instruction = session.environ["_FRAISIER_COMPLETE"]
        return shell_complete(program_tree, {}, program, "_FRAISIER_COMPLETE", instruction)
    command: click.Command = program_tree
    if program == "fraisier-webhook":
        found = program_tree.get_command(click.Context(program_tree), arguments.pop(0))
        command = found or program_tree
    # Not click's main(): it prints a line on Ctrl-C and ends the process when a pipe breaks.
    try:
        with command.make_context(program, arguments, obj=session) as context:
            command.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    return session.exit_status


def _as_failure(error: BaseException, session: Session) -> FraisierError:
    if isinstance(error, FraisierError):
        return error
    if isinstance(error, click.UsageError):
        return _usage(error)
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return _interrupted()
    if session.environ.get("FRAISIER_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    text = f"{type(error).__name__}: {error}"
    hint = "set FRAISIER_DEBUG=1 to see where, and please report it"
    return FraisierError(_without_secrets(text), code="internal", hint=hint)


def _interrupted() -> FraisierError:
    return FraisierError("the operation was interrupted", code="interrupted")


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


def _make_sure_of_streams() -> None:
    # A closed descriptor would be given to the next file: the database, for one.
    if sys.stdin is None:
        sys.stdin = _nowhere("r")
    if sys.stdout is None:
        sys.stdout = _nowhere("w")
    if sys.stderr is None:
        sys.stderr = _nowhere("w")
    for stream in (sys.stdout, sys.stderr):
        _never_fail_on_characters(stream)


def _nowhere(mode: str) -> Any:
    return os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8")


def _never_fail_on_characters(stream: IO[str]) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


def _lost_output(session: Session) -> int:
    lost = session.output.lost
    if lost is None or isinstance(lost, BrokenPipeError):
        return 0
    message = f"the output could not be written: {lost.strerror or lost}"
    error = FraisierError(message, code="internal", hint="the operation itself was done")
    sys.stderr.write(failure_text(error))
    return error.exit_status


def _quiet_broken_pipe() -> int:
    # The reader has gone. Python would complain once more when it flushes at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
