"""What a target of docker-compose may say is checked where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from fraisier.config import load
from fraisier.domain.errors import FraisierError

CONFIG = """\
fraises:
  shop:
    type: api
    environments:
      production:
        target:
          provider: docker-compose
          {line}
"""


def _load(folder: Path, line: str) -> object:
    path = folder / "fraises.yaml"
    path.write_text(CONFIG.format(line=line))
    return load(path, {}).select("shop", "production").environment.target


@pytest.mark.parametrize(
    "line",
    [
        "file: ../compose.yaml",
        "file: a/../../compose.yaml",
        "file: /etc/compose.yaml",
        "service: --privileged",
        "services: api",
        "services: [api, -v]",
        "project: Shop",
        "project: -shop",
        "image: --help",
        "docker_host: http://engine",
        "docker_host: ssh://-oProxyCommand=touch",
        "port: 0",
    ],
)
def test_target__value_that_means_something_else__is_refused(tmp_path: Path, line: str) -> None:
    """Nothing of it can become an option of docker or a file outside of the repository."""
    with pytest.raises(FraisierError) as caught:
        _load(tmp_path, line)
    assert caught.value.code == "config-invalid"


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("services: [api, job]", {"services": ("api", "job")}),
        ("file: deploy/compose.yaml", {"file": "deploy/compose.yaml"}),
        ("docker_host: ssh://ci@engine", {"docker_host": "ssh://ci@engine"}),
        (
            "image: localhost:5000/acme/shop@sha256:ab",
            {"image": "localhost:5000/acme/shop@sha256:ab"},
        ),
    ],
)
def test_target__sound_value__is_kept(tmp_path: Path, line: str, kept: dict[str, object]) -> None:
    """As it is written; a list of services becomes a tuple."""
    assert _load(tmp_path, line) == kept
