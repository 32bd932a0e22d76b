"""A run is complete, repeatable, and says what it could not have."""

from __future__ import annotations

import shlex

from conform.miniature import Checkout

VERSION = "When the command `--version` is run\nThen the exit status is 0"
INIT = "Its own db init makes the database that db/ describes"
HONEST = "import sys\nsys.exit(0 if '--version' in sys.argv else 1)"


def test_run__outline__is_declared_collected_and_executed(checkout: Checkout) -> None:
    """Every row of the examples is one case, and the footer accounts for all of them."""
    checkout.implementation(HONEST)
    checkout.require("cli/it/is-so", "cli", checks=["cli.feature"])
    rows = "".join(f"      | {each} |\n" for each in range(6))
    checkout.feature(
        "cli.feature",
        "Feature: a\n  @cli/it/is-so\n  Scenario Outline: row\n"
        "    When the command `--version <row>` is run\n    Then the exit status is 0\n"
        f"    Examples:\n      | row |\n{rows}",
    )
    ran = checkout.conform("--impl", "impl/bad", "--workers", "2", "--thorough")
    tally = ran.records[-1]["tallies"][0]
    assert (tally["declared"], tally["collected"], tally["executed"]) == (7, 7, 7), ran.output
    assert ran.records[-1]["counts"] == {"pass": 6, "fail": 1}  # its db init is none


def test_run__failure__can_be_read_and_repeated(checkout: Checkout) -> None:
    """The record holds the exchange; the printed selection runs this case and no other."""
    checkout.implementation("import sys\nprint('why')\nsys.exit('--version' not in sys.argv)")
    checkout.scenario("cli", "When the command `x y` is run\nThen the exit status is 0")
    checkout.scenario("server", VERSION)
    ran = checkout.conform("--impl", "impl/bad")
    record = next(r for r in ran.results() if r["scenario"] == "cli is so")
    assert record["repro"] == "conform run --impl impl/bad --database sqlite --only 'cli.feature:3'"
    assert record["repro"] in ran.output
    assert record["exchange"][0]["command"][1:] == ["x", "y"]
    assert (record["exchange"][0]["exit"], record["exchange"][0]["stdout"]) == (1, "why\n")
    assert record["step"] == "Then the exit status is 0"
    again = checkout.conform(*shlex.split(record["repro"])[2:])
    assert again.verdicts().keys() == {"cli is so", INIT}
    assert again.verdicts()["cli is so"] == "fail"


def test_run__missing_postgresql__is_said_and_fails_when_required(checkout: Checkout) -> None:
    """Without the server one line says so; under --require-all the run is no success."""
    checkout.implementation(HONEST, databases=["sqlite", "postgresql"])
    checkout.scenario("cli", VERSION)
    hidden = {"FRAISIER_TEST_POSTGRESQL_URL": "", "FRAISIER_LAB_ONLY_GIVEN": "1"}
    databases = ("--database", "sqlite", "--database", "postgresql")
    arguments = ("--impl", "impl/bad", *databases, "--thorough")
    ran = checkout.conform(*arguments, env=hidden)
    assert "PostgreSQL: none can be had; tried" in ran.output
    assert ran.exit == 1  # db init of the program is none; nothing worse
    assert checkout.conform(*arguments, "--require-all", env=hidden).exit == 2
