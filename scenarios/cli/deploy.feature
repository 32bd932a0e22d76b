Feature: A deployment on the command line
  Steps as they happen, a summary, and JSON lines that end with a result.

  @cli/deploy/dry-run-changes-nothing
  Scenario Outline: A dry run prints the plan and changes nothing
    Given a registry of one service
    When the user runs `deploy shop production --dry-run <option>`
    Then it succeeds
    And the output has `<text>`
    And nothing changed

    Examples:
      | option | text                              |
      |        | Would deploy shop → production    |
      |        | Dry run: nothing was changed.     |
      | --json | "code": "dry-run"                 |

  @cli/deploy/dry-run-changes-nothing @thorough
  Scenario: A dry run of a target of another kind prints its plan too
    Given the registry of the product document
    When the user runs `deploy my_api production-eu --dry-run --json`
    Then it succeeds
    And the JSON fits "deploy"
    And nothing changed

  @cli/deploy/text-is-as-documented @thorough
  Scenario: Steps and summary in words
    Given a registry of one service
    When the user runs `deploy shop production`
    Then it succeeds
    And the output has `Deploying shop → production (local)`
    And the output has `  ✓ Pre-flight checks passed`
    And the output has `  ⟳ Pulling latest code...`
    And the output has `  ✓ Health check passed`
    And the output has `✓ Deployment successful!`
    And the output has `  Target: local`

  @cli/json/shapes-are-as-specified
  Scenario: Steps and result as JSON lines
    Given a registry of one service
    When the user runs `deploy shop production --json`
    Then it succeeds
    And the JSON fits "deploy"

  @cli/json/shapes-are-as-specified @thorough
  Scenario Outline: What a deployed service answers
    Given a registry of one service
    And the user ran `deploy shop production`
    When the user runs `<line> --json`
    Then it succeeds
    And the JSON fits "<command>"

    Examples:
      | line                   | command |
      | health shop production | health  |
      | logs shop production   | logs    |
      | status shop production | status  |
      | history                | history |
      | stop shop production   | stop    |

  @cli/deploy/no-wait-only-queues @thorough
  Scenario: Without waiting the deployment is only queued
    Given a registry of one service
    When the user runs `deploy shop production --no-wait --json`
    Then it succeeds
    And the JSON fits "deploy"
    And the output has `"outcome": "pending"`
    When the user runs `history --json`
    Then the JSON has "pending" at deployments.0.outcome

  @cli/deploy/missing-provider-comes-first
  Scenario Outline: A target that cannot be deployed to yet says so before anything else
    Given the registry of the product document
    When the user runs `deploy <place> --json`
    Then it is refused as "provider-unavailable"
    And the JSON fits "deploy"

    Examples:
      | place                |
      | my_api production-eu |
      | my_api production-us |
      | my_api staging       |
