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

  @deploy/types/later-ones-say-so
  Scenario Outline: A fraise of type <kind>, deployed with "<option>"
    Given a service "shop" for "production"
    And the fraise "shop" is of type "<kind>"
    When "shop/production" is deployed with "<option>"
    Then the deployment command exits with 5
    And it is told "type-unavailable"
    And nothing is deployed

    Examples:
      | kind      | option    |
      | etl       | --force   |
      | etl       | --dry-run |
      | scheduled | --dry-run |
      | backup    | --force   |
