"""
``python -m bench.plot BENCH_JSON PICTURE``: requests per second of processor time as bars.

An SVG that follows the reader's colours. The axis is logarithmic: servers differ a hundredfold.
"""

from __future__ import annotations

import json
import math
import sys
from html import escape
from pathlib import Path

from bench.report import RATE, Results

SHOWN = ("fraisier", "strawberry, caches on", "strawberry, defaults", "mercurius", "yoga", "floor")
COLOURS = ("#c2185b", "#5c6bc0", "#9fa8da", "#00897b", "#80cbc4", "#9e9e9e")
LEFT, WIDTH, BAR, GAP, TOP = 60, 640, 13, 14, 56
STYLE = "text { font: 12px sans-serif; fill: currentColor } svg { color: #555 }"


def main(arguments: list[str]) -> int:
    """0: drawn; 2: there is nothing to draw."""
    if len(arguments) != 2:
        print("usage: python -m bench.plot BENCH_JSON PICTURE", file=sys.stderr)
        return 2
    results = json.loads(Path(arguments[0]).read_text(encoding="utf-8")).get("results")
    if not results:
        print(f"{arguments[0]} has no GraphQL results", file=sys.stderr)
        return 2
    Path(arguments[1]).write_text(drawn(results), encoding="utf-8")
    return 0


def drawn(results: Results) -> str:
    """The picture of a run, a group of bars for each workload."""
    servers = [name for name in SHOWN if name in results]
    workloads = list(results["fraisier"])
    rates = [results[s][w][RATE] for s in servers for w in workloads if w in results[s]]
    low, high = math.floor(math.log10(min(rates))), math.ceil(math.log10(max(rates)))
    parts, top = _legend(servers), float(TOP)
    for workload in workloads:
        parts.append(_text(LEFT - 8, top + BAR * len(servers) / 2 + 4, workload, "end"))
        for row, server in enumerate(servers):
            if workload in results[server]:
                rate = results[server][workload][RATE]
                share = (math.log10(rate) - low) / (high - low)
                parts.append(_bar(top + row * BAR, share, SHOWN.index(server), rate))
        top += BAR * len(servers) + GAP
    height = int(top + 20)
    for power in range(low, high + 1):
        at = LEFT + WIDTH * (power - low) / (high - low)
        line = f"M{at:.0f} {TOP - 8}V{top:.0f}"
        parts.append(f'<path d="{line}" stroke="currentColor" opacity=".2"/>')
        parts.append(_text(at, height - 6, f"{10**power:,}", "middle"))
    size = f'viewBox="0 0 {LEFT + WIDTH + 80} {height}"'
    title = "Requests per second of processor time, by server and workload"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{title}">'
    return "\n".join((head, f"<style>{STYLE}</style>", *parts, "</svg>\n"))


def _legend(servers: list[str]) -> list[str]:
    parts: list[str] = []
    for place, server in enumerate(servers):
        x, y = LEFT + 220 * (place % 3), 14 + 18 * (place // 3)
        colour = COLOURS[SHOWN.index(server)]
        parts.append(f'<rect x="{x}" y="{y - 10}" width="10" height="10" fill="{colour}"/>')
        parts.append(_text(x + 16, y, server, "start"))
    return parts


def _bar(top: float, share: float, colour: int, rate: float) -> str:
    width = max(1.0, WIDTH * share)
    box = f'x="{LEFT}" y="{top:.0f}" width="{width:.0f}" height="{BAR - 2}"'
    bar = f'<rect {box} fill="{COLOURS[colour]}"/>'
    return bar + _text(LEFT + width + 5, top + BAR - 3, f"{rate:,.0f}", "start")


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(text)}</text>'


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
