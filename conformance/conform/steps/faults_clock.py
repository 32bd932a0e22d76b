"""Steps of the fault matrix about the clock of the database, and about lost connections."""

from __future__ import annotations

from pytest_bdd import then, when

from conform.differential.clock import Clock
from conform.steps.deploy_sentences import sentence
from conform.steps.faults import Fault
from conform.world.outage import pause

HOUR_SECONDS = 3600
TURNS = 8
END_ALL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
ATTEMPTS = "SELECT attempt FROM tb_deployment WHERE id = :id"


@when(sentence("the clock of the database steps {where} by an hour"))
def clock_steps(fault: Fault, where: str) -> None:
    """Every time that was written moves the other way: nobody can tell the difference."""
    scratch = fault.deploying.subject.scratch
    seconds = {"forward": HOUR_SECONDS, "back": -HOUR_SECONDS}[where]
    Clock(lambda sql: scratch.rows(sql), scratch.dialect).step(seconds)


@when("all connections to the database are cut again and again")
def connections_cut(fault: Fault) -> None:
    """The server goes on, and takes new ones at once; the step goes on in the middle of it."""
    scratch = fault.deploying.subject.scratch
    for turn in range(TURNS):
        scratch.execute(END_ALL)
        if turn == TURNS // 2:
            fault.let_go()
        pause(0.1)


@then("nobody has taken the deployment over")
def not_taken_over(fault: Fault) -> None:
    """Its first worker has finished it."""
    deploying = fault.deploying
    assert deploying.subject.scratch.row(ATTEMPTS, id=deploying.asked[-1])["attempt"] == 1
