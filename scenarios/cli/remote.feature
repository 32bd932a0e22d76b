Feature: Commands ask a server on another machine
  With --server a command says what it would say on the server's own machine.

  Background:
    Given a registry of one fraise
    And a token "all" for "read deploy admin"
    And a server with an observer is running

  @cli/remote/same-as-local
  Scenario: What is shown is the same from afar
    When `--json deploy shop production` is run from afar with the token "all"
    Then it is refused as "unknown-commit"
    And the JSON fits "deploy"
    When `--json list` is run from afar with the token "all"
    Then it says what the server's own machine says
    When `list` is run from afar with the token "all"
    Then it says what the server's own machine says
    When `--json status shop production` is run from afar with the token "all"
    Then it says what the server's own machine says
    When `--json history` is run from afar with the token "all"
    Then it says what the server's own machine says
    When `history` is run from afar with the token "all"
    Then it says what the server's own machine says
    And the output has `token all`

  @cli/remote/same-as-local @thorough
  Scenario Outline: <command> says the same from afar
    When `list` is run from afar with the token "all"
    Then it says what the server's own machine says
    When `<command>` is run from afar with the token "all"
    Then it says what the server's own machine says

    Examples:
      | command                      |
      | list --flat                  |
      | status shop production       |
      | status-all                   |
      | --json status-all            |
      | --json stats                 |
      | stats --fraise shop --days 3 |
      | history shop --limit 1       |
      | --json webhooks              |
      | webhooks                     |
      | token list                   |
      | --json token list            |
      | status shop nowhere          |
      | cancel none                  |
      | --json cancel none           |
      | webhooks replay none         |
      | rollback shop production     |
      | token revoke none            |

  @cli/remote/refusals @thorough
  Scenario: What cannot be done from afar is refused with a code
    When `--json logs shop production` is run from afar with the token "all"
    Then it is refused as "local-only"
    When `list` asks a server that is away
    Then it is refused as "server-unreachable"
    When `list` asks a server of another kind
    Then it is refused as "server-untrusted"

  @cli/remote/refusals @thorough
  Scenario: A token that lacks a scope is told which one
    Given a token "reader" for "read"
    When `deploy shop production` is run from afar with the token "reader"
    Then it is refused as "forbidden"
    And the token "reader" is nowhere in what was printed
    When the user runs `--json history`
    Then the JSON has [] at deployments

  @cli/token/life @thorough
  Scenario: A token is made, listed and revoked
    When the user runs `--json token create ci --scope read --scope deploy --expires 90d`
    Then it succeeds
    And the JSON fits "token create"
    And the JSON has ["read", "deploy"] at token.scopes
    When the user runs `token create ci --scope read`
    Then it is refused as "token-exists"
    When the user runs `--json token revoke ci`
    Then it succeeds
    And the JSON fits "token revoke"
    And the JSON has "revoked" at token.state
    When the user runs `--json token revoke ci`
    Then the JSON has "unchanged" at code
    When the user runs `token revoke nobody`
    Then it is refused as "unknown-token"
    When the user runs `--json token list`
    Then the JSON fits "token list"
