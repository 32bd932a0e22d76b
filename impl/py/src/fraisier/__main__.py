"""``python -m fraisier`` is ``fraisier``."""

from __future__ import annotations

from fraisier.cli.main import main

if __name__ == "__main__":
    main()
