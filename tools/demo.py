"""
``make demo``: from nothing to a deployed sample service with its history.

Makes ``.demo/`` with a bare git repository, a working copy of ``examples/hello``, a
``fraises.yaml`` and Fraisier's database; deploys once from the command line and once
by a signed webhook; shows the history. The service goes on running, so that the
reader can break it. ``--clean`` stops it and removes the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEMO = Path(os.environ.get("DEMO_FOLDER", ROOT / ".demo")).resolve()
COPY = DEMO / "hello"
FRAISIER = Path(sys.executable).parent / "fraisier"

CONFIGURATION = """\
# The registry of the demo: one service, one environment, on this machine.
git:
  provider: github
  github:
    webhook_secret: {secret}

server:
  open: true  # the API needs no token; only this machine reaches it

fraises:
  hello:
    type: api
    description: The sample service
    git:
      repository: {origin}
    health_check:
      path: /health
      timeout: 5
    environments:
      production:
        branch: main
        target:
          provider: local
          command: ["{python}", app.py]
          port: {port}
"""


def say(text: str) -> None:
    """Print a headline of the demo."""
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


def run(*command: str | Path, cwd: Path = DEMO, quiet: bool = False) -> None:
    """Run a command and show it as a person would type it; stop the demo when it fails."""
    words = [str(word) for word in command]
    if not quiet:
        print("$ " + " ".join([Path(words[0]).name, *words[1:]]), flush=True)
    subprocess.run(words, cwd=cwd, check=True, stdout=subprocess.DEVNULL if quiet else None)


def git(*arguments: str, cwd: Path = COPY) -> None:
    """Run git in the working copy."""
    run("git", *arguments, cwd=cwd, quiet=True)


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare(secret: str) -> int:
    """Make the folder, the repositories and the configuration; return the service's port."""
    DEMO.mkdir()
    shutil.copytree(ROOT / "examples/hello", COPY)
    git("init", "--quiet", "--bare", "--initial-branch=main", "origin.git", cwd=DEMO)
    git("init", "--quiet", "--initial-branch=main")
    git("config", "user.name", "demo")
    git("config", "user.email", "demo@localhost")
    git("add", ".")
    git("commit", "--quiet", "-m", "hello: first version")
    git("remote", "add", "origin", str(DEMO / "origin.git"))
    git("push", "--quiet", "-u", "origin", "main")
    port = free_port()
    text = CONFIGURATION.format(
        origin=DEMO / "origin.git", port=port, secret=secret, python=sys.executable
    )
    (DEMO / "fraises.yaml").write_text(text)
    return port


def fetch(url: str) -> str:
    """Body of a GET request on the loopback."""
    with urllib.request.urlopen(url, timeout=5) as response:
        return str(response.read().decode())


def wait_for(url: str, word: str) -> None:
    """Return when the page has ``word``; the service restarts meanwhile."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            if word in fetch(url):
                return
        time.sleep(0.2)
    raise SystemExit(f"{url} did not change within 30 seconds; see {DEMO / 'serve.log'}")


def second_version() -> str:
    """Commit and push another greeting; return the commit."""
    (COPY / "greeting.txt").write_text("Hello from the second version\n")
    git("commit", "--quiet", "-am", "hello: second version")
    git("push", "--quiet")
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=COPY, check=True, capture_output=True, text=True
    )
    return head.stdout.strip()


def send_webhook(url: str, commit: str, secret: str) -> None:
    """Post what GitHub would post for a push of ``commit`` to main, signed."""
    origin = str(DEMO / "origin.git")
    body = json.dumps(
        {
            "ref": "refs/heads/main",
            "before": "0" * 40,
            "after": commit,
            "repository": {"full_name": "demo/hello", "clone_url": origin},
            "sender": {"login": "demo"},
        }
    ).encode()
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": secrets.token_hex(8),
        "X-Hub-Signature-256": "sha256="
        + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
    }
    request = urllib.request.Request(f"{url}/webhook", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        print(f"POST /webhook -> {response.status} {response.read().decode()}", flush=True)


def deploy_by_webhook(service: str, secret: str) -> None:
    """Serve, push a commit, send its webhook and wait until the service changed."""
    server = subprocess.Popen(
        [str(FRAISIER), "serve", "--port", "0", "--contract"],
        cwd=DEMO,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(DEMO / "serve.log").open("w"),
        text=True,
    )
    try:
        assert server.stdin and server.stdout
        contract = {
            "config_path": str(DEMO / "fraises.yaml"),
            "database_url": f"sqlite:///{DEMO / '.fraisier/fraisier.db'}",
            "observer": True,
        }
        server.stdin.write(json.dumps(contract) + "\n")
        server.stdin.flush()
        url = json.loads(server.stdout.readline())["url"]
        send_webhook(url, second_version(), secret)
        wait_for(service, "second")
        print(f"GET {service} -> {fetch(service).strip()}", flush=True)
    finally:
        server.terminate()
        server.wait(15)


def clean() -> None:
    """Stop the service of an earlier demo and remove its folder."""
    if (DEMO / "fraises.yaml").exists():
        subprocess.run([str(FRAISIER), "stop", "hello", "production"], cwd=DEMO, check=False)
    shutil.rmtree(DEMO, ignore_errors=True)


WHAT_NEXT = """
The service goes on running at {service}. Now break it:

  cd {folder}
  echo broken > hello/health.txt
  git -C hello commit -am "hello: break it" && git -C hello push
  {fraisier} deploy hello production      # fails its health gate, the old release comes back
  curl {service}                   # still the second version
  {fraisier} history

`make demo-clean` stops the service and removes the folder.
"""


def main() -> int:
    """Run the demo, or clean up after one."""
    clean()
    if "--clean" in sys.argv:
        return 0
    os.environ.pop("FRAISIER_CONFIG", None)
    os.environ.pop("FRAISIER_DATABASE_URL", None)
    secret = secrets.token_hex(16)
    port = prepare(secret)
    service = f"http://127.0.0.1:{port}/"
    say("1. The registry")
    run(FRAISIER, "list")
    say("2. The first deployment, from the command line")
    run(FRAISIER, "deploy", "hello", "production")
    print(f"GET {service} -> {fetch(service).strip()}", flush=True)
    say("3. The second one, by a signed webhook to `fraisier serve`")
    deploy_by_webhook(service, secret)
    say("4. What happened")
    run(FRAISIER, "history")
    run(FRAISIER, "webhooks")
    run(FRAISIER, "status", "hello", "production")
    folder = os.path.relpath(DEMO)
    command = os.path.relpath(FRAISIER, DEMO)
    print(WHAT_NEXT.format(service=service, folder=folder, fraisier=command))
    return 0


if __name__ == "__main__":
    sys.exit(main())
