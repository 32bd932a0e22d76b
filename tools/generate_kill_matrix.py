"""
Write ``docs/kill-matrix.md``: every fault, what it breaks and what notices it.

Derived from ``conformance/faults``, ``spec/requirements.yaml``, ``db/mutants.yaml`` and what
runs have found (``conformance/results``). With ``--check`` nothing is written, and a stale
page is an error. ``--take REPORT...`` adds the reports of ``conform selftest`` and ``conform
mutate`` (``reports/*.ndjson``) to what was found, and drops what is no more.
"""

from __future__ import annotations

import sys
from pathlib import Path

from conform.selftest.matrix import take
from conform.selftest.matrix_page import page
from conform.verdicts import SetupError

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "docs" / "kill-matrix.md"


def main(arguments: list[str]) -> int:
    """Write the page, or say that it is stale; 1 for any finding."""
    try:
        if arguments[:1] == ["--take"]:
            take(ROOT, [Path(each) for each in arguments[1:]])
        text = page(ROOT)
    except SetupError as reason:
        print(reason, file=sys.stderr)
        return 1
    stale = not OUTPUT.exists() or OUTPUT.read_text() != text
    if stale and "--check" in arguments:
        print(f"stale: {OUTPUT.relative_to(ROOT)} (run: make generate)", file=sys.stderr)
        return 1
    if stale:
        OUTPUT.write_text(text)
        print(f"wrote {OUTPUT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
