"""``fraisier serve`` and ``fraisier webhook``."""

from __future__ import annotations

import click

from fraisier.cli.command import command
from fraisier.cli.session import Session, working_folder

_PORT = click.IntRange(0, 65535)
_WORKERS = click.IntRange(1, 64)
_HOST = click.option("--host", metavar="ADDRESS", help="Default: that of fraises.yaml, 127.0.0.1.")


@command(
    _HOST,
    click.option("--port", type=_PORT, metavar="N", help="0 picks one (default: 8000)."),
    click.option("--no-observer", is_flag=True, help="Serve only, carry nothing out."),
    click.option("--workers", type=_WORKERS, metavar="N", default=1, help="Processes that serve."),
    click.option("--contract", is_flag=True, help="Follow spec/start-contract.md."),
)
def serve(
    session: Session,
    host: str | None,
    port: int | None,
    no_observer: bool,
    workers: int,
    contract: bool,
) -> None:
    """Run the API, the webhook receiver and an observer until SIGTERM."""
    from fraisier.api.server import ServeOptions, serve

    if not contract:
        settings = session.config().server
        host, port = host or settings.host, settings.port if port is None else port
    options = ServeOptions(
        config_path=session.config_path,
        database_url=session.database_url,
        host=host or "127.0.0.1",
        port=port or 0,
        observer=not no_observer,
        contract=contract,
        workers=workers,
    )
    session.exit_status = serve(options, session.environ, working_folder())


@command(
    _HOST,
    click.option("--port", type=_PORT, default=8080, show_default=True, metavar="N"),
)
def webhook(session: Session, host: str | None, port: int) -> None:
    """Run the webhook receiver alone until SIGTERM."""
    from fraisier.webhook.app import ServeOptions, serve_webhook

    options = ServeOptions(
        config_path=session.config_path,
        database_url=session.database_url,
        host=host or session.config().server.host,
        port=port,
        observer=False,
        contract=False,
    )
    session.exit_status = serve_webhook(options, session.environ, working_folder())
