"""``GET /metrics``: counts in Prometheus' text format, no names of services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from fraisier import __version__
from fraisier.db import AsyncDatabase
from fraisier.http.app import HttpApp
from fraisier.http.failures import Failures
from fraisier.http.messages import Request, Response
from fraisier.http.tally import Counting

MEDIA_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
STATUSES = ("pending", "in_progress", "success", "failed", "rolled_back", "superseded", "cancelled")

REQUEST = "request "
STREAMS = "now:streams"

Samples = Mapping[tuple[tuple[str, str], ...], float]


class MetricsEndpoint:
    """Deployments, the queue, webhooks; and what all workers together have answered."""

    def __init__(self, database: AsyncDatabase, counting: Counting) -> None:
        self._database = database
        self._counting = counting

    async def __call__(self, _request: Request) -> Response:
        """
        Count and print.

        Raises:
            FraisierError: ``database-unavailable`` and its like: 503.
        """
        statuses = await self._database.count("v_deployment_history", "status")
        webhooks = await self._database.count("v_recent_webhooks", "provider")
        counted = self._counting.all()
        text = "".join(
            (
                _metric("fraisier_build_info", "gauge", "What runs here.", self._build()),
                _metric("fraisier_deployments", "gauge", "By status.", _by_status(statuses)),
                _metric("fraisier_queue_depth", "gauge", "Waiting.", _queue(statuses)),
                _metric("fraisier_webhooks_total", "counter", "Accepted.", _by_provider(webhooks)),
                _metric("fraisier_http_requests_total", "counter", "Answered.", _requests(counted)),
                _metric(
                    "fraisier_failed_authentications_total",
                    "counter",
                    "Wrong signatures and tokens: borne, or too many.",
                    _unproven(counted),
                ),
                _metric("fraisier_streams", "gauge", "Open now.", _single(counted, STREAMS)),
                _metric(
                    "fraisier_slow_streams_total",
                    "counter",
                    "Ended: they did not read what was sent.",
                    _single(counted, "slow"),
                ),
            )
        )
        return Response(200, text.encode(), ((b"content-type", MEDIA_TYPE),))

    def _build(self) -> Samples:
        return {(("version", __version__), ("dialect", self._database.dialect)): 1}


def counts_of(app: HttpApp, failures: Failures) -> dict[str, int]:
    """What one process has counted, by names that all workers have alike."""
    counted = {f"{REQUEST}{' '.join(map(str, key))}": n for key, n in app.counts.items()}
    unproven = {"unproven": failures.total, "beyond": failures.beyond}
    return {**counted, **unproven, STREAMS: len(app.streams), "slow": app.streams.slow}


def _unproven(counted: Counter[str]) -> Samples:
    beyond = counted["beyond"]
    return {(("answer", "401"),): counted["unproven"] - beyond, (("answer", "429"),): beyond}


def _requests(counted: Counter[str]) -> Samples:
    found = sorted(key for key in counted if key.startswith(REQUEST))
    return {
        tuple(zip(("path", "method", "status"), key.split()[1:], strict=True)): counted[key]
        for key in found
    }


def _single(counted: Counter[str], name: str) -> Samples:
    return {(): counted[name]}


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
