"""``fraisier config validate`` and ``fraisier config show``."""

from __future__ import annotations

from fraisier.cli.command import command
from fraisier.cli.session import Session


@command()
def validate(session: Session) -> None:
    """Check fraises.yaml and name everything that is wrong with it."""
    config = session.config()
    environments = sum(len(fraise.environments) for fraise in config.fraises.values())
    if session.output.as_json:
        counts = {"fraises": len(config.fraises), "environments": environments}
        session.output.document({"valid": True, "path": str(config.path), **counts})
        return
    fraises = len(config.fraises)
    session.output.line([("✓", "green"), (f" {config.path} is valid", "")])
    session.output.line(f"  {_count(fraises, 'fraise')}, {_count(environments, 'environment')}")


@command()
def show(session: Session) -> None:
    """Show fraises.yaml with variables expanded and secrets as ***."""
    from fraisier.config import redacted

    content = redacted(session.config())
    if session.output.as_json:
        session.output.document(content)
        return
    import yaml

    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    session.output.lines(text.splitlines())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
