"""``GET /metrics``: counts in Prometheus' text format, no names of services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from fraisier import __version__
from fraisier.db import AsyncDatabase
from fraisier.http.failures import Failures
from fraisier.http.messages import Request, Response

MEDIA_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
STATUSES = ("pending", "in_progress", "success", "failed", "rolled_back", "superseded", "cancelled")

Samples = Mapping[tuple[tuple[str, str], ...], float]


class MetricsEndpoint:
    """Deployments by status, the queue, webhooks, HTTP requests and the build."""

    def __init__(
        self, database: AsyncDatabase, counts: Counter[tuple[str, str, int]], failures: Failures
    ) -> None:
        self._database = database
        self._counts = counts
        self._failures = failures

    async def __call__(self, _request: Request) -> Response:
        """
        Count and print.

        Raises:
            FraisierError: ``database-unavailable`` and its like: 503.
        """
        statuses = await self._database.count("v_deployment_history", "status")
        webhooks = await self._database.count("v_recent_webhooks", "provider")
        text = "".join(
            (
                _metric("fraisier_build_info", "gauge", "What runs here.", self._build()),
                _metric("fraisier_deployments", "gauge", "By status.", _by_status(statuses)),
                _metric("fraisier_queue_depth", "gauge", "Waiting.", _queue(statuses)),
                _metric("fraisier_webhooks_total", "counter", "Accepted.", _by_provider(webhooks)),
                _metric("fraisier_http_requests_total", "counter", "Answered.", self._requests()),
                _metric(
                    "fraisier_failed_authentications_total",
                    "counter",
                    "Wrong signatures and tokens: borne, or too many.",
                    self._unproven(),
                ),
            )
        )
        return Response(200, text.encode(), ((b"content-type", MEDIA_TYPE),))

    def _build(self) -> Samples:
        return {(("version", __version__), ("dialect", self._database.dialect)): 1}

    def _unproven(self) -> Samples:
        beyond = self._failures.beyond
        return {
            (("answer", "401"),): self._failures.total - beyond,
            (("answer", "429"),): beyond,
        }

    def _requests(self) -> Samples:
        return {
            (("path", path), ("method", method), ("status", str(status))): number
            for (path, method, status), number in sorted(self._counts.items())
        }


def _by_status(counted: Mapping[str, int]) -> Samples:
    return {(("status", status),): counted.get(status, 0) for status in STATUSES}


def _queue(counted: Mapping[str, int]) -> Samples:
    return {(): counted.get("pending", 0)}


def _by_provider(counted: Mapping[str, int]) -> Samples:
    return {(("provider", name),): number for name, number in sorted(counted.items())}


def _metric(name: str, kind: str, text: str, samples: Samples) -> str:
    lines = [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
    for labels, value in samples.items():
        inside = ",".join(f'{key}="{_escaped(label)}"' for key, label in labels)
        lines.append(f"{name}{{{inside}}} {value}" if inside else f"{name} {value}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
