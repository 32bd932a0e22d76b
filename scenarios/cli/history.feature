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
    And the user ran `deploy shop production --force --no-wait`
    When the user runs `history --limit 1 --json`
    Then the JSON has null at deployments.1
    And the JSON has "pending" at deployments.0.outcome

  @cli/history/takes-a-fraise @thorough
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

  @cli/history/shows-the-hint @cli/status/shows-how-the-newest-ended @thorough
  Scenario: The way out that a failed step knows is not forgotten
    Given the registry:
      """
      fraises:
        mailer:
          type: worker
          git: {repository: ./nowhere}
          environments:
            production: {target: {provider: local, command: [sleep, "100"]}, smoke_tests: [/ready]}
      """
    And the user ran `deploy mailer production --commit abc0001`
    When the user runs `history`
    Then the output has `hint: set target.port`
    When the user runs `history --json`
    Then the JSON fits "history"
    And the JSON has "failed" at deployments.0.outcome
    And the JSON has "set target.port, or health_check.url" at deployments.0.hint
    When the user runs `status mailer production`
    Then the output has `Hint: set target.port`
    When the user runs `status mailer production --json`
    Then the JSON fits "status"
    And the JSON has "failed" at last_deployment.outcome
    And the JSON has "set target.port, or health_check.url" at last_deployment.hint

  @cli/history/takes-a-fraise @thorough
  Scenario Outline: Another fraise has none with `<line>`
    Given a registry of one service
    And the user ran `deploy shop production --no-wait`
    When the user runs `<line> --json`
    Then the JSON has [] at deployments

    Examples:
      | line                  |
      | history blog          |
      | history --fraise blog |
