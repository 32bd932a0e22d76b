Feature: Others are told about deployments

  @deploy/notifications/arrive-once-each-and-signed @deploy/notifications/outcomes-are-told @thorough
  Scenario: An observer carries a deployment out
    Given a service "shop" for "production"
    And a receiver of "webhook" notifications
    And version "1.0" is committed
    And an observer with a lease of 5 seconds
    When a deployment of "shop/production" is requested
    Then deployment 1 ends as "success"
    And the receiver is told "started, succeeded"
    And what it got is signed
    And its 2 deliveries have 2 ids
    And the last thing it was told has "outcome" "success"

  @deploy/notifications/arrive-once-each-and-signed @deploy/notifications/addresses-stay-secret @thorough
  Scenario: No observer is there
    Given a service "shop" for "production"
    And a receiver of "webhook" notifications
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the deployment command exits with 0
    And the receiver is told "started, succeeded"
    And what it got is signed
    And no address and no secret of the receiver is in the output or the database

  @deploy/notifications/failing-receiver-is-tried-again @thorough
  Scenario: The receiver fails once
    Given a service "shop" for "production"
    And a receiver of "webhook" notifications
    And the receiver answers 500 at first
    And version "1.0" is committed
    And an observer with a lease of 5 seconds
    When a deployment of "shop/production" is requested
    Then deployment 1 ends as "success"
    When the time of the next attempt comes
    Then the receiver is told "started, started, succeeded" in any order
    And its 3 deliveries have 2 ids

  @deploy/notifications/ending-is-told-exactly @thorough
  Scenario: The release is rolled back
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And a receiver of "webhook" notifications
    And version "2.0" that is "unhealthy" is committed
    When "shop/production" is deployed
    Then the deployment command exits with 1
    And the receiver is told "started, rolled_back"
    And the last thing it was told has "error_code" "health-check-failed"
    And the last thing it was told has "error_message" "answered 500"

  @deploy/notifications/only-what-is-wanted-is-told @thorough
  Scenario: A channel wants little
    Given a service "shop" for "production, staging"
    And a receiver of "webhook" notifications about "succeeded" of "staging"
    And version "1.0" is committed
    And version "1.0" is committed on branch "staging"
    When "shop/production" is deployed
    And "shop/staging" is deployed
    Then the receiver is told "succeeded"
    And the last thing it was told has "environment" "staging"

  @deploy/notifications/chats-get-their-own-shape @deploy/notifications/outcomes-are-told @thorough
  Scenario Outline: A <chat>
    Given a service "shop" for "production"
    And a receiver of "<chat>" notifications
    And version "1.0" tagged "v1.0" is committed
    When "shop/production" is deployed
    Then the receiver has these texts:
      | Deployment of shop to production has started        |
      | Deployment of shop to production succeeded (v1.0)   |

    Examples:
      | chat    |
      | slack   |
      | discord |
