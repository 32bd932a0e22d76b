"""The observer: carries requested deployments out, one after another, for as long as it runs."""

from __future__ import annotations

from fraisier.observer.loop import observe

__all__ = ["observe"]
