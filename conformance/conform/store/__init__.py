"""Runs kept and compared: a DuckDB file filled from the NDJSON of runs, and what it answers."""
