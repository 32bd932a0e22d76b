"""Requests that nobody thought of: schemathesis over ``spec/openapi.yaml``."""
