"""What wraps a provider leaves no method of it out."""

from __future__ import annotations

from fraisier.deployers.scripted import ScriptedProvider
from fraisier.providers.base import DeploymentProvider
from fraisier.providers.custom import PROMISES

PUBLIC = {
    name
    for name, value in vars(DeploymentProvider).items()
    if callable(value) and not name.startswith("_")
}


def test_scripted__every_method__is_its_own_or_the_targets() -> None:
    """A method of the base would answer for a target that does it in another way."""
    assert PUBLIC - vars(ScriptedProvider).keys() == set()


def test_promises__every_method__is_watched() -> None:
    """What a plugin raises is a FraisierError, whatever it was asked."""
    unwatched = {"under", "home", "release_folder"}  # they only name folders and copy
    assert PUBLIC - unwatched == PROMISES.keys()
