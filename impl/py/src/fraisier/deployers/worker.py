"""Services that work in the background."""

from __future__ import annotations

from typing import ClassVar

from fraisier.deployers.api import ApiDeployer


class WorkerDeployer(ApiDeployer):
    """
    The steps of an API. A worker seldom has a health check: then its process must
    live through a moment, which the health step sees to.
    """

    types: ClassVar[tuple[str, ...]] = ("worker",)
