"""Faults of other tools: each is kept away by requirements, and each of those is checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
KINDS: dict[str, list[dict[str, Any]]] = yaml.safe_load((ROOT / "spec/behaviours.yaml").read_text())
BEHAVIOURS = [each for kind in KINDS.values() for each in kind]
REQUIREMENTS: dict[str, dict[str, Any]] = {
    each["id"]: each
    for each in yaml.safe_load((ROOT / "spec/requirements.yaml").read_text())["requirements"]
}


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda each: each["wrong"])
def test_behaviour__each__is_kept_away_by_scenarios(behaviour: dict[str, Any]) -> None:
    """Its requirements exist and must hold, and scenarios carry their ids."""
    assert behaviour["requirements"]
    for name in behaviour["requirements"]:
        requirement = REQUIREMENTS[name]
        assert requirement["level"] == "MUST" and requirement["checks"], name
        scenarios = [(ROOT / "scenarios" / file).read_text() for file in requirement["checks"]]
        assert all(f"@{name}" in text.split() for text in scenarios), name
