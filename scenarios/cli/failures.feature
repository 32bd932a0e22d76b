@any-database
Feature: Failures have a code, an exit status and a way out
  In words on standard error, with --json on standard output, never a stack trace.

  @cli/failures/code-and-exit-status @once
  Scenario Outline: A command line is wrong
    Given a registry of one service
    When the user runs `<line>`
    Then it is refused as "<code>"

    Examples:
      | line                                  | code                |
      | lst                                   | usage               |
      | lst --json                            | usage               |
      | list --flt                            | usage               |
      | list --flt --json                     | usage               |
      | deploy shop                           | usage               |
      | deploy shop --json                    | usage               |
      | history --limit many                  | usage               |
      | history --limit 0 --json              | usage               |
      | config vlidate                        | usage               |
      | completion ksh --json                 | usage               |
      | status shp production                 | unknown-fraise      |
      | status shp production --json          | unknown-fraise      |
      | status shop prod                      | unknown-environment |
      | deploy shp production --json          | unknown-fraise      |
      | deploy shop prod --dry-run            | unknown-environment |
      | deploy shop prod --json               | unknown-environment |
      | rollback shop production              | no-earlier-release  |
      | rollback shop production --json       | no-earlier-release  |
      | rollback shop production --to 9.9     | unknown-version     |
      | cancel 00000000-0000-0000-0000-000000000000 | unknown-deployment |
      | cancel nothing --json                 | unknown-deployment  |
      | health shop production                | not-deployed        |
      | logs shop production --json           | not-deployed        |
      | stop shop production                  | not-deployed        |
      | start shop production --json          | not-deployed        |
      | --database nonsense history --json    | invalid-argument    |
      | --database "" history --json          | usage               |
      | --config "" history                   | usage               |
      | history shop --fraise blog --json     | usage               |
      | --database postgresql://u:hunter22@127.0.0.1:1/x history | database-unavailable |

  @cli/failures/slip-is-recognised @once
  Scenario Outline: What was meant is suggested
    Given a registry of one service
    When the user runs `<line>`
    Then it is refused as "<code>"
    And the hint is did you mean "<meant>"?

    Examples:
      | line                     | code                | meant      |
      | staus shop production    | usage               | status     |
      | config validte           | usage               | validate   |
      | status shpo production   | unknown-fraise      | shop       |
      | status shop prodcution   | unknown-environment | production |

  @cli/failures/passwords-are-hidden @thorough
  Scenario: The password of a database that cannot be reached is hidden
    Given a registry of one service
    When the user runs `--database postgresql://u:hunter22@127.0.0.1:1/x history --json`
    Then it is refused as "database-unavailable"
    And the output lacks `hunter22`

  @cli/failures/database-that-is-none
  Scenario Outline: What is no database of Fraisier is named and left alone
    Given a registry of one service
    And the file text.db holds `this is a letter and not a database, however it is called`
    When the user runs `<line>`
    Then it is refused as "database-unavailable"
    And the file text.db still holds `this is a letter and not a database, however it is called`

    Examples:
      | line                                                     |
      | --database sqlite:///text.db history                     |
      | --database sqlite:///text.db history --json              |
      | --database sqlite:///text.db db init --json              |
      | --database sqlite:///text.db deploy shop production --json |
      | --database sqlite:///text.db/below.db status-all         |
      | --database sqlite:////dev/null stats                     |
