"""Commands that take the global options in every position, loaded when they are used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fraisier.cli.session import Session
from fraisier.cli.tree import ALONE, COMMANDS, GROUPS, Entry
from fraisier.domain.errors import FraisierError

if TYPE_CHECKING:
    from fraisier.domain.values import Fraise

Function = Callable[..., Any]


def command(
    *parameters: Callable[[Function], Function], remote: bool = False
) -> Callable[[Function], click.Command]:
    """
    Make a click command of a function whose first argument is the session.

    The function's name and docstring give the command's name and help. ``remote``: it also
    works with ``--server``.
    """

    def make(function: Function) -> click.Command:
        for parameter in reversed(parameters):
            function = parameter(function)
        name = function.__name__.replace("_", "-")
        function = function if remote else _local(function, name)
        made = click.command(name, context_settings=SETTINGS)(click.pass_obj(function))
        made.params.extend(global_options())
        return made

    return make


def _local(function: Function, name: str) -> Function:
    @wraps(function)
    def run(session: Session, **options: Any) -> Any:
        if session.server() is not None:
            message = f"{name} works on the server's own machine only"
            hint = "run it there, without --server and FRAISIER_SERVER"
            raise FraisierError(message, code="local-only", hint=hint)
        return function(session, **options)

    return run


SETTINGS: dict[str, Any] = {"help_option_names": ["--help", "-h"]}


def global_options() -> list[click.Parameter]:
    """Options of every command, written into the session wherever they are given."""
    return [
        click.Option(
            ["--config"],
            type=click.Path(path_type=Path),
            metavar="PATH",
            expose_value=False,
            callback=_remember_config,
            help="fraises.yaml to use (FRAISIER_CONFIG; default: ./fraises.yaml).",
        ),
        click.Option(
            ["--database"],
            metavar="URL",
            expose_value=False,
            callback=_remember_database,
            help="Fraisier's own database (FRAISIER_DATABASE_URL; default: beside fraises.yaml).",
        ),
        click.Option(
            ["--server"],
            metavar="URL",
            expose_value=False,
            callback=_remember_server,
            help="Ask the server there instead (FRAISIER_SERVER).",
        ),
        click.Option(
            ["--token"],
            metavar="TOKEN",
            expose_value=False,
            callback=_remember_token,
            help="Token for --server; others on this machine can see it (FRAISIER_TOKEN).",
        ),
        click.Option(
            ["--token-file"],
            type=click.Path(path_type=Path),
            metavar="PATH",
            expose_value=False,
            callback=_remember_token_file,
            help="File with the token for --server.",
        ),
        click.Option(
            ["--json"],
            is_flag=True,
            expose_value=False,
            callback=_remember_json,
            help="Machine-readable output.",
        ),
    ]


def _remember_config(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value == Path():
        raise click.UsageError("--config needs the path of a file", ctx)
    if value is not None:
        ctx.ensure_object(Session).config_path = value


def _remember_database(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None and not value.strip():
        # An unset shell variable must not silently mean the default database.
        raise click.UsageError("--database needs an address", ctx)
    if value is not None:
        ctx.ensure_object(Session).database_url = value


def _remember_server(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None and not value.strip():
        raise click.UsageError("--server needs an address", ctx)
    if value is not None:
        ctx.ensure_object(Session).server_url = value


def _remember_token(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.ensure_object(Session).token = value


def _remember_token_file(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.ensure_object(Session).token_file = value


def _remember_json(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Session).output.as_json = True


def _fraise_names(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in _fraises(ctx) if name.startswith(incomplete)]


def _environment_names(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    chosen = ctx.params.get("fraise")
    found = [f for name, f in _fraises(ctx).items() if chosen in (None, name)]
    names = dict.fromkeys(name for fraise in found for name in fraise.environments)
    return [name for name in names if name.startswith(incomplete)]


def _fraises(ctx: click.Context) -> Mapping[str, Fraise]:
    # While a shell completes, a configuration that cannot be read offers nothing.
    try:
        return ctx.ensure_object(Session).config().fraises
    except FraisierError:
        return {}


PLACE = (
    click.argument("fraise", shell_complete=_fraise_names),
    click.argument("environment", shell_complete=_environment_names),
)
OPTIONAL_PLACE = (
    click.argument("fraise", required=False, shell_complete=_fraise_names),
    click.argument("environment", required=False, shell_complete=_environment_names),
)
FRAISE = click.option(
    "--fraise", metavar="NAME", shell_complete=_fraise_names, help="Only this fraise."
)
ENVIRONMENT = click.option(
    "--environment",
    metavar="NAME",
    shell_complete=_environment_names,
    help="Only environments of this name.",
)


class LazyGroup(click.Group):
    """A group that knows the names and helps of its commands without importing them."""

    def __init__(self, *, entries: dict[str, Entry | dict[str, Entry]], **settings: Any) -> None:
        super().__init__(**settings, context_settings=SETTINGS, no_args_is_help=False)
        self.entries = entries

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does; a missing command is an error that is preceded by the help."""
        missing = not args and not self.invoke_without_command
        if missing and not ctx.resilient_parsing and not ctx.ensure_object(Session).output.as_json:
            click.echo(ctx.get_help() + "\n", err=True)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the table."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, imported now; nothing when there is none."""
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        if isinstance(entry, Entry):
            return _loaded(entry)
        alone = ALONE.get(cmd_name)
        if alone is not None:
            return _group_that_does(_loaded(alone), cmd_name, {**entry})
        return group(cmd_name, GROUPS[cmd_name], {**entry})

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands in the help."""
        rows = [
            (name, GROUPS[name] if isinstance(entry, dict) else entry.help)
            for name, entry in self.entries.items()
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with what was probably meant in the error."""
        if args and args[0] not in self.entries and not args[0].startswith("-"):
            from fraisier.domain.nearest import did_you_mean

            hint = did_you_mean(args[0], self.entries)
            raise NoSuchCommand(f'there is no command "{args[0]}"', hint, ctx)
        return super().resolve_command(ctx, args)


class NoSuchCommand(click.UsageError):
    """A word that is no command, with what was probably meant."""

    def __init__(self, message: str, hint: str | None, ctx: click.Context) -> None:
        super().__init__(message, ctx)
        self.hint = hint


def group(name: str, text: str, entries: dict[str, Entry | dict[str, Entry]]) -> LazyGroup:
    """A group of the tree, with the global options."""
    return LazyGroup(name=name, help=text, entries=entries, params=global_options())


def _loaded(entry: Entry) -> click.Command:
    module = import_module(f"fraisier.cli.commands.{entry.module}")
    found: click.Command = getattr(module, entry.attribute)
    return found


def _group_that_does(
    alone: click.Command, name: str, entries: dict[str, Entry | dict[str, Entry]]
) -> LazyGroup:
    """A group that is a command itself: with its options, when none of its own is named."""

    def run_alone(**options: Any) -> None:
        ctx = click.get_current_context()
        if ctx.invoked_subcommand is None:
            ctx.invoke(alone, **options)
            return
        for parameter in alone.params:
            given = ctx.get_parameter_source(parameter.name or "")
            if parameter.expose_value and given is click.core.ParameterSource.COMMANDLINE:
                message = f"{parameter.opts[0]} means nothing to {ctx.invoked_subcommand}"
                raise click.UsageError(message, ctx)

    return LazyGroup(
        name=name,
        help=GROUPS[name],
        entries=entries,
        params=alone.params,
        callback=run_alone,
        invoke_without_command=True,
        subcommand_metavar="[COMMAND] [ARGS]...",
    )


def root() -> LazyGroup:
    """The program itself."""
    made = group("fraisier", "Fraisier: deploy fraises anywhere, and know what happened.", COMMANDS)
    made.params.append(
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_print_version,
            help="Print the version.",
        )
    )
    return made


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from fraisier import __version__

        session = ctx.ensure_object(Session)
        if session.output.as_json:
            session.output.document({"version": __version__})
        else:
            session.output.line(f"fraisier {__version__}")
        ctx.exit()
