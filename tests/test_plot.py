"""The picture of a bench run."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bench import plot
from bench.report import RATE

RESULTS = {
    "fraisier": {"Q1": {RATE: 10_000.0}, "M1": {RATE: 1_000.0}},
    "floor": {"Q1": {RATE: 12_000.0}, "M1": {RATE: 8_000.0}},
}


def test_drawn__two_servers__a_bar_for_each_figure() -> None:
    """With the figure beside it; the longer bar is the faster server."""
    picture = ET.fromstring(plot.drawn(RESULTS))
    name = "{http://www.w3.org/2000/svg}"
    bars = [each for each in picture.iter(f"{name}rect") if each.get("height") == "11"]
    assert len(bars) == 4
    widths = [float(each.get("width") or 0) for each in bars]
    assert widths[0] < widths[1]
    texts = {each.text for each in picture.iter(f"{name}text")}
    assert {"Q1", "M1", "fraisier", "floor", "10,000", "12,000", "1,000", "8,000"} <= texts


def test_main__file_of_another_run__says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run of webhooks alone has nothing to draw, and no file is written."""
    told = tmp_path / "bench.json"
    told.write_text(json.dumps({"webhooks": {}}))
    assert plot.main([str(told), str(tmp_path / "x.svg")]) == 2
    assert "has no GraphQL results" in capsys.readouterr().err
    assert not (tmp_path / "x.svg").exists()
