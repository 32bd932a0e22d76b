"""Reports. The NDJSON of a run is the source; every other form is derived from it."""
