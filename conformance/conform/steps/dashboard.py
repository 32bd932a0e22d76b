"""Steps that look at the dashboard in a browser, and use it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

import pytest
from pytest_bdd import given, parsers, when

from conform.databases import Scratch
from conform.steps.server_access import TOKEN, configure_server
from conform.world.browser import ZONE, Window, acting
from conform.world.past import Past, Task
from conform.world.server import Server
from conform.world.subject import Subject
from conform.world.workspace import Workspace

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Table = Sequence[Sequence[str]]
WIDE = {"width": 1200, "height": 800}
TABS_MAX = 60


class Board:
    """A server with a dashboard, what has happened there, and a window."""

    def __init__(self, subject: Subject, scratch: Scratch, browser: Callable[[], Browser]) -> None:
        self.past = Past(scratch)
        self.scratch = scratch
        self.looks: dict[str, Any] = {"viewport": WIDE}
        self.deployment = ""
        self.token = ""
        self.task: Task | None = None
        self._subject = subject
        self._browser = browser
        self._server: Server | None = None
        self._window: Window | None = None

    @property
    def server(self) -> Server:
        """The server, started when it is first needed."""
        if self._server is None:
            self._server = self._subject.serve(observer=False)
        return self._server

    @property
    def window(self) -> Window:
        """The window, opened when it is first needed, by a reader in another time zone."""
        if self._window is None:
            usual: dict[str, Any] = {
                "timezone_id": ZONE,
                "locale": "en-GB",
                "reduced_motion": "reduce",
            }
            context = self._browser().new_context(**(usual | self.looks))
            self._window = Window(context, self.server.url)
        return self._window

    def close(self) -> None:
        """Close the window."""
        if self._window is not None:
            self._window.context.close()


@pytest.fixture
def board(
    implementation: Subject, workspace: Workspace, scratch: Scratch, request: Any
) -> Generator[Board]:
    """shop (production, staging) and mail (production), without an observer."""
    workspace.configure(
        "shop", ("production", "staging"), {"main": "production", "next": "staging"}
    )
    workspace.configure("mail", ("production",), {"mail": "production"}, program="worker.py")
    made = Board(implementation, scratch, lambda: request.getfixturevalue("chromium"))
    yield made
    made.close()


@given("a dashboard of shop and mail")
def a_dashboard(board: Board) -> None:
    """The server is open to this machine."""
    assert board.server.url


@given("a dashboard of shop and mail that asks for a token")
def a_closed_dashboard(board: Board, workspace: Workspace) -> None:
    """``server.token`` is set."""
    configure_server(workspace, token=TOKEN)
    assert board.server.url


@given(parsers.parse("{fraise}/{environment} has this past:"))
def has_past(board: Board, fraise: str, environment: str, datatable: Table) -> None:
    """One row a deployment, oldest first; the last one is "the deployment" of later steps."""
    head, *rows = datatable
    for row in rows:
        cells = dict(zip(head, row, strict=True))
        asked: dict[str, Any] = {"trigger_type": cells.get("trigger", "webhook")}
        asked |= {"git_branch": cells.get("branch", "main"), "actor": cells.get("by", "alice")}
        why = {"error_message": cells["message"]} if cells.get("message") else {}
        board.deployment = board.past.deployment(
            fraise, environment, cells["end"], cells["version"], why, **asked
        )


@given(parsers.re(r"(?P<fraise>\w+)/(?P<environment>\w+) is (?P<health>down|degraded|healthy)"))
def is_in_health(board: Board, fraise: str, environment: str, health: str) -> None:
    """The last health check saw this."""
    answer = board.scratch.call(
        "fn_record_health", fraise=fraise, environment=environment, status=health, message=None
    )
    assert answer["succeeded"], answer


@given(parsers.parse('a deployment of {fraise}/{environment} is running step "{step}"'))
def is_running(board: Board, fraise: str, environment: str, step: str) -> None:
    """A worker has claimed it and begun."""
    board.deployment = board.past.request(fraise, environment, "9.9.9", git_branch="main")
    board.task = board.past.claim(board.deployment)
    board.past.step(board.task, step, "started", 10, f"{step} has begun")


@given(parsers.parse("a deployment of {fraise}/{environment} waits"))
def waits(board: Board, fraise: str, environment: str) -> None:
    """It was asked for, and nobody has begun."""
    board.deployment = board.past.request(fraise, environment, "9.9.9", git_branch="main")


@when(parsers.parse('the worker says of step "{step}": {state}, {progress:d} %, "{message}"'))
def worker_says(board: Board, step: str, state: str, progress: int, message: str) -> None:
    """A step gets further."""
    assert board.task is not None, "nothing is running"
    board.past.step(board.task, step, state, progress, message)


@when(parsers.parse('the deployment ends with "{how}"'))
def deployment_ends(board: Board, how: str) -> None:
    """The worker is done."""
    assert board.task is not None, "nothing is running"
    board.past.end(board.task, "9.9.9", how)


@given(parsers.parse("{number:d} deployments of {fraise}/{environment} were superseded"))
def were_superseded(board: Board, number: int, fraise: str, environment: str) -> None:
    """Each by the next; the last one waits."""
    for _ in range(number):
        board.deployment = board.past.request(fraise, environment, "9.9.9")


@given("the queue takes no more")
def full_queue(board: Board) -> None:
    """One deployment waits, and no more than one may."""
    waits(board, "shop", "staging")
    board.scratch.execute("UPDATE tb_registry SET queue_limit = 1")


@given(parsers.parse('a token with the scope "{scope}"'))
def made_token(board: Board, scope: str) -> None:
    """Made by the function of db/, as ``fraisier token create`` does."""
    board.token = f"fraisier_{secrets.token_urlsafe(32)}"
    digest = hashlib.sha256(board.token.encode()).hexdigest()
    answer = board.scratch.call(
        "fn_create_token", name="reader", digest=digest, scopes=[scope], actor="suite"
    )
    assert answer["succeeded"], answer


@when(parsers.parse('the page "{path}" is opened with that token'))
def open_with_token(board: Board, path: str) -> None:
    """It is written into the form that asks for it."""
    board.window.open(path)
    write(board, board.token, "Token")
    board.window.press("Show the dashboard")


@given(parsers.parse('a push of "{branch}" by "{sender}" came for a repository of nobody'))
def push_of_nobody(board: Board, branch: str, sender: str) -> None:
    """A webhook that deploys nothing."""
    answer = board.past.webhook(branch, "3.3.3", sender, "forge.example/somebody/else")
    assert answer["status_detail"] == "ignored", answer


@given(parsers.parse("the window is {width:d} pixels wide and {scheme}"))
def window_looks(board: Board, width: int, scheme: str) -> None:
    """A size of the window, and ``light`` or ``dark``."""
    board.looks |= {"viewport": {"width": width, "height": 700}, "color_scheme": scheme}


@given(parsers.parse('the page "{path}" is open'))
@when(parsers.parse('the page "{path}" is opened'))
def open_page(board: Board, path: str) -> None:
    """A path of the server; ``{deployment}`` is the id of the last one."""
    board.window.open(path.replace("{deployment}", board.deployment))


@when(parsers.re(r'"(?P<name>[^"]*)" is pressed'))
def press(board: Board, name: str) -> None:
    """A button or a link, by its name."""
    board.window.press(name)


@when(parsers.parse('"{name}" is pressed in "{region}"'))
def press_in(board: Board, name: str, region: str) -> None:
    """A button within a part of the page that has a name."""
    found = board.window.page.get_by_role("region", name=region, exact=True)
    with acting():
        found.get_by_role("button", name=name, exact=True).click()


@when(parsers.parse('"{text}" is written into "{label}"'))
def write(board: Board, text: str, label: str) -> None:
    """Fill a field and leave it."""
    with acting():
        field = board.window.page.get_by_label(label, exact=True)
        field.fill(TOKEN if text == "the token" else text)
        field.blur()


@when(parsers.parse('"{text}" is chosen as "{label}"'))
def choose(board: Board, text: str, label: str) -> None:
    """One of several."""
    with acting():
        board.window.page.get_by_label(label, exact=True).select_option(text)


@when(parsers.parse('"{name}" is reached with the Tab key and pressed with Enter'))
def press_by_keys(board: Board, name: str) -> None:
    """No mouse: from where the focus is, forward."""
    page = board.window.page
    with acting():
        board.window.control(name).wait_for(state="visible")
        focus = "(e) => e === document.activeElement"
        for _ in range(TABS_MAX):
            if board.window.control(name).evaluate(focus):
                break
            page.keyboard.press("Tab")
        else:
            raise AssertionError(f'"{name}" was not reached with {TABS_MAX} tabs')
        page.keyboard.press("Enter")


@when(parsers.parse("the key {key} is pressed"))
def press_key(board: Board, key: str) -> None:
    """A key, wherever the focus is."""
    with acting():
        board.window.page.keyboard.press(key)


@when("the server is stopped for a while")
def stop_server(board: Board) -> None:
    """Nobody answers any more."""
    board.server.kill()
