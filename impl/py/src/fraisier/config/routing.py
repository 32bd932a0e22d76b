"""Which branches and tags lead where: mappings and what environments say themselves, as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from fraisier.config.sections import section
from fraisier.config.values import BranchRule, TagRule


class Routing(NamedTuple):
    """Every rule once, those of the mappings first."""

    branches: tuple[BranchRule, ...] = ()
    tags: tuple[TagRule, ...] = ()

    def branches_of(self, fraise: str, environment: str, own: str | None) -> tuple[str, ...]:
        """The branches that deploy an environment; the one that it names itself comes first."""
        found = [r.branch for r in self.branches if r[1:] == (fraise, environment)]
        return _once(own, found)

    def tags_of(self, fraise: str, environment: str, own: str | None) -> tuple[str, ...]:
        """The tags that deploy an environment; the one that it names itself comes first."""
        return _once(own, [r.tag for r in self.tags if r[1:] == (fraise, environment)])


def routing_of(cleaned: Mapping[str, Any]) -> Routing:
    """The rules of a document that has no problems."""
    branches = (BranchRule(*rule) for rule in _rules(cleaned, "branch_mapping", "branch"))
    tags = (TagRule(*rule) for rule in _rules(cleaned, "tag_mapping", "tag"))
    return Routing(tuple(dict.fromkeys(branches)), tuple(dict.fromkeys(tags)))


def _rules(cleaned: Mapping[str, Any], mapping: str, own: str) -> Iterator[tuple[str, str, str]]:
    for ref, routes in section(cleaned, mapping).items():
        for route in routes:
            yield ref, route["fraise"], route["environment"]
    for name, fraise in cleaned["fraises"].items():
        for place, environment in fraise["environments"].items():
            if own in environment:
                yield environment[own], name, place


def _once(own: str | None, found: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found if own is None else [own, *found]))
