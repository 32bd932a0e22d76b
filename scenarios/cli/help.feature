@once
Feature: Help, version and completion
  Every command describes itself.

  @cli/help/every-command
  Scenario Outline: A command describes itself
    When the user runs `<command> --help`
    Then it succeeds
    And the output has `--json`
    And the output has `<option>`

    Examples:
      | command         | option          |
      | list            | --flat          |
      | deploy          | --dry-run       |
      | rollback        | --to            |
      | cancel          | --reason        |
      | status          | ENVIRONMENT     |
      | status-all      | --environment   |
      | history         | --limit         |
      | stats           | --days          |
      | webhooks        | --limit         |
      | webhooks replay | WEBHOOK_ID      |
      | health          | ENVIRONMENT     |
      | logs            | --lines         |
      | stop            | ENVIRONMENT     |
      | start           | ENVIRONMENT     |
      | doctor          | ENVIRONMENT     |
      | config validate | --config        |
      | config show     | --config        |
      | init            | --template      |
      | db init         | --database      |
      | db migrate      | --database      |
      | db status       | --database      |
      | serve           | --no-observer   |
      | webhook         | --port          |
      | observe         | --lease-seconds |
      | completion      | bash            |

  @cli/help/every-command
  Scenario: The program lists its commands
    When the user runs `--help`
    Then it succeeds
    And the output has `status-all`
    And the output has `rollback`

  @cli/version/is-printed @smoke
  Scenario: The program says its version
    When the user runs `--version`
    Then it succeeds
    And the output has `fraisier `

  @cli/completion/scripts
  Scenario Outline: A completion script is printed
    When the user runs `completion <shell>`
    Then it succeeds
    And the output has `fraisier`

    Examples:
      | shell |
      | bash  |
      | zsh   |
      | fish  |
