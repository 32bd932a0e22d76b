"""The requests that every server answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Workload:
    """One document with its variables; ``probe`` is a text that a right answer holds."""

    name: str
    query: str
    probe: str
    variables: dict[str, Any] = field(default_factory=dict[str, Any])

    def body(self) -> bytes:
        """The body of the request."""
        return json.dumps({"query": self.query, "variables": self.variables}).encode()


TARGET = {"f": "fraise_3", "e": "env_2"}
WORKLOADS = [
    Workload(
        "Q1",
        "{ deployments(limit: 20) { id fraise environment status startedAt newVersion } }",
        '"newVersion"',
    ),
    Workload(
        "Q2",
        "{ fraises { name type environments { name currentVersion status target { provider } } } }",
        '"provider"',
    ),
    Workload(
        "Q3",
        "query($f: String!, $e: String!) { status(fraise: $f, environment: $e) }",
        '"UNKNOWN"',
        TARGET,
    ),
    Workload(
        "M1",
        "mutation($f: String!, $e: String!)"
        " { deploy(fraise: $f, environment: $e) { success deployment { id status } } }",
        '"PENDING"',
        TARGET,
    ),
]
