"""What one pytest run of the suite is told: one implementation on one database."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# File, scenario, values of the example, key: how a pytest item is known as a case.
Identity = tuple[str, str, tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Session:
    """Written by the runner, read by the plugin in every worker process."""

    checkout: str
    scenarios: str
    dialect: str
    template_url: str
    place: str
    implementation: str | None  # its folder; None: the database itself is judged
    url: str | None  # a server that runs already
    cases: tuple[Identity, ...]

    def write(self, path: Path) -> None:
        """Save for other processes."""
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> Session:
        """What ``write`` saved."""
        values: dict[str, Any] = json.loads(path.read_text())
        values["cases"] = tuple((f, s, tuple(row), key) for f, s, row, key in values["cases"])
        return cls(**values)

    def features(self) -> list[str]:
        """The feature files that hold the selected cases."""
        return [str(Path(self.scenarios) / file) for file in sorted({c[0] for c in self.cases})]


_current: list[Session] = []


def use(session: Session) -> None:
    """Make ``session`` the one that this process runs."""
    _current[:] = [session]


def current() -> Session:
    """The session of this process. Raises IndexError outside of a run."""
    return _current[0]
