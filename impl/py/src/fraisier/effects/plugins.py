"""Run the Python of plugins: files that a configuration names, and installed packages."""

from __future__ import annotations

import sys
import traceback
from hashlib import sha256
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec
from pathlib import Path
from types import CodeType

from fraisier.domain.errors import FraisierError

GROUP = "fraisier.plugins"

_loaded: dict[Path, tuple[int, int]] = {}
_broken_packages: list[str] | None = None


class _Loader(SourceFileLoader):
    """Reads the file each time and leaves no compiled copy beside it."""

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self.get_data(self.path), self.path)


def load_file(path: Path) -> None:
    """
    Run a Python file for what it registers; once, and again when it has changed.

    Raises:
        FraisierError: ``config-invalid`` with file, line and reason when it cannot be run.
    """
    try:
        facts = path.stat()
        sign = (facts.st_mtime_ns, facts.st_size)
        if _loaded.get(path) == sign:
            return
        _run(path)
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # whatever a stranger's file raises, SystemExit too
        raise _explained(path, error) from error
    _loaded[path] = sign


def _run(path: Path) -> None:
    name = f"fraisier_plugin_{sha256(str(path).encode()).hexdigest()[:12]}"
    loader = _Loader(name, str(path))
    module = module_from_spec(ModuleSpec(name, loader, origin=str(path)))
    module.__file__ = str(path)
    sys.modules[name] = module  # dataclasses look themselves up there
    try:
        loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


def _explained(path: Path, error: BaseException) -> FraisierError:
    """The error with the line of the plugin at which it came up."""
    line: int | None = None
    if isinstance(error, SyntaxError) and error.filename == str(path):
        line = error.lineno
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == str(path):
            line = frame.lineno
    place = path.name if line is None else f"{path.name}:{line}"
    reason = error.message if isinstance(error, FraisierError) else _reason(error)
    hint = error.hint if isinstance(error, FraisierError) else None
    return FraisierError(f"{place}: {reason}", code="config-invalid", hint=hint)


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def load_packages() -> list[str]:
    """
    Run every installed package of the entry point group ``fraisier.plugins``, once.

    What cannot be run is told, one sentence for each; the others are there.
    """
    global _broken_packages
    if _broken_packages is None:
        from importlib.metadata import entry_points

        _broken_packages = []
        for point in entry_points(group=GROUP):
            try:
                point.load()
            except (Exception, SystemExit) as error:
                text = f"the plugin {point.name} ({point.value}) cannot be loaded"
                _broken_packages.append(f"{text}: {_reason(error)}")
    return _broken_packages
