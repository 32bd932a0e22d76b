"""The files of the dashboard over HTTP: what is served, as what, and what never is."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.http.messages import Request, Response
from fraisier.http.static import POLICY, POLICY_GRAPHIQL, StaticFile, static_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pages, a script, and what is nobody's business."""
    (tmp_path / "graphiql").mkdir()
    for name in ("index.html", "graphiql/index.html", "app.js", "README.md", "package.json"):
        (tmp_path / name).write_text(f"this is {name}")
    (tmp_path / "link.js").symlink_to("/etc/hostname")
    return tmp_path


def answer(file: StaticFile, **headers: str) -> Response:
    """What a GET gets."""
    return asyncio.run(file(Request("GET", "/", b"", headers)))


def headers_of(response: Response) -> dict[bytes, bytes]:
    """All headers, as they are sent."""
    return dict(response.start()["headers"])


def test_static_files__folder__is_an_allow_list(folder: Path) -> None:
    """Pages and what they load have a path; notes, packages and links have none."""
    assert set(static_files(folder, lambda: True)) == {
        "/", "/graphiql", "/dashboard/index.html", "/dashboard/graphiql/index.html",
        "/dashboard/app.js",
    }  # fmt: skip


def test_static_file__asked_for__comes_with_type_and_policy(folder: Path) -> None:
    """The content as it is, never sniffed, framed, or run from elsewhere."""
    response = answer(static_files(folder, lambda: True)["/dashboard/app.js"])
    headers = headers_of(response)
    assert (response.status, response.body) == (200, b"this is app.js")
    assert headers[b"content-type"] == b"text/javascript; charset=utf-8"
    assert headers[b"content-security-policy"] == POLICY
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"content-length"] == b"14"


def test_static_file__known_to_the_client__is_not_sent_again(folder: Path) -> None:
    """The same ETag, strong or weak, gets 304 without a body or a length."""
    file = static_files(folder, lambda: True)["/"]
    etag = headers_of(answer(file))[b"etag"].decode()
    for given in (etag, f'"other", W/{etag}'):
        again = answer(file, **{"if-none-match": given})
        assert (again.status, again.body) == (304, b"")
        assert b"content-length" not in headers_of(again)
    assert answer(file, **{"if-none-match": '"other"'}).status == 200


def test_static_file__switched_off__is_not_there(folder: Path) -> None:
    """The switch is looked at each time: a reload counts."""
    on = [True]
    file = static_files(folder, lambda: on[0])["/"]
    assert answer(file).status == 200
    on[0] = False
    with pytest.raises(FraisierError) as refused:
        answer(file)
    assert refused.value.code == "not-found"


def test_policies__every_page__allow_no_other_host() -> None:
    """No inline script, no source but this server."""
    for policy in (POLICY, POLICY_GRAPHIQL):
        assert b"default-src 'none'" in policy
        assert b"script-src 'self';" in policy
        assert b"http" not in policy
        assert b"unsafe-eval" not in policy
    assert b"unsafe-inline" not in POLICY
