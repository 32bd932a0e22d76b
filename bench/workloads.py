"""The requests that every server answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Workload:
    """
    One document with its variables; ``probe`` is a text that a right answer holds.

    Where ``COUNTER`` stands in it, each request has a number of its own.
    """

    name: str
    query: str
    probe: str
    variables: dict[str, Any] = field(default_factory=dict[str, Any])

    extensions: dict[str, Any] = field(default_factory=dict[str, Any])

    def body(self) -> bytes:
        """The body of the request."""
        asked = {"query": self.query, "variables": self.variables}
        return json.dumps(
            asked | ({"extensions": self.extensions} if self.extensions else {})
        ).encode()

    def anew(self) -> Workload:
        """The same in a request that was never sent before: no answer can be kept for it."""
        return replace(self, name=f"{self.name} anew", extensions={"request": COUNTER})


COUNTER = "n0000000000"
DEPLOYMENTS = "deployments(limit: 20) { id fraise environment status startedAt newVersion }"
TARGET = {"f": "fraise_3", "e": "env_2"}
QUERIES = [
    Workload("Q1", f"{{ {DEPLOYMENTS} }}", '"newVersion"'),
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
]
WORKLOADS = [
    *QUERIES,
    *(query.anew() for query in QUERIES),
    Workload("cold", f"{{ {COUNTER}: {DEPLOYMENTS} }}", '"newVersion"'),
    Workload(
        "M1",
        "mutation($f: String!, $e: String!)"
        " { deploy(fraise: $f, environment: $e) { success deployment { id status } } }",
        '"PENDING"',
        TARGET,
    ),
]
