"""Compiles ``schema/schema.yaml``, checked against ``db/``, to ``schema/compiled/``."""
