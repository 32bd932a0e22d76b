"""The gate: a run whose every finding is known, and nothing known that is not so any more."""
