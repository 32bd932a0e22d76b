"""Fraisier: a deployment orchestrator whose rules live in its database."""

__version__ = "0.3.0"
