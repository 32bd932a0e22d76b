"""The table and the JSON of a run."""

from __future__ import annotations

from typing import Any

Results = dict[str, dict[str, dict[str, float]]]


def ratios(results: Results) -> dict[str, dict[str, float]]:
    """Ours over each other server, for each workload."""
    ours = results["fraisier"]
    return {
        server: {
            name: round(
                ours[name]["requests_per_second"] / measured[name]["requests_per_second"], 2
            )
            for name in measured
        }
        for server, measured in results.items()
        if server != "fraisier"
    }


def table(results: Results) -> str:
    """Requests a second, and below them the ratios."""
    names = list(results["fraisier"])
    lines = [f"{'requests/s':24}" + "".join(f"{name:>10}" for name in names)]
    for server, measured in results.items():
        cells = [f"{measured[name]['requests_per_second']:10.0f}" for name in names]
        lines.append(f"{server:24}" + "".join(cells))
    lines.append(f"\n{'fraisier over':24}" + "".join(f"{name:>10}" for name in names))
    for server, shares in ratios(results).items():
        lines.append(f"{server:24}" + "".join(f"{shares[name]:10.2f}" for name in names))
    return "\n".join(lines)


def document(results: Results, settings: dict[str, Any]) -> dict[str, Any]:
    """Everything of a run, for machines."""
    return {"settings": settings, "results": results, "fraisier_over": ratios(results)}
