"""
Write ``docs/lifecycle.md``: the state machine of a deployment as a picture and as tables.

Derived from ``spec/lifecycle.yaml``. With ``--check`` nothing is written, and a stale page is
an error.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "docs" / "lifecycle.md"
HEAD = """\
# The life of a deployment

Generated from [spec/lifecycle.yaml](../spec/lifecycle.yaml) by `make generate`. The functions
in `db/` carry it out; the suite walks every path of it on every database, and judges every log
of events by it ([differential.md](differential.md)).

"""

ENDS = {True: "yes", False: "no"}

Document = dict[str, Any]


def diagram(document: Document) -> str:
    """A state diagram in Mermaid: one arrow for each pair of states."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for each in document["transitions"]:
        label = each["event"].removeprefix("deployment.") + f", {each['cause']}"
        arrows.setdefault((each["from"], each["to"]), []).append(label)
    lines = [f"    [*] --> {document['initial']}: requested"]
    lines += [f"    {a} --> {b}: {' / '.join(labels)}" for (a, b), labels in arrows.items()]
    ends = [name for name, state in document["states"].items() if state["terminal"]]
    lines += [f"    {name} --> [*]" for name in ends]
    return "```mermaid\nstateDiagram-v2\n" + "\n".join(lines) + "\n```\n"


def table(heads: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def states(document: Document) -> str:
    """What each state means, and how GraphQL shows it."""
    rows = [
        [f"`{name}`", f"`{state['graphql']}`", ENDS[state["terminal"]], state["meaning"]]
        for name, state in document["states"].items()
    ]
    return table(["state", "in GraphQL", "an end", "meaning"], rows)


def transitions(document: Document) -> str:
    """Who may cause what."""
    rows = [
        [
            *(f"`{each['from']}`", f"`{each['to']}`", each["cause"], each.get("when", "")),
            *(f"`{each['event']}`", " ".join(f"`{name}`" for name in each["by"])),
        ]
        for each in document["transitions"]
    ]
    return table(["from", "to", "caused by", "when", "event", "through"], rows)


def events(document: Document) -> str:
    """Every event with its entity and its payload."""
    rows = [
        [f"`{name}`", each["entity"], " ".join(f"`{key}`" for key in each["payload"])]
        for name, each in document["events"].items()
    ]
    return table(["event", "about", "payload"], rows)


def page(document: Document) -> str:
    """The whole page."""
    steps = table(["step", "what it does"], [[f"`{k}`", v] for k, v in document["steps"].items()])
    return (
        f"{HEAD}{diagram(document)}\n## States\n\n{states(document)}\n## Transitions\n\n"
        f"{transitions(document)}\nA deployment has {document['attempts_max']} attempts. After "
        f"`{document['point_of_no_return']}` has started it is finished or rolled back, never "
        f"abandoned.\n\n## Steps\n\nIn this order; a deployer leaves out what its fraise does not "
        f"have.\n\n{steps}\n## Events\n\n{events(document)}"
    )


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` say that it is stale; 1 for that."""
    text = page(yaml.safe_load((ROOT / "spec/lifecycle.yaml").read_text()))
    stale = not OUTPUT.exists() or OUTPUT.read_text() != text
    if "--check" in arguments:
        if stale:
            print(f"stale: {OUTPUT.relative_to(ROOT)} (run: make generate)", file=sys.stderr)
        return int(stale)
    if stale:
        OUTPUT.write_text(text)
        print(f"wrote {OUTPUT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
