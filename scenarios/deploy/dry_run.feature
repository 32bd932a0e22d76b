Feature: A dry run says what would be done

  @deploy/dry-run/plan-is-told-and-nothing-done
  Scenario: The steps of a deployment
    Given a service "shop" for "production"
    And version "1.0" is committed
    When "shop/production" is deployed with "--dry-run"
    Then the deployment command exits with 0
    And the plan names the steps:
      | preflight |
      | fetch     |
      | build     |
      | switch    |
      | health    |
    And nothing is deployed
    And "shop/production" does not answer

  @deploy/dry-run/warns-of-what-comes-later
  Scenario: The plan for a provider that comes later
    Given the registry of the product document
    When the user runs `deploy my_api production-eu --dry-run --json`
    Then it succeeds
    And the output has `scaleway`
    And the output has `comes in a later version`
