"""The matrix as one HTML file that needs nothing else."""

from __future__ import annotations

import json
from typing import Any

from conform.places import resources
from conform.report.matrix import lines
from conform.report.source import Account


def render(account: Account) -> str:
    """A page with the counts, the matrix and the exchange of every failure."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(resources() / "report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["pretty"] = _pretty
    return environment.get_template("matrix.html.j2").render(
        account=account,
        columns=account.columns(),
        lines=lines(account),
        findings=account.findings(),
    )


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, default=str, ensure_ascii=False)
