"""Steps that judge what the dashboard shows, asks and does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytest_bdd import given, parsers, then

from conform.steps.dashboard import Board
from conform.world.browser import acting, lab
from conform.world.waiting import eventually

KEPT = """() => ({
  cookies: document.cookie, local: localStorage.length, address: location.href,
  session: Object.values(sessionStorage),
})"""
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
AXE = f"() => axe.run(document, {{runOnly: {TAGS}}})"
MADE = "main img, main script, main iframe, main a[href^=javascript]"
FOREIGN = f"() => document.querySelectorAll('{MADE}').length"


@given(parsers.parse('the page says "{text}"'))
@then(parsers.parse('the page says "{text}"'))
def says(board: Board, text: str) -> None:
    """The text can be seen, now or soon."""
    board.window.shows(text.replace("{deployment}", board.deployment))


@then(parsers.parse('the page does not say "{text}"'))
def does_not_say(board: Board, text: str) -> None:
    """It shows something, and not that."""
    page = board.window.page
    with acting():
        page.locator("main h1").wait_for()
        assert page.get_by_text(text).filter(visible=True).count() == 0


@then(parsers.parse('there is no button "{name}"'))
def no_button(board: Board, name: str) -> None:
    """The page has been drawn, without it."""
    with acting():
        board.window.page.locator("main h1").wait_for()
    found = board.window.page.get_by_role("button", name=name)
    assert found.count() == 0, found.all_inner_texts()


@then(parsers.parse('in "{region}" it says "{text}"'))
def region_says(board: Board, region: str, text: str) -> None:
    """Within a part of the page that has a name."""
    found = board.window.page.get_by_role("region", name=region, exact=True)
    with acting():
        found.get_by_text(text).first.wait_for(state="visible")


@then(parsers.parse('row {number:d} is of "{text}"'))
def row_is(board: Board, number: int, text: str) -> None:
    """A row of the table, counted from 1."""

    def shown() -> bool:
        rows = board.window.page.locator("tbody tr").all_inner_texts()
        return len(rows) >= number and text in rows[number - 1]

    eventually(shown, f"row {number} has {text!r}")


@then(parsers.parse("the table has {number:d} rows"))
def table_has(board: Board, number: int) -> None:
    """No more and no fewer."""
    rows = board.window.page.locator("main tbody tr")
    eventually(lambda: rows.count() == number, f"{number} rows")


@then(parsers.parse('who cannot see it is told "{text}"'))
def is_told(board: Board, text: str) -> None:
    """The live region has it."""
    spoken = board.window.page.locator("[aria-live=polite]")
    eventually(lambda: text in (spoken.text_content() or ""), f"{text!r} is said aloud")


@then("the page was not loaded again")
def same_page(board: Board) -> None:
    """What a script left in it is still there."""
    entries = board.window.evaluate("() => performance.getEntriesByType('navigation').length")
    kind = board.window.evaluate("() => performance.getEntriesByType('navigation')[0].type")
    assert (entries, kind) == (1, "navigate")


@then("the browser asked this server only and complains of nothing")
def no_complaints(board: Board) -> None:
    """No other host, no error of a script, no breach of the page's own policy."""
    window = board.window
    assert window.hosts == {window.url.removeprefix("http://")}, window.hosts
    assert window.complaints == [], window.complaints


@then("nothing of it became more than text")
def only_text(board: Board) -> None:
    """No element came out of a value, and no script of it ran."""
    assert board.window.evaluate(FOREIGN) == 0
    assert board.window.evaluate("() => window.attacked ?? null") is None


@then(parsers.parse("{fraise}/{environment} has {number:d} {kind} that {state}"))
def has_deployments(
    board: Board, fraise: str, environment: str, number: int, kind: str, state: str
) -> None:
    """Deployments in the database, of a kind and in a state."""
    status = {"waits": "pending", "wait": "pending", "was cancelled": "cancelled"}[state]

    def found() -> bool:
        rows = board.scratch.rows(
            "SELECT id FROM v_deployment WHERE fraise = :fraise AND environment = :environment"
            " AND kind = :kind AND status = :status",
            fraise=fraise,
            environment=environment,
            kind=kind,
            status=status,
        )
        return len(rows) == number

    eventually(found, f"{number} {kind} of {fraise}/{environment} {state}")


@then("the token is kept in this window only")
def token_kept(board: Board) -> None:
    """Not in the address, not in a cookie, not beyond the window."""
    kept: dict[str, Any] = board.window.evaluate(KEPT)
    assert (kept["cookies"], kept["local"]) == ("", 0), kept
    assert len(kept["session"]) == 1, kept
    assert kept["session"][0] not in kept["address"], kept


@then("the token is kept nowhere")
def token_gone(board: Board) -> None:
    """It is forgotten."""
    kept: dict[str, Any] = board.window.evaluate(KEPT)
    assert (kept["cookies"], kept["local"], kept["session"]) == ("", 0, []), kept


@then("nothing has to be scrolled sideways")
def fits(board: Board) -> None:
    """The page is no wider than the window."""
    with acting():
        board.window.page.locator("main h1").wait_for()
    wide, room = board.window.evaluate(
        "() => [document.scrollingElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= room, f"{wide} pixels in {room}"


@then("an audit of accessibility finds nothing")
def audited(board: Board) -> None:
    """axe-core: WCAG 2.2 A and AA, and what it calls best practice."""
    with acting():
        board.window.page.locator("main h1").wait_for()
    board.window.evaluate(f"() => {{ {Path(lab()['axe']).read_text()} }}")
    found = board.window.evaluate(AXE)["violations"]
    short = [(each["id"], each["help"], [n["html"][:200] for n in each["nodes"]]) for each in found]
    assert short == [], short


@then(parsers.parse('a time has the title "{text}" in UTC'))
def exact_time(board: Board, text: str) -> None:
    """The reader's clock is shown, the exact moment is in the title."""
    page = board.window.page
    with acting():
        found = page.locator("main time").first
        found.wait_for()
        moment, title = found.get_attribute("datetime"), found.get_attribute("title")
        shown = found.inner_text()
    assert moment and title, shown
    assert title == f"{moment[:10]} {moment[11:23]} UTC", (moment, title)
    assert text in title
    offset = board.window.evaluate("() => new Date().getTimezoneOffset()")
    clock = f"{(int(moment[11:13]) - offset // 60) % 24:02d}:{moment[14:16]}"
    assert clock in shown, f"{shown!r} instead of {clock}"


@then(parsers.parse('the drawing "{name}" shows {number:d} {what}'))
def drawing_shows(board: Board, name: str, number: int, what: str) -> None:
    """Dots for deployments, colours of bars for kinds of them."""
    drawing = board.window.page.locator("figure").filter(has_text=name).locator("svg")
    with acting():
        drawing.wait_for()
        if what == "deployments":
            assert drawing.locator("circle").count() == number
            return
        classes = {each.get_attribute("class") for each in drawing.locator("rect").all()}
    assert len(classes) == number, classes


@then(parsers.parse('GraphiQL shows "{text}"'))
def graphiql_shows(board: Board, text: str) -> None:
    """The answer is in the pane for answers."""
    pane = board.window.page.locator(".result-window")
    with acting():
        pane.get_by_text(text).first.wait_for()


@then(parsers.parse('the focus is on "{name}"'))
def has_focus(board: Board, name: str) -> None:
    """The control of this name, now or soon."""
    focused = "(e) => e === document.activeElement"

    def is_there() -> bool:
        found = board.window.control(name)
        return found.count() == 1 and found.evaluate(focused)

    with acting():
        eventually(is_there, f'the focus is on "{name}"')
