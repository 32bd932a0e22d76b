"""
A forge of the suite: a real repository behind git's own HTTP transport, which after each
push tells a webhook of it, signed, as GitHub does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from conform.surroundings import environment
from conform.verdicts import HarnessError

BODY_MAX = 64 * 1024 * 1024
CGI_SECONDS = 60
# Run by git in the repository, with one line "old new ref" on stdin for each ref.
HOOK = """#!{python}
import hashlib, hmac, json, subprocess, sys, urllib.error, urllib.request, uuid

def git(*arguments):
    return subprocess.run(["git", *arguments], capture_output=True, text=True).stdout.strip()

told = json.load(open("webhook.json"))
for line in sys.stdin if told["url"] else ():
    old, new, ref = line.split()
    gone = set(new) == {{"0"}}
    commit = None if gone else git("rev-parse", new + "^{{commit}}")
    payload = {{
        "ref": ref, "before": old, "after": new, "deleted": gone, "created": set(old) == {{"0"}},
        "forced": False, "commits": [], "repository": told["repository"],
        "head_commit": commit and {{"id": commit, "message": git("log", "-1", commit)}},
        "pusher": {{"name": "alice"}}, "sender": {{"login": "alice"}},
    }}
    body = json.dumps(payload).encode()
    signed = hmac.new(told["secret"].encode(), body, hashlib.sha256).hexdigest()
    headers = {{
        "Content-Type": "application/json", "User-Agent": "GitHub-Hookshot/0000000",
        "X-GitHub-Event": "push", "X-GitHub-Delivery": str(uuid.uuid4()),
        "X-Hub-Signature-256": "sha256=" + signed,
    }}
    request = urllib.request.Request(told["url"], body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            status, text = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode()
    with open("answers.jsonl", "a") as answers:
        answers.write(json.dumps({{"ref": ref, "status": status, "answer": text}}) + "\\n")
"""


class GitForge(ThreadingHTTPServer):
    """Serves the bare repositories of a folder with ``git http-backend``."""

    daemon_threads = True

    def __init__(self, origin: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.origin = origin
        self.address = f"http://127.0.0.1:{self.server_port}/{origin.name}"
        self._git("config", "http.receivepack", "true")
        hook = origin / "hooks" / "post-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(HOOK.format(python=sys.executable))
        hook.chmod(0o755)

    def tell(self, url: str, secret: str) -> None:
        """From now on every push is told to this address."""
        repository = {"full_name": "example/shop", "clone_url": self.address}
        text = json.dumps({"url": url, "secret": secret, "repository": repository})
        (self.origin / "webhook.json").write_text(text)

    @property
    def answers(self) -> list[dict[str, Any]]:
        """What the hook was answered, in order."""
        path = self.origin / "answers.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def backend(self, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, list[str], bytes]:
        """Status, header lines and body of what git itself answers to a request."""
        path, _, query = handler.path.partition("?")
        variables = {
            **environment(self.origin.parent),
            "GIT_PROJECT_ROOT": str(self.origin.parent),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": handler.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": handler.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": handler.headers.get("Content-Encoding", ""),
            "HTTP_GIT_PROTOCOL": handler.headers.get("Git-Protocol", ""),
            "REMOTE_ADDR": "127.0.0.1",
            "REMOTE_USER": "alice",
        }
        done = subprocess.run(
            ["git", "http-backend"],
            input=body,
            capture_output=True,
            env=variables,
            timeout=CGI_SECONDS,
            check=False,
        )
        head, found, content = done.stdout.partition(b"\r\n\r\n")
        if not found:
            raise HarnessError(f"git http-backend: {done.stderr.decode(errors='replace')}")
        return _status(head.decode("latin-1").split("\r\n"), content)

    def _git(self, *arguments: str) -> None:
        command = ["git", "--git-dir", str(self.origin), *arguments]
        subprocess.run(command, check=True, env=environment(self.origin.parent))


def _status(lines: list[str], content: bytes) -> tuple[int, list[str], bytes]:
    said = [line for line in lines if line.lower().startswith("status:")]
    status = int(said[0].split()[1]) if said else 200
    return status, [line for line in lines if line not in said], content


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """What git asks before it fetches or pushes."""
        self._answer(b"")

    def do_POST(self) -> None:
        """A fetch or a push."""
        chunked = "chunked" in self.headers.get("Transfer-Encoding", "").lower()
        length = int(self.headers.get("Content-Length") or 0)
        self._answer(self._chunks() if chunked else self.rfile.read(min(length, BODY_MAX)))

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _answer(self, body: bytes) -> None:
        forge = self.server
        assert isinstance(forge, GitForge)
        status, lines, content = forge.backend(self, body)
        self.send_response(status)
        for line in lines:
            name, _, value = line.partition(":")
            self.send_header(name, value.strip())
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def git_forge(origin: Path) -> Generator[GitForge]:
    """A forge for a bare repository, on a free port, while the context lasts."""
    with GitForge(origin) as forge:
        thread = threading.Thread(target=forge.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield forge
        finally:
            forge.shutdown()
            thread.join()
