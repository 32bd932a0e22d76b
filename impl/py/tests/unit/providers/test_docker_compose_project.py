"""Names, services, images and overrides of a Compose project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fraisier.domain.errors import FraisierError
from fraisier.domain.values import Environment, Fraise, FraiseConfig
from fraisier.providers.docker_compose_project import (
    compose_file,
    environment_file,
    image_folder,
    image_tag,
    labels,
    override,
    own_services,
    project_name,
    read_services,
    services_asked_for,
    wanted_image,
)


def _fraise(name: str = "shop", environment: str = "production", **target: Any) -> FraiseConfig:
    return FraiseConfig(
        Fraise(name, "api"), Environment(environment, "docker-compose", target=target)
    )


def test_project_name__names_that_compose_takes__are_joined() -> None:
    """What a user would call it."""
    assert project_name(_fraise("my_api", "production-eu")) == "my_api-production-eu"


def test_project_name__names_that_differ_in_what_compose_refuses__stay_apart() -> None:
    """Two fraises never share a project by accident."""
    one, other = project_name(_fraise("Shop")), project_name(_fraise("sHop"))
    assert one != other
    assert one.startswith("shop-production-")


def test_project_name__given__is_taken() -> None:
    """The user's choice."""
    assert project_name(_fraise(project="mine")) == "mine"


@pytest.mark.parametrize("project", ["shop-production", "a_b", "a__b", "end-", "end_", "a_-b"])
def test_image_folder__any_project__is_a_name_of_a_repository(project: str) -> None:
    """Docker's rule for the parts of a name."""
    import re

    part = image_folder(project).removeprefix("fraisier/")
    assert re.fullmatch(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*", part)


@pytest.mark.parametrize(
    ("release", "tag"), [("1.0-ab12", "1.0-ab12"), ("1.0+x-ab", "1.0-x-ab"), ("+-", "release")]
)
def test_image_tag__any_release__is_a_tag(release: str, tag: str) -> None:
    """Letters that a tag may not have become hyphens."""
    assert image_tag(release) == tag


def _document(**services: Any) -> str:
    return json.dumps({"services": services})


def test_own_services__nothing_asked__are_those_that_depend_on_the_release() -> None:
    """Built ones and those with a variable of Fraisier; a database is neither."""
    services = read_services(
        _document(
            api={"build": {"context": "."}},
            job={"image": "x:${FRAISIER_VERSION}"},
            db={"image": "postgres:17"},
        )
    )
    assert own_services(services, ()) == ("api", "job")
    assert own_services(services, ("db",)) == ("db",)


def test_own_services__nothing_depends_on_the_release__are_all() -> None:
    """Then the release is the file itself."""
    assert own_services(read_services(_document(a={"image": "x"}, b={"image": "y"})), ()) == (
        "a",
        "b",
    )


def test_own_services__unknown_one__is_refused() -> None:
    """The message names those that there are."""
    with pytest.raises(FraisierError, match=r'"apy".*api') as caught:
        own_services(read_services(_document(api={"image": "x"})), ("apy",))
    assert caught.value.code == "build-failed"


@pytest.mark.parametrize(
    ("policy", "asked"),
    [(None, "always"), ("always", "always"), ("daily", "always"), ("missing", "missing"),
     ("if_not_present", "missing"), ("never", None), ("build", None)],
)  # fmt: skip
def test_pulling__policy_of_a_service__is_followed(policy: str | None, asked: str | None) -> None:
    """Without one a release gets what the registry has now."""
    given = {"pull_policy": policy} if policy else {}
    (service,) = read_services(_document(api={"image": "x", **given}))
    assert service.pulling == asked


def test_services_asked_for__both_keys__has_the_main_one_first() -> None:
    """And none twice."""
    assert services_asked_for({"service": "b", "services": ("a", "b")}) == ("b", "a")


def test_compose_file__outside_of_the_release__is_refused(tmp_path: Path) -> None:
    """Neither a link nor a path leads out of the repository."""
    folder = tmp_path / "release"
    folder.mkdir()
    (tmp_path / "outside.yaml").write_text("services: {}")
    (folder / "compose.yaml").symlink_to(tmp_path / "outside.yaml")
    for target in ({}, {"file": "../outside.yaml"}, {"file": str(tmp_path / "outside.yaml")}):
        with pytest.raises(FraisierError, match=r"no .* in the repository"):
            compose_file(folder, target)


@pytest.mark.parametrize(
    ("image", "wanted"),
    [
        ("acme/shop", "acme/shop:1.0-x"),
        ("localhost:5000/shop", "localhost:5000/shop:1.0-x"),
        ("acme/shop:latest", "acme/shop:latest"),
        ("acme/shop@sha256:ab", "acme/shop@sha256:ab"),
    ],
)
def test_wanted_image__without_a_tag__gets_the_version(image: str, wanted: str) -> None:
    """A registry's port is no tag."""
    assert wanted_image(image, "1.0+x") == wanted


def test_override__values_with_dollars__are_not_filled_in_again() -> None:
    """Compose reads the file as it reads every other one."""
    document = json.loads(override({"api": "img:1"}, {"P": "a$b${C}"}, {"l": "$"}))
    service = document["services"]["api"]
    assert service["environment"] == {"P": "a$$b$${C}"}
    assert service["labels"] == {"l": "$$"}
    assert (service["image"], service["pull_policy"]) == ("img:1", "never")


def test_environment_file__anything__is_one_line_a_variable() -> None:
    """Quotation marks, dollars and line ends do not end the value."""
    text = environment_file({"A": "it's", "B": 'a "b" \\ $c\nd\r', "C": ""})
    assert text == 'A="it\'s"\nB="a \\"b\\" \\\\ \\$c\\nd\\r"\nC=""\n'


def test_labels__without_a_token__name_no_fence() -> None:
    """A command of a user has none."""
    marker = {"deployment_id": "d1"}
    told = labels(_fraise(), "1.0-d1", marker, ["api"], None)
    assert "fraisier.fence" not in told
    assert labels(_fraise(), "1.0-d1", marker, ["api"], ("e1", 7))["fraisier.fence"] == "7"
