"""The chain as one HTML page that needs nothing else, and as a few counts."""

from __future__ import annotations

from collections.abc import Sequence

from conform.places import resources
from conform.report.source import Account
from conform.traceability.chain import Link


def render(found: Sequence[Link], account: Account, revision: str) -> str:
    """Every requirement with its claims, scenarios, faults and verdicts."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(resources() / "traceability"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2").render(
        links=found,
        columns=[" on ".join(column) for column in account.columns()],
        header=account.header,
        revision=revision,
        counts=counts(found),
    )


def counts(found: Sequence[Link]) -> dict[str, int]:
    """What the chain amounts to, for MUSTs."""
    must = [each for each in found if each.requirement.level == "MUST"]
    checked = [each for each in must if each.requirement.checks]
    return {
        "requirements": len(found),
        "MUST": len(must),
        "MUST with scenarios": len(checked),
        "MUST with a reason for having none": len(must) - len(checked),
        "MUST with scenarios and a fault": sum(bool(each.faults) for each in checked),
        "claimed by a document": sum(bool(each.claims) for each in found),
    }
