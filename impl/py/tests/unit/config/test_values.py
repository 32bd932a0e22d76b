"""What a configuration becomes: variables, targets, repositories, secrets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fraisier import config
from fraisier.domain.cron import cron_problem
from fraisier.domain.errors import FraisierError
from fraisier.domain.nearest import nearest
from fraisier.domain.repository import repository_key

from .conftest import Load, Problems

SHOP = """\
git:
  provider: github
  github:
    webhook_secret: ${SECRET}
fraises:
  shop:
    description: ${TITLE:-A shop}
    git:
      repository: ./origin
    build: make "the thing"
    variables: {LEVEL: info, PORT_COUNT: 1.10}
    environments:
      production:
        branch: main
        variables: {LEVEL: debug}
        target:
          provider: local
          command: python3 "my app.py"
          directory: run
          port: ${PORT}
          env: {API_TOKEN: "${TOKEN}", DSN: "postgres://u:pa55word@db/x", ON: true}
branch_mapping:
  main: {fraise: shop, environment: production}
  "on":
    - {fraise: shop, environment: production}
"""
ENVIRON = {"SECRET": "hook-secret-1", "PORT": "8080", "TOKEN": "tok-123456"}


def test_variables__set__are_expanded_and_typed(load: Load) -> None:
    """A variable stands for what it would mean if it were written there."""
    place = load(SHOP, ENVIRON).select("shop", "production").environment
    assert place.target["port"] == 8080
    assert place.variables["API_TOKEN"] == "tok-123456"
    assert load(SHOP, ENVIRON).fraises["shop"].description == "A shop"


def test_variables__unset__are_errors_with_line_and_hint(problems: Problems) -> None:
    """An unset variable is never an empty text."""
    found = problems(SHOP, {"SECRET": "hook-secret-1"})
    assert [(p.code, p.line) for p in found] == [("unset-variable", 20), ("unset-variable", 21)]
    assert "PORT" in found[0].message
    assert "export PORT" in (found[0].hint or "")


@pytest.mark.parametrize("text", ["${", "${}", "${1X}", "a${X", "${A B}"])
def test_variables__malformed__are_refused(text: str, problems: Problems) -> None:
    """A reference that is none is an error, not literal text."""
    found = problems(SHOP.replace("${TITLE:-A shop}", f"'{text}'"), ENVIRON)
    assert "is not a variable" in found[0].message


def test_variables__escaped_or_holding_references__are_not_expanded_again(load: Load) -> None:
    """``$${`` is literal, and a value is never expanded a second time."""
    text = SHOP.replace("${TITLE:-A shop}", "'$${X} ${TITLE} $5'")
    loaded = load(text, {**ENVIRON, "TITLE": "${PORT}"})
    assert loaded.fraises["shop"].description == "${X} ${PORT} $5"


def test_variables_of_a_service__merged__keep_their_text(load: Load) -> None:
    """Target overrides environment overrides fraise; numbers keep their digits."""
    variables = load(SHOP, ENVIRON).select("shop", "production").environment.variables
    assert variables["LEVEL"] == "debug"
    assert variables["PORT_COUNT"] == "1.10"
    assert variables["ON"] == "true"


def test_commands__texts__are_split_like_a_shell_would(load: Load) -> None:
    """A command of text becomes an argument list without a shell."""
    place = load(SHOP, ENVIRON).select("shop", "production").environment
    assert place.target["command"] == ("python3", "my app.py")
    assert place.build == ("make", "the thing")


def test_paths__relative__start_at_the_configuration(load: Load, tmp_path: Path) -> None:
    """Where the program is started changes no path."""
    loaded = load(SHOP, ENVIRON)
    assert loaded.fraises["shop"].repository == str(tmp_path / "origin")
    target = loaded.select("shop", "production").environment.target
    assert target["directory"] == str(tmp_path / "run")


@pytest.mark.parametrize(
    ("git", "address"),
    [
        ("repository: acme/shop", "https://github.com/acme/shop.git"),
        ("{provider: gitlab, repository: acme/sub/shop}", "https://gitlab.com/acme/sub/shop.git"),
        ("{base_url: 'https://git.x:8443/', repository: a/b.git}", "https://git.x:8443/a/b.git"),
        ("repository: git@h:a/b.git", "git@h:a/b.git"),
    ],
)
def test_repository__short_form__is_completed_by_the_forge(
    git: str, address: str, load: Load
) -> None:
    """OWNER/NAME is at the forge of the fraise; addresses stay as they are."""
    git = git if git.startswith("{") else "{" + git + "}"
    text = f"fraises: {{a: {{git: {git}, environments: {{p: {{}}}}}}}}\n"
    assert load(text).fraises["a"].repository == address


def test_branches__of_environment_and_mapping__are_one_list(load: Load) -> None:
    """The environment's own branch comes first and is mapped by itself."""
    loaded = load(SHOP, ENVIRON)
    assert loaded.select("shop", "production").environment.branches == ("main", "on")
    assert [rule.branch for rule in loaded.branch_mapping] == ["main", "on"]


def test_override_example__of_the_product_document__loads(load: Load) -> None:
    """A fraise may have another forge; its branch alone routes webhooks."""
    loaded = load("""\
git:
  provider: github
fraises:
  public_api:
    environments:
      production:
        branch: main
  internal_api:
    git:
      provider: gitlab
      base_url: https://gitlab.mycompany.com
    environments:
      production:
        branch: main
""")
    assert loaded.fraises["internal_api"].git_provider == "gitlab"
    assert {rule.fraise for rule in loaded.branch_mapping} == {"public_api", "internal_api"}


def test_select__unknown_names__suggest_the_right_ones(load: Load) -> None:
    """A slip in a name is answered with the name that was meant."""
    loaded = load(SHOP, ENVIRON)
    with pytest.raises(FraisierError) as fraise:
        loaded.select("shp", "production")
    with pytest.raises(FraisierError) as environment:
        loaded.select("shop", "prodution")
    assert (fraise.value.code, fraise.value.hint) == ("unknown-fraise", 'did you mean "shop"?')
    assert environment.value.code == "unknown-environment"
    assert environment.value.hint == 'did you mean "production"?'


def test_outward_documents__secrets__are_nowhere_in_them(load: Load) -> None:
    """Neither the database nor ``config show`` ever sees a secret."""
    loaded = load(SHOP, ENVIRON)
    shown = json.dumps([config.registry_document(loaded), config.redacted(loaded)])
    for secret in ("hook-secret-1", "tok-123456", "pa55word"):
        assert secret in loaded.secrets
        assert secret not in shown
        assert secret not in repr(loaded)
    assert '"API_TOKEN": "***"' in shown
    assert '"LEVEL": "debug"' in shown


def test_registry_document__repository__has_its_key(load: Load) -> None:
    """Webhooks find a fraise by the normalised address of its repository."""
    text = SHOP.replace("./origin", "https://user:hunter22@Git.Example/Acme/Shop.git")
    fraise = config.registry_document(load(text, ENVIRON))["fraises"][0]
    assert fraise["repository"] == "https://***@Git.Example/Acme/Shop.git"
    assert fraise["repository_key"] == "git.example/acme/shop"
    assert fraise["environments"][0]["target"]["command"] == ["python3", "my app.py"]


@pytest.mark.parametrize(
    ("secret", "secure"),
    [("", False), ("short", False), ("               1", False), ("                ", False),
     ("123456789012345", False), ("1234567890123456", True), ("$${SECRET_OF_THE_HOOK}", False),
     ("$SECRET_OF_THE_HOOK", False)],
)  # fmt: skip
def test_check_secrets__weak__is_refused(secret: str, secure: bool, load: Load) -> None:
    """A server does not start with a webhook secret that protects nothing."""
    loaded = load(SHOP.replace("${SECRET}", f"'{secret}'"), ENVIRON)
    if secure:
        config.check_secrets(loaded)
        return
    with pytest.raises(FraisierError) as caught:
        config.check_secrets(loaded)
    assert caught.value.code == "insecure-secret"
    assert caught.value.at == "fraises.yaml: git.github.webhook_secret"


def test_repository__of_bitbucket_server__is_in_its_folder(load: Load) -> None:
    """The short form is completed as a Server writes the addresses of its repositories."""
    forge = "{base_url: 'https://git.x/bb/', server: SERVER}"
    text = f"""
git: {{provider: bitbucket, bitbucket: {forge}}}
fraises: {{a: {{git: {{repository: BAKE/shop}}, environments: {{p: {{}}}}}}}}
"""
    for server, address in (("true", "scm/BAKE/shop.git"), ("false", "BAKE/shop.git")):
        loaded = load(text.replace("SERVER", server), {})
        assert loaded.fraises["a"].repository == f"https://git.x/bb/{address}"


def test_signing_secret__of_gitlab__is_kept_and_secret(load: Load) -> None:
    """One or several; it is shown to nobody, and an empty list is a mistake."""
    text = SHOP.replace("git:", "git:\n  gitlab: {signing_secret: [whsec_MTIz, whsec_NDU2]}", 1)
    loaded = load(text, ENVIRON)
    assert loaded.git.providers["gitlab"].signing_secrets == ("whsec_MTIz", "whsec_NDU2")
    assert {"whsec_MTIz", "whsec_NDU2"} <= loaded.secrets
    assert "whsec" not in str(config.redacted(loaded)) + repr(loaded.git.providers)
    with pytest.raises(FraisierError):
        load(text.replace("[whsec_MTIz, whsec_NDU2]", "[]"), ENVIRON)


@pytest.mark.parametrize(
    ("section", "place"),
    [
        ("git: {github: {webhook_secret: [abcdefghijklmnop, short]}}", "git.github.webhook_secret"),
        ("git: {gitlab: {secret_token: short}}", "git.gitlab.secret_token"),
        ("git: {gitlab: {signing_secret: whsec_1234567890}}", "git.gitlab.signing_secret"),
        ("git: {gitea: {webhook_secret: ''}}", "git.gitea.webhook_secret"),
        ("git: {bitbucket: {webhook_secret: short}}", "git.bitbucket.webhook_secret"),
        ("server: {token: short}", "server.token"),
        ("server: {token: ''}", "server.token"),
        ("server: {token: $API_TOKEN_OF_MINE}", "server.token"),
    ],
)
def test_check_secrets__any_place__is_looked_at(section: str, place: str, load: Load) -> None:
    """Every forge, every secret of a list, and the token of the server."""
    loaded = load(f"{section}\nfraises: {{shop: {{environments: {{production: {{}}}}}}}}\n", {})
    with pytest.raises(FraisierError) as caught:
        config.check_secrets(loaded)
    assert (caught.value.code, caught.value.at) == ("insecure-secret", f"fraises.yaml: {place}")


def test_webhook_secrets__several__are_all_kept(load: Load) -> None:
    """While a secret is changed, the old and the new one are valid."""
    loaded = load(SHOP.replace("${SECRET}", "[new-secret-1, old-secret-1]"), ENVIRON)
    assert loaded.git.providers["github"].secrets == ("new-secret-1", "old-secret-1")


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("https://github.com/Acme/Shop.git", "github.com/acme/shop"),
        ("https://user:pass@github.com:443/acme/shop/", "github.com/acme/shop"),
        ("git@github.com:acme/shop.git", "github.com/acme/shop"),
        ("ssh://git@github.com:22/acme/shop.git", "github.com/acme/shop"),
        ("ssh://git@github.com:2222/acme/shop.git", "github.com:2222/acme/shop"),
        ("git://h/a/b?x#y", "h/a/b"),
        ("http://h:8080//a//b.git", "h:8080/a/b"),
        ("/srv/Git/shop.git/", "/srv/Git/shop.git"),
        ("file:///srv/shop", "/srv/shop"),
        ("file://localhost/srv/shop", "/srv/shop"),
        ("./a:b", "./a:b"),
        ("", ""),
    ],
)
def test_repository_key__addresses__have_one_key(address: str, key: str) -> None:
    """However a repository is addressed, it has one key; a path stays a path."""
    assert repository_key(address) == key


def test_nearest__nothing_similar__is_nothing() -> None:
    """No suggestion is better than a silly one."""
    assert nearest("zzz", ["api", "worker"]) is None
    assert nearest("wroker", ["api", "worker"]) == "worker"


def test_cron_problem__five_stars__is_none() -> None:
    """Every minute is a schedule."""
    assert cron_problem("* * * * *") is None


@pytest.mark.parametrize("relative", ["forgejo", "gogs"])
def test_git_provider__relative_of_gitea__is_gitea(load: Load, relative: str) -> None:
    """Both names mean Gitea's webhooks, settings and base URL, of all and of one fraise."""
    loaded = load(
        f"git: {{provider: {relative}, gitea: {{base_url: 'https://git.example.org'}}}}\n"
        "fraises:\n"
        "  shop: {git: {repository: acme/shop}, environments: {live: {}}}\n"
        f"  mail: {{git: {{provider: {relative}}}, environments: {{live: {{}}}}}}\n"
    )
    shop, mail = loaded.fraises["shop"], loaded.fraises["mail"]
    assert (loaded.git.provider, shop.git_provider, mail.only_provider) == ("gitea",) * 3
    assert shop.repository == "https://git.example.org/acme/shop.git"
