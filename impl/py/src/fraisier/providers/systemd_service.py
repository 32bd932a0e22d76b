"""Units and environment files of systemd, as text."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence

from fraisier.domain.errors import FraisierError

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def service_unit(
    label: str,
    command: Sequence[str],
    folder: str,
    environment_file: str,
    *,
    user_scope: bool = False,
    run_as: str | None = None,
) -> str:
    """
    The unit of a service that runs in the folder of a release and starts again when it fails.

    The environment is in a file that only its owner and systemd can read; nothing of it
    is in the unit or on the command line.
    """
    account = f"User={run_as}\n" if run_as and not user_scope else ""
    wanted = "default.target" if user_scope else "multi-user.target"
    return f"""# Written by Fraisier for {plain(label)}: the next deployment writes it anew.
[Unit]
Description={plain(label)}
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
WorkingDirectory={plain(folder)}
EnvironmentFile={plain(environment_file)}
ExecStart={command_line(command, folder)}
{account}Restart=always
RestartSec=2
KillMode=mixed
TimeoutStopSec=60

[Install]
WantedBy={wanted}
"""


def command_line(command: Sequence[str], folder: str) -> str:
    """
    Words for ``ExecStart=``: nothing in them is expanded. A program with a slash in its
    name is relative to the folder; one without is looked for where systemd looks.
    """
    program, *arguments = command
    if "/" in program and not program.startswith("/"):
        program = f"{folder}/{program.removeprefix('./')}"
    return " ".join([quoted(program), *(quoted(word) for word in arguments)])


def environment_file(variables: Mapping[str, str]) -> str:
    """
    The text of an ``EnvironmentFile=``.

    Raises:
        FraisierError: ``provider-failed``: a name or a value that cannot be in one.
    """
    return "".join(f'{_name(n)}="{_escaped(n, v)}"\n' for n, v in sorted(variables.items()))


def shell_variables(variables: Mapping[str, str]) -> str:
    """The same for a shell to read, in single quotes throughout."""
    return "".join(f"export {_name(n)}={shlex.quote(v)}\n" for n, v in sorted(variables.items()))


def unit_name(name: str) -> str:
    """``app`` and ``app.service`` are the same."""
    return name if name.endswith(".service") else f"{name}.service"


def quoted(word: str) -> str:
    """A word of a command, taken literally: nothing is expanded."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    escaped = escaped.replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def plain(text: str) -> str:
    """A value in one line; a specifier would begin with a percent sign."""
    return text.replace("\n", " ").replace("%", "%%")


def _name(name: str) -> str:
    if not _VARIABLE.fullmatch(name):
        raise FraisierError(f'"{name}" is not the name of a variable', code="provider-failed")
    return name


def _escaped(name: str, value: str) -> str:
    if "\0" in value:
        raise FraisierError(f"{name} has a value with a NUL byte", code="provider-failed")
    return re.sub(r'(["\\`$])', r"\\\1", value)
