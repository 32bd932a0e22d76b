"""
``screenshots.py FOLDER``: the pictures of docs/dashboard.md, drawn by a real browser.

A server of its own with a month of made-up deployments; run by ``make screenshots``, which
brings the browser. The same story each time: only the times differ.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

from conform.databases import Scratch
from conform.world.browser import Window, lab
from conform.world.past import Past
from conform.world.workspace import Workspace
from playwright.sync_api import sync_playwright

FRAISIER = str(Path(sys.executable).parent / "fraisier")
PEOPLE = ("alice", "bob", "chen")
PLACES = (
    ("shop", "production", "main"),
    ("shop", "staging", "next"),
    ("mail", "production", "mail"),
)
FAILURE = (
    "pip: ERROR: No matching distribution found for flask==9.9\n"
    "make: *** [install] Error 1"
)  # fmt: skip
# Name, page, width, colours, and a button to press first.
PICTURES = (
    ("overview", "/", 1100, "light", ""),
    ("overview-phone", "/", 390, "dark", ""),
    ("deployment", "#/deployment/{running}", 1100, "light", ""),
    ("rollback", "/", 1100, "light", "Roll back shop/production"),
    ("history", "#/history", 1100, "light", ""),
    ("statistics", "#/statistics", 1100, "dark", ""),
)


def main(folder: Path) -> int:
    """Write every picture into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="screenshots-") as place:
        workspace = Workspace(Path(place).resolve())
        workspace.configure("shop", ("production", "staging"), {"main": "production"})
        workspace.configure("mail", ("production",), {"mail": "production"}, program="worker.py")
        text = workspace.config.read_text().replace("of a scenario", "of a small company")
        workspace.write_config(text)
        scratch = Scratch("sqlite", f"sqlite:///{place}/fraisier.db", place)
        with _server(workspace, scratch.url) as url:
            running = _story(Past(scratch))
            scratch.close()
            _draw(url, running, folder)
    return 0


@contextlib.contextmanager
def _server(workspace: Workspace, database: str) -> Generator[str]:
    environment = {**os.environ, "FRAISIER_CONFIG": str(workspace.config)}
    environment |= {"FRAISIER_DATABASE_URL": database, "FRAISIER_CONTRACT": "1"}
    subprocess.run([FRAISIER, "db", "init"], env=environment, check=True, stdout=subprocess.DEVNULL)
    contract = {"database_url": database, "config_path": str(workspace.config), "observer": False}
    server = subprocess.Popen(
        [FRAISIER, "serve", "--contract"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdin and server.stdout
        server.stdin.write(json.dumps(contract) + "\n")
        server.stdin.flush()
        yield json.loads(server.stdout.readline())["url"]
    finally:
        server.terminate()
        server.wait(20)


def _story(past: Past) -> str:
    """A month of deployments, a failure of now, one that runs; the id of that one."""
    chance = random.Random(7)
    for number in range(44):
        fraise, environment, branch = PLACES[number % 3] if number < 43 else PLACES[0]
        how = chance.choices(["success", "failed"], [7, 1])[0] if number < 40 else "success"
        asked: dict[str, Any] = {"git_branch": branch, "actor": chance.choice(PEOPLE)}
        version = f"1.{number}.0"
        made = past.deployment(fraise, environment, how, version, trigger_type="webhook", **asked)
        past.move(made, (44 - number) * 15, round(chance.uniform(14, 80), 1))
    webhook: dict[str, Any] = {"trigger_type": "webhook", "git_branch": "main", "actor": "bob"}
    past.deployment("shop", "production", "success", "1.44.0", **webhook)
    past.deployment("shop", "production", "failed", "1.45.0", {"error_message": FAILURE}, **webhook)
    task = past.claim(past.request("mail", "production", "1.46.0", git_branch="mail"))
    past.step(task, "fetch", "started", 0, "git fetch")
    past.step(task, "fetch", "succeeded", 100, "HEAD is now at 4f2c1a9 mail: shorter subjects")
    past.step(task, "build", "started", 60, "Collecting aiosmtplib\n  Downloading (27 kB)")
    return task.id


def _draw(url: str, running: str, folder: Path) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=lab()["executable"], args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for name, page, width, scheme, button in PICTURES:
            window = Window(
                browser.new_context(
                    viewport={"width": width, "height": 700},
                    color_scheme="dark" if scheme == "dark" else "light",
                    reduced_motion="reduce",
                    locale="en-GB",
                ),
                url,
            )
            window.open(page.replace("{running}", running))
            window.page.locator("main h1").wait_for()
            if button:
                window.page.get_by_role("button", name=button).first.click()
                window.page.locator("#dialog-said").wait_for(state="attached")
            window.page.screenshot(
                path=str(folder / f"{name}.png"), full_page=name not in ("history", "rollback")
            )
            window.context.close()
        browser.close()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
