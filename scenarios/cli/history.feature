Feature: History tells who deployed what, why and to where
  Trigger, actor, commit, target, versions and times of each deployment are kept.

  @cli/history/tells-trigger-and-target
  Scenario Outline: A deployment from the command line
    Given a registry of one service
    And the user ran `deploy shop production`
    When the user runs `history --json`
    Then the JSON has <value> at <path>

    Examples:
      | path                          | value        |
      | deployments.0.triggered_by    | "MANUAL"     |
      | deployments.0.outcome         | "success"    |
      | deployments.0.target_provider | "local"      |
      | deployments.0.fraise          | "shop"       |
      | deployments.0.environment     | "production" |

  @cli/history/newest-first-and-limited @thorough
  Scenario: A limit keeps the newest
    Given a registry of one service
    And the user ran `deploy shop production`
    And the user ran `deploy shop production --force`
    When the user runs `history --limit 1 --json`
    Then the JSON has null at deployments.1
    And the JSON has "success" at deployments.0.outcome

  @cli/history/takes-a-fraise
  Scenario Outline: History of one fraise with `<line>`
    Given a registry of one service
    And the user ran `deploy shop production --no-wait`
    When the user runs `<line> --json`
    Then the JSON has "shop" at deployments.0.fraise
    And the JSON has null at deployments.1

    Examples:
      | line                  |
      | history shop          |
      | history --fraise shop |
