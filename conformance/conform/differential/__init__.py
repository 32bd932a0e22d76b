"""Generated traces: the same commands on several databases and implementations, compared."""
