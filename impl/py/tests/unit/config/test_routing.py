"""Which branches, tags and files lead where, and what the database is told of it."""

from __future__ import annotations

from fraisier import config
from fraisier.domain.patterns import matching

from .conftest import Load, Problems

SHOP = """\
fraises:
  shop:
    reconcile: true
    paths: [services/shop/, "lib/*.py"]
    git: {provider: gitlab, repository: acme/shop}
    environments:
      live: {branch: main, tag: "v*"}
      test: {branch: "feature/*", paths: ["*"]}
  plain:
    environments:
      live: {}
branch_mapping:
  "release/?.x":
    - {fraise: shop, environment: live}
    - {fraise: plain, environment: live}
  main: {fraise: shop, environment: live}
tag_mapping:
  "v*": {fraise: shop, environment: live}
  nightly: {fraise: plain, environment: live}
"""


def test_rules__of_mappings_and_environments__are_one_list(load: Load) -> None:
    """The same rule in two places is one; an environment's own refs come first."""
    loaded = load(SHOP)
    assert loaded.branch_mapping == (
        config.BranchRule("release/?.x", "shop", "live"),
        config.BranchRule("release/?.x", "plain", "live"),
        config.BranchRule("main", "shop", "live"),
        config.BranchRule("feature/*", "shop", "test"),
    )
    assert loaded.tag_mapping == (
        config.TagRule("v*", "shop", "live"),
        config.TagRule("nightly", "plain", "live"),
    )
    live = loaded.select("shop", "live").environment
    assert (live.branches, live.tags) == (("main", "release/?.x"), ("v*",))


def test_registry_document__routing__has_all_that_the_database_decides_by(load: Load) -> None:
    """Tags, files, the fraise's own forge and whether its repository is asked."""
    document = config.registry_document(load(SHOP))
    shop, plain = document["fraises"]
    assert (shop["only_provider"], shop["reconcile"]) == ("gitlab", True)
    assert (plain["only_provider"], plain["reconcile"]) == (None, False)
    assert [place["paths"] for place in shop["environments"]] == [
        ["services/shop/", "lib/*.py"],
        ["*"],
    ]
    assert plain["environments"][0]["paths"] is None
    assert document["tag_mapping"][0] == {"tag": "v*", "fraise": "shop", "environment": "live"}


def test_registry_document__interval__is_told_when_it_is_another(load: Load) -> None:
    """What is as the database has it by itself is left out."""
    assert "settings" not in config.registry_document(load(SHOP))
    document = config.registry_document(load(SHOP + "reconcile: {interval: 7}\n"))
    assert document["settings"] == {"reconcile_seconds": 7}


def test_tag_mapping__unknown_names__are_refused_like_those_of_branches(
    problems: Problems,
) -> None:
    """A slip in a tag's route has its line and what was meant."""
    text = SHOP.replace("nightly: {fraise: plain", "nightly: {fraise: plan")
    (found,) = problems(text)
    assert found.as_dict("f.yaml")["at"] == "f.yaml:19: tag_mapping.nightly.fraise"
    assert found.hint == 'did you mean "plain"?'
    text = SHOP.replace("shop, environment: live}\n  nightly", "shop, environment: liv}\n  nightly")
    (found,) = problems(text)
    assert found.as_dict("f.yaml")["at"] == "f.yaml:18: tag_mapping.v*.environment"


def test_mapping__the_same_key_twice__is_refused(problems: Problems) -> None:
    """Also when quotes or a variable make the two look different."""
    more = '  "v${NONE:-*}": {fraise: plain, environment: live}\n'
    (found,) = problems(SHOP + more)
    assert "twice" in found.message
    assert found.line == 20


def test_matching__patterns__go_over_slashes_and_know_nothing_else() -> None:
    """What the databases do: ``*`` and ``?``, and every other character is itself."""
    names = ["a", "ab", "a/b", "A", "a.b", "a\nb"]
    assert matching("a", names) == ["a"]
    assert matching("a*", names) == ["a", "ab", "a/b", "a.b", "a\nb"]
    assert matching("a?b", names) == ["a/b", "a.b", "a\nb"]
    assert matching("a.b", names) == ["a.b"]
