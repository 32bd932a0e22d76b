"""``fraisier completion``."""

from __future__ import annotations

import click

from fraisier.cli.command import command, root
from fraisier.cli.session import Session


@command(click.argument("shell", type=click.Choice(["bash", "zsh", "fish"])), remote=True)
def completion(session: Session, shell: str) -> None:
    """Print a shell completion script: eval "$(fraisier completion bash)"."""
    from click.shell_completion import get_completion_class

    maker = get_completion_class(shell)
    assert maker is not None, "click knows the three shells"
    made = maker(root(), {}, "fraisier", "_FRAISIER_COMPLETE")
    # Not made.source(): it runs bash to ask for its version.
    script = made.source_template % made.source_vars()
    if session.output.as_json:
        session.output.document({"shell": shell, "script": script})
    else:
        session.output.lines(script.splitlines())
