"""Write every derived report beside the NDJSON that it comes from."""

from __future__ import annotations

from pathlib import Path

from conform.report import badge, html, junit, markdown, summary
from conform.report.source import Account

SOURCE = "run.ndjson"


def derive(account: Account, folder: Path) -> list[Path]:
    """Write JUnit, JSON and Markdown summary, HTML matrix and badges; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    rendered = {
        "junit.xml": junit.render(account),
        "summary.json": summary.render(account),
        "summary.md": markdown.render(account),
        "matrix.html": html.render(account),
    }
    for name, text in rendered.items():
        (folder / name).write_text(text)
    _badges(account, folder / "badges")
    return [*(folder / name for name in rendered), folder / "badges"]


def _badges(account: Account, folder: Path) -> None:
    """Those of this run, and of no earlier one."""
    folder.mkdir(exist_ok=True)
    for path in (*folder.glob("*.svg"), *folder.glob("*.json")):
        path.unlink()
    for each in badge.badges(account):
        (folder / f"{each.name}.svg").write_text(each.as_svg())
        (folder / f"{each.name}.json").write_text(each.as_json())
