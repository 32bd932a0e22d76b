"""Put the SQL, the compiled schema and the dashboard into the wheel, from a checkout or sdist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = {
    "db/README.md": "db/README.md",
    "db/objects.txt": "db/objects.txt",
    "db/sqlite": "db/sqlite",
    "db/postgresql": "db/postgresql",
    "schema/compiled": "schema/compiled",
    "impl/dashboard": "impl/dashboard",
}


class Assets(BuildHookInterface):  # pyright: ignore[reportMissingTypeArgument]
    """
    The files live at the root of the repository, above this folder. An sdist carries
    them inside the package already; an editable install reads them where they are.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name what is to be included, for the target at hand."""
        checkout = Path(self.root).parent.parent
        if version == "editable" or not (checkout / "db" / "objects.txt").is_file():
            return
        prefix = "fraisier" if self.target_name == "wheel" else "src/fraisier"
        for source, place in ASSETS.items():
            build_data["force_include"][str(checkout / source)] = f"{prefix}/_assets/{place}"
