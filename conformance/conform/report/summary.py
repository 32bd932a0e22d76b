"""A run in a few numbers, as JSON."""

from __future__ import annotations

import json

from conform.report.matrix import lines
from conform.report.source import Account, exit_status


def render(account: Account) -> str:
    """Counts by column and the verdict of every requirement."""
    columns = account.columns()
    return json.dumps(
        {
            "run": account.header,
            "exit": exit_status(account),
            "counts": dict(account.counts()),
            "columns": [
                {
                    "implementation": implementation,
                    "database": database,
                    "counts": dict(account.counts((implementation, database))),
                }
                for implementation, database in columns
            ],
            "requirements": {
                line.requirement: {
                    " on ".join(column): cell.verdict
                    for column, cell in zip(columns, line.cells, strict=True)
                    if cell
                }
                for line in lines(account)
            },
            "problems": account.problems,
        },
        indent=2,
        default=str,
    )
