"""A real browser, as the lab has it: what is on the screen, what was asked for, what went wrong."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

# The driver is loaded by who needs it: the suite runs without.
if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

VARIABLE = "FRAISIER_LAB_BROWSER"
SECONDS = 15.0
# Chromium has its own sandbox, which root may not use; what is shown here is ours.
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage")
# A refusal is an answer; that the console lists it says nothing about the page.
ANSWERS = ("401", "403", "406")
ZONE = "America/New_York"


def lab() -> dict[str, str]:
    """What the lab has: ``executable`` and ``axe``."""
    return json.loads(Path(os.environ[VARIABLE]).read_text())


@contextlib.contextmanager
def acting() -> Generator[None]:
    """What the browser cannot do is a finding about the page."""
    from playwright.sync_api import Error

    try:
        yield
    except Error as reason:
        raise AssertionError(str(reason)[:2000]) from reason


class Window:
    """One window of a browser that has never been used before."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url = url
        self.context = context
        self.page: Page = context.new_page()
        self.page.set_default_timeout(SECONDS * 1000)
        self.hosts: set[str] = set()
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: Any) -> None:
        answered = "Failed to load resource" in message.text
        if message.type == "error" and not (
            answered and any(f"status of {status}" in message.text for status in ANSWERS)
        ):
            self.complaints.append(message.text)

    def open(self, path: str) -> None:
        """Show a page of the server."""
        with acting():
            self.page.goto(f"{self.url}/{path.removeprefix('/')}")

    def press(self, name: str) -> None:
        """Press the button, or follow the link, of this name."""
        with acting():
            self.control(name).click()

    def control(self, name: str) -> Locator:
        """The only button or link of this name."""
        button = self.page.get_by_role("button", name=name, exact=True)
        return button.or_(self.page.get_by_role("link", name=name, exact=True))

    def shows(self, text: str) -> None:
        """Wait until the text can be seen."""
        with acting():
            shown = self.page.get_by_text(text).filter(visible=True)
            shown.first.wait_for(state="visible")

    def evaluate(self, script: str) -> Any:
        """The value of a script in the page."""
        with acting():
            return self.page.evaluate(script)


@pytest.fixture(scope="session")
def chromium() -> Generator[Browser]:
    """The browser of this process; every window is as if it were new."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=lab()["executable"], args=[*ARGUMENTS])
        yield browser
        browser.close()
