"""The table and the JSON of a run."""

from __future__ import annotations

from typing import Any

Results = dict[str, dict[str, dict[str, float]]]


def ratios(results: Results) -> dict[str, dict[str, float]]:
    """Ours over each other server, for each workload."""
    ours = results["fraisier"]
    return {
        server: {name: round(ours[name][RATE] / measured[name][RATE], 2) for name in measured}
        for server, measured in results.items()
        if server != "fraisier"
    }


# What a server does with one second of its core: the same as requests/s on a quiet
# machine, and still fair on a busy one, where others take its time.
RATE = "requests_per_cpu_second"
PEER = "strawberry, caches on"
BUDGETS = {
    PEER: {"Q1": 10.0, "Q2": 10.0, "Q3": 5.0, "M1": 4.0},
    "strawberry, defaults": {"Q1": 25.0},
    "mercurius": {"Q1": 1.3, "Q2": 1.2, "Q3": 0.9, "M1": 0.9},
    "yoga": {"cold": 1.0},
    "floor": {"Q1": 0.40},
    "serial floor": {"Q1": 0.75, "Q2": 0.75, "Q3": 0.75, "M1": 0.75},
}


def with_serial_floor(results: Results, sql_seconds: dict[str, float]) -> Results:
    """The results and what one core could do at best: the constant answer, then the SQL alone."""
    floor = {
        name: {
            rate: 1 / (1 / measured[rate] + sql_seconds[name])
            for rate in ("requests_per_second", RATE)
        }
        for name, measured in results["floor"].items()
    }
    return {**results, "serial floor": floor}


def verdicts(results: Results) -> list[dict[str, Any]]:
    """Each budget of DESIGN section 8 that was measured, and whether it holds."""
    shares = ratios(results)
    return [
        {
            "workload": name,
            "over": server,
            "budget": least,
            "measured": shares[server][name],
            "holds": shares[server][name] >= least,
        }
        for server, budgets in BUDGETS.items()
        if server in shares
        for name, least in budgets.items()
    ]


def table(results: Results) -> str:
    """Requests a second, and below them the ratios."""
    names = list(results["fraisier"])
    lines: list[str] = []
    for title, rate in (("requests/s", "requests_per_second"), ("requests/CPU-second", RATE)):
        lines.append(f"{title:24}" + "".join(f"{name:>10}" for name in names))
        for server, measured in results.items():
            cells = [f"{measured[name][rate]:10.0f}" for name in names]
            lines.append(f"{server:24}" + "".join(cells))
        lines.append("")
    lines.append(f"{'fraisier over':24}" + "".join(f"{name:>10}" for name in names))
    for server, shares in ratios(results).items():
        lines.append(f"{server:24}" + "".join(f"{shares[name]:10.2f}" for name in names))
    lines.append("\nbudgets")
    for entry in verdicts(results):
        word = "holds" if entry["holds"] else "MISSED"
        lines.append(
            f"  {entry['workload']} over {entry['over']:24}"
            f" {entry['measured']:7.2f} of {entry['budget']:5.2f}  {word}"
        )
    return "\n".join(lines)


def document(results: Results) -> dict[str, Any]:
    """Everything of a run, for machines."""
    return {
        "results": results,
        "fraisier_over": ratios(results),
        "budgets": verdicts(results),
    }
