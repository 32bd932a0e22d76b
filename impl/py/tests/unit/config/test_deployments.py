"""What a configuration says about deployments: hooks, tests, limits, and who is told."""

from __future__ import annotations

import json

import pytest
from fraisier import config

from .conftest import Load, Problems

SHOP = """\
fraises:
  shop:
    hooks: {before: [make check], after: [[./tell.sh, "all is well"]]}
    smoke_tests: [/version, ./smoke.sh now]
    timeouts: {build: 60, hook: 5}
    keep_releases: 3
    environments:
      staging:
        target: {provider: local, command: run, port: 8080}
      production:
        target: {provider: local, command: run, port: 8081}
        hooks: {before: [make careful]}
        smoke_tests: [/health]
        timeouts: {hook: 9}
        keep_releases: ${KEEP}
"""
TOLD = """\
notifications:
  team: {type: slack, url: "${SLACK_URL}"}
  pager:
    type: webhook
    url: https://pager.example.com/s3cr3t-path
    secret: s3cr3t-that-signs
    events: [failed, rolled_back]
    fraises: [shop]
    environments: [production]
queue: {limit: 50}
"""
ENVIRON = {"KEEP": "7", "SLACK_URL": "https://hooks.example.com/T0/B0/very-secret"}


def test_environment__says_nothing__has_what_its_fraise_says(load: Load) -> None:
    """Hooks, smoke tests, timeouts and releases kept are inherited."""
    place = load(SHOP, ENVIRON).select("shop", "staging").environment
    assert place.hooks.before == (("make", "check"),)
    assert place.hooks.after == (("./tell.sh", "all is well"),)
    assert place.smoke_tests == ("/version", ("./smoke.sh", "now"))
    assert (place.timeouts.build, place.timeouts.hook, place.timeouts.fetch) == (60, 5, 600)
    assert place.keep_releases == 3


def test_environment__says_something__replaces_only_that(load: Load) -> None:
    """Each moment and each timeout by itself."""
    place = load(SHOP, ENVIRON).select("shop", "production").environment
    assert place.hooks.before == (("make", "careful"),)
    assert place.hooks.after == (("./tell.sh", "all is well"),)
    assert place.smoke_tests == ("/health",)
    assert (place.timeouts.build, place.timeouts.hook) == (60, 9)
    assert place.keep_releases == 7


def test_notifications__in_the_registry__are_without_addresses(load: Load) -> None:
    """The database knows whom to tell, not where; nothing shows a channel's secrets."""
    loaded = load(SHOP + TOLD, ENVIRON)
    document = config.registry_document(loaded)
    assert document["settings"] == {"queue_limit": 50}
    assert document["notifications"] == [
        {
            "name": "team",
            "events": ["started", "succeeded", "failed", "rolled_back"],
            "fraises": None,
            "environments": None,
        },
        {
            "name": "pager",
            "events": ["failed", "rolled_back"],
            "fraises": ["shop"],
            "environments": ["production"],
        },
    ]
    shown = json.dumps(document) + json.dumps(config.redacted(loaded)) + repr(loaded)
    for secret in ("very-secret", "s3cr3t-path", "s3cr3t-that-signs"):
        assert secret not in shown


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("keep_releases: 3", "keep_releases: 1", "from 2 to 1000"),
        ("[make check]", "make check", "must be a list"),
        ("[/version, ./smoke.sh now]", "[/ver sion]", "begins with /"),
        ("build: 60", "build: 0", "more than 0"),
        ("build: 60", "bild: 60", '"bild" is not a key'),
        ("events: [failed, rolled_back]", "events: [fail]", '"fail" is not a notification event'),
        ("fraises: [shop]", "fraises: [shopp]", 'no fraise "shopp"'),
        ("environments: [production]", "environments: [prod]", 'no environment "prod"'),
        ("type: slack", "type: teams", '"teams" is not a type of notification'),
        ("type: slack", "type: slack, secret: something-long", 'means nothing to "slack"'),
        ("    secret: s3cr3t-that-signs\n", "", '"secret" is missing'),
        ("secret: s3cr3t-that-signs", "secret: short", "fewer than 8 characters"),
        ("url: https://pager", "url: pager", "must be an address"),
        ("limit: 50", "limit: 0", "from 1 to 100000"),
    ],
)
def test_slip__each__is_told(problems: Problems, old: str, new: str, said: str) -> None:
    """A value that means nothing is an error that says so."""
    text = SHOP + TOLD
    assert text.count(old) == 1
    found = problems(text.replace(old, new), ENVIRON)
    assert any(said in problem.message for problem in found), found
