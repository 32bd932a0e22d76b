Feature: Reports before the first deployment
  Status, history, statistics and webhooks work on a new database, in words and as JSON.

  @cli/json/shapes-are-as-specified
  Scenario Outline: A report as JSON
    Given a registry of one service
    When the user runs `<line> --json`
    Then it succeeds
    And the JSON fits "<command>"
    And the JSON has <value> at <path>

    Examples:
      | line                            | command    | path                 | value     |
      | status shop production          | status     | status               | "UNKNOWN" |
      | status shop production          | status     | target_provider      | "local"   |
      | status-all                      | status-all | environments.0.fraise | "shop"   |
      | status-all --environment nope   | status-all | environments         | []        |
      | history                         | history    | deployments          | []        |
      | history shop                    | history    | deployments          | []        |
      | history --fraise shop --limit 5 | history    | deployments          | []        |
      | stats                           | stats      | total                | 0         |
      | stats --fraise shop --days 7    | stats      | success_rate         | 0.0       |
      | webhooks                        | webhooks   | webhooks             | []        |
      | db status                       | db status  | current              | true      |

  @cli/text/reports-are-readable
  Scenario Outline: A report in words
    Given a registry of one service
    When the user runs `<line>`
    Then it succeeds
    And the output has `<text>`

    Examples:
      | line                   | text                        |
      | status shop production | Status: unknown             |
      | status-all             | FRAISE                      |
      | history                | No deployments yet.         |
      | stats --days 7         | Deployments of the last 7 days |
      | webhooks               | No webhooks yet.            |
      | db status              | is up to date               |
