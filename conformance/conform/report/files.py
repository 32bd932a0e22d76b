"""Write every derived report beside the NDJSON that it comes from."""

from __future__ import annotations

from pathlib import Path

from conform.report import html, junit, summary
from conform.report.source import Account

SOURCE = "run.ndjson"


def derive(account: Account, folder: Path) -> list[Path]:
    """Write JUnit, JSON summary and HTML matrix; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    rendered = {
        "junit.xml": junit.render(account),
        "summary.json": summary.render(account),
        "matrix.html": html.render(account),
    }
    for name, text in rendered.items():
        (folder / name).write_text(text)
    return [folder / name for name in rendered]
