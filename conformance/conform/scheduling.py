"""Which cases begin first: those that take long, so that none of them is left for the end."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

from conform.cases import SHARING, Case

# What a case takes of which nothing is known: a server is there already, or it deploys, or
# it waits for leases to end. Only their order counts.
SHARING_SECONDS, USUAL_SECONDS, THOROUGH_SECONDS = 0.5, 3.0, 15.0


def durations(source: Path) -> dict[str, float]:
    """
    Seconds of each case in the record of an earlier run, the mean of its targets.

    A record that is not there, or that is damaged, says nothing.
    """
    try:
        records = [json.loads(line) for line in source.read_text().splitlines()]
        found: defaultdict[str, list[float]] = defaultdict(list)
        for each in records:
            if each["record"] == "result" and each.get("duration_seconds"):
                found[each["case"]].append(float(each["duration_seconds"]))
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {key: fmean(seconds) for key, seconds in found.items()}


def longest_first(cases: Sequence[Case], known: Mapping[str, float]) -> list[Case]:
    """
    The cases in the order in which they should begin.

    An example that was not run takes as long as the others of its scenario.
    """
    of_scenario: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for case in cases:
        if case.key in known:
            of_scenario[case.file, case.scenario].append(known[case.key])

    def seconds(case: Case) -> float:
        others = of_scenario.get((case.file, case.scenario))
        return known.get(case.key) or (fmean(others) if others else _guess(case))

    return sorted(cases, key=seconds, reverse=True)


def _guess(case: Case) -> float:
    if case.tags & SHARING:
        return SHARING_SECONDS
    return THOROUGH_SECONDS if "thorough" in case.tags else USUAL_SECONDS
