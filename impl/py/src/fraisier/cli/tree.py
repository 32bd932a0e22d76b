"""
The command tree as a table, so that help and completion import no command.

A command's module is imported when the command is run or asked for its own help.
"""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """Where a command is (module below ``cli.commands`` and its name there), and its help."""

    module: str
    attribute: str
    help: str
    stream: bool = False  # --json gives JSON lines that end with a result


COMMANDS: dict[str, Entry | dict[str, Entry]] = {
    "list": Entry("registry", "list_fraises", "List the fraises and their environments."),
    "deploy": Entry("deploy", "deploy", "Deploy a fraise to an environment.", stream=True),
    "rollback": Entry("deploy", "rollback", "Bring an older release back.", stream=True),
    "cancel": Entry("deploy", "cancel", "Cancel a deployment before its cutover."),
    "status": Entry("status", "status", "Show what serves in one environment."),
    "status-all": Entry("status", "status_all", "Show what serves everywhere."),
    "history": Entry("history", "history", "List deployments, newest first."),
    "stats": Entry("history", "stats", "Count deployments and how they ended."),
    "webhooks": {
        "replay": Entry("webhooks", "replay", "Route a webhook again, under the rules of now."),
    },
    "token": {
        "create": Entry("token", "create", "Make a token for the API and print it once."),
        "list": Entry("token", "list_tokens", "List the tokens of the API."),
        "revoke": Entry("token", "revoke", "End a token for good."),
    },
    "health": Entry("service", "health", "Check the health of a service now."),
    "logs": Entry("service", "logs", "Show the newest output of a service."),
    "stop": Entry("service", "stop", "Stop a service."),
    "start": Entry("service", "start", "Start a stopped service."),
    "doctor": Entry("doctor", "doctor", "Find what would make a deployment fail."),
    "config": {
        "validate": Entry("configuration", "validate", "Check fraises.yaml."),
        "show": Entry("configuration", "show", "Show fraises.yaml expanded, without secrets."),
    },
    "init": Entry("init", "init", "Write a fraises.yaml to start from."),
    "db": {
        "init": Entry("database", "init", "Install Fraisier's own database."),
        "migrate": Entry("database", "migrate", "Bring Fraisier's own database up to date."),
        "status": Entry("database", "status", "Compare the database with this program."),
    },
    "serve": Entry("serve", "serve", "Run API, webhook receiver and observer."),
    "webhook": Entry("serve", "webhook", "Run the webhook receiver alone."),
    "observe": Entry("observe", "observe", "Carry requested deployments out.", stream=True),
    "completion": Entry("completion", "completion", "Print a shell completion script."),
}

GROUPS = {
    "config": "Check and show fraises.yaml.",
    "db": "Fraisier's own database.",
    "token": "Tokens of the API.",
    "webhooks": "List received webhooks, newest first; replay one.",
}

# What a group does when no command of it is named.
ALONE = {
    "webhooks": Entry("webhooks", "webhooks", "List received webhooks, newest first."),
}


def is_stream(words: list[str]) -> bool:
    """Whether a command line names a command whose JSON output is a stream."""
    for word in words:
        entry = COMMANDS.get(word)
        if entry is not None:
            return isinstance(entry, Entry) and entry.stream
    return False
