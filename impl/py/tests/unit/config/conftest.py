"""Writing a configuration into a folder and loading it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from fraisier import config

ENVIRON = {"FRAISIER_WEBHOOK_SECRET": "correct-horse-battery"}

Load = Callable[..., config.Config]
Problems = Callable[..., tuple[config.Problem, ...]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a text as ``fraises.yaml``."""

    def load_text(text: str, environ: Mapping[str, str] = ENVIRON) -> config.Config:
        path = tmp_path / "fraises.yaml"
        path.write_text(text, encoding="utf-8")
        return config.load(path, environ)

    return load_text


@pytest.fixture
def problems(load: Load) -> Problems:
    """Load a text that is wrong and give everything that is wrong with it."""

    def problems_of(text: str, environ: Mapping[str, str] = ENVIRON) -> tuple[config.Problem, ...]:
        with pytest.raises(config.ConfigurationError) as caught:
            load(text, environ)
        return caught.value.problems

    return problems_of
