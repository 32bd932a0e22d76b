"""``python -m fraisier_lab postgresql run -- COMMAND...``: a command beside a real part."""

from __future__ import annotations

import sys

from fraisier_lab.run import run_beside_postgresql

USAGE = "usage: python -m fraisier_lab postgresql run -- COMMAND [ARGUMENT...]"


def main(arguments: list[str]) -> int:
    """Return the exit status of the command, or 2 when the line is wrong."""
    if arguments[:3] != ["postgresql", "run", "--"] or len(arguments) < 4:
        print(USAGE, file=sys.stderr)
        return 2
    return run_beside_postgresql(arguments[3:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
