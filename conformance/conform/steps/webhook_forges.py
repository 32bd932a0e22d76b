"""Steps of scenarios in which a forge other than GitHub delivers."""

from __future__ import annotations

import json
import time
import uuid
from urllib.parse import urlencode

from pytest_bdd import given, then, when

from conform.steps.deploy_sentences import sentence
from conform.steps.webhook import COMMIT, Delivering
from conform.world import registries
from conform.world.forges import FORGES, GITHUB, GITLAB, GITLAB_SIGNED, standard_signature
from conform.world.server import Server
from conform.world.workspace import Workspace

WAITING = """query Waiting($fraise: String) {
  deployments(fraise: $fraise, limit: 100) { environment outcome gitCommit actor triggeredBy }
}"""


@given("every forge is known")
def every_forge(workspace: Workspace) -> None:
    """The registry of the servers that these scenarios share."""
    registries.forges(workspace)


@given("every forge is known, GitLab signs and Bitbucket is a server")
def every_strict_forge(workspace: Workspace) -> None:
    """The other registry of the servers that these scenarios share."""
    registries.strict_forges(workspace)


@given(sentence('"{forge}" delivers'))
def speaks(delivering: Delivering, forge: str) -> None:
    """All that is delivered comes from this forge."""
    delivering.forge = FORGES[forge]
    delivering.secret = registries.secret_of(delivering.forge)


@when(sentence('the "{what}" of "{name}" is delivered'))
def deliver_what(delivering: Delivering, what: str, name: str) -> None:
    """Something that happened to a branch or tag, as the forge tells it."""
    forge = delivering.forge
    delivering.send(forge.payload(what, name, COMMIT), event=forge.event_of(what))


@when(sentence('the "{what}" of "{name}" is delivered as a form'))
def deliver_what_as_form(delivering: Delivering, what: str, name: str) -> None:
    """The form of Gitea and its relatives, which sign the JSON in it."""
    forge = delivering.forge
    payload = json.dumps(forge.payload(what, name, COMMIT)).encode()
    headers = forge.headers(payload, forge.event_of(what), delivering.secret)
    body = urlencode({"payload": payload.decode()}).encode()
    delivering.post(body, headers | {"Content-Type": "application/x-www-form-urlencoded"})


@when("a push signed with the secret of another forge is delivered")
def deliver_with_foreign_secret(delivering: Delivering) -> None:
    """A secret that is right, elsewhere."""
    other = GITLAB if delivering.forge.provider == "github" else GITHUB
    secret = registries.SECRETS[other.provider]
    if delivering.forge is GITLAB_SIGNED:
        secret = registries.SIGNING.replace("whsec_", "whsec_AAAA")
    delivering.send(delivering.push(), secret=secret)


@when("a push signed with the secret that is being replaced is delivered")
def deliver_with_older_secret(delivering: Delivering) -> None:
    """During a rotation both count."""
    secret = registries.secret_of(delivering.forge, older=True)
    delivering.send(delivering.push(), secret=secret)


@when(sentence('a push with only the header "{header}" for a signature is delivered'))
def deliver_with_one_header(delivering: Delivering, header: str) -> None:
    """One header of several by which the forge proves itself; it is right."""
    delivering.send(delivering.push(), headers=delivering.unsigned(header))


@when("a push with the plain token of the other form is delivered")
def deliver_with_token(delivering: Delivering) -> None:
    """GitLab's classic form where the signed one is asked for."""
    token = {"X-Gitlab-Token": registries.SECRETS["gitlab"]}
    delivering.send(delivering.push(), headers={**delivering.unsigned(), **token})


@when(sentence("a push that was signed {seconds:d} seconds {when} is delivered"))
def deliver_at(delivering: Delivering, seconds: int, when: str) -> None:
    """A signature with another time in it."""
    moment = int(time.time()) + {"ago": -seconds, "ahead": seconds}[when]
    body, delivery = json.dumps(delivering.push()).encode(), str(uuid.uuid4())
    headers = {
        "webhook-timestamp": str(moment),
        "webhook-signature": standard_signature(body, delivering.secret, delivery, moment),
    }
    delivering.send(body, delivery=delivery, headers=headers)


@when(sentence('that push is delivered as "{delivery}", written otherwise'))
def redeliver(delivering: Delivering, delivery: str) -> None:
    """The same facts in another body: only the id tells that it is the same delivery."""
    body = json.dumps(json.loads(delivering.sent[-1][0]), indent=3).encode()
    delivering.send(body, delivery=delivery)


@when("the same body comes again with another id")
def replay(delivering: Delivering) -> None:
    """What somebody can do who has seen one delivery."""
    body, headers = delivering.sent[-1]
    name = "webhook-id" if delivering.forge is GITLAB_SIGNED else delivering.forge.delivery_header
    delivering.post(body, {**headers, name: str(uuid.uuid4())})


@given(sentence('a push of "{branch}" was delivered without an id'))
@when(sentence('a push of "{branch}" is delivered without an id'))
def deliver_without_id(delivering: Delivering, branch: str) -> None:
    """A forge, or a proxy, that gives no id."""
    left_out = {delivering.forge.delivery_header: None}
    delivering.send(delivering.push(branch), headers=left_out)


@when("the repeated push tells of an attempt more")
def deliver_second_attempt(delivering: Delivering) -> None:
    """What Bitbucket sends when it got no answer."""
    body, headers = delivering.sent[-1]
    delivering.post(body, {**headers, "X-Attempt-Number": "2"})


@then(sentence('one deployment of "{place}" waits, of commit "{commit}" by "{actor}"'))
def one_waits(delivering: Delivering, place: str, commit: str, actor: str) -> None:
    """The queue of the environment, as GraphQL tells it."""
    fraise, environment = place.split("/")
    answer = _server(delivering).graphql(WAITING, {"fraise": fraise})
    found = [
        (each["gitCommit"], each["actor"], each["triggeredBy"])
        for each in answer["data"]["deployments"]
        if (each["environment"], each["outcome"]) == (environment, "pending")
    ]
    assert found == [(commit, actor, "WEBHOOK")]


def _server(delivering: Delivering) -> Server:
    assert delivering.happened.server is not None, "no server is running"
    return delivering.happened.server
