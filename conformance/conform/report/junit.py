"""JUnit XML, which every CI system reads."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

from conform import verdicts
from conform.report.source import Account, Record

# Characters that XML 1.0 cannot hold at all.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(account: Account) -> str:
    """One test suite a column, one test case a result."""
    root = ElementTree.Element("testsuites", name="conform")
    for column in account.columns():
        results = [
            each for each in account.results if (each["implementation"], each["database"]) == column
        ]
        counts = account.counts(column)
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=" on ".join(column),
            tests=str(len(results)),
            failures=str(counts[verdicts.FAIL] + counts[verdicts.UNTESTABLE]),
            errors=str(counts[verdicts.HARNESS_ERROR]),
            skipped=str(counts[verdicts.NOT_APPLICABLE]),
        )
        for result in results:
            _add(suite, result)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _add(suite: ElementTree.Element, result: Record) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=_clean(result["case"]),
        name=_clean(result["scenario"]),
        time=str(result.get("duration_seconds", 0)),
    )
    match result["verdict"]:
        case verdicts.FAIL | verdicts.UNTESTABLE:
            kind = "failure"
        case verdicts.HARNESS_ERROR:
            kind = "error"
        case verdicts.NOT_APPLICABLE:
            kind = "skipped"
        case verdicts.WARN | verdicts.FLAKY:
            kind = "system-out"
        case _:
            return
    element = ElementTree.SubElement(case, kind)
    if kind in ("failure", "error"):
        element.set("message", _clean(str(result.get("message", "")))[:500])
    element.text = _clean(_text(result))


def _text(result: Record) -> str:
    parts = [f"{result['verdict']}: {result.get('message', '')}"]
    parts += [f"step: {result['step']}"] if result.get("step") else []
    parts += [f"again: {result['repro']}"] if result.get("repro") else []
    parts += [json.dumps(each, indent=1, default=str) for each in result.get("exchange") or ()]
    return "\n".join(parts)


def _clean(text: str) -> str:
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
