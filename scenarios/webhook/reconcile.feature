@thorough
Feature: Pushes whose webhook got lost are found
  The repository is asked, and compared with the last look.

  @webhook/reconcile/lost-push-is-deployed @webhook/reconcile/nothing-twice
  Scenario: The webhook of a push never came
    Given a service "shop" for "production"
    And "shop" is reconciled
    And version "1.0" is deployed to "shop/production"
    And the repository is looked at
    When version "2.0" is committed
    And the repository is looked at
    Then "shop/production" serves version "2.0"
    And the newest deployment was found by looking
    When the repository is looked at twice more
    Then these versions were requested for "shop/production": 1.0, 2.0

  @webhook/reconcile/nothing-twice
  Scenario: A release that failed is not tried again
    Given a service "shop" for "production"
    And "shop" is reconciled
    And version "1.0" is deployed to "shop/production"
    And the repository is looked at
    When version "2.0" that is "crash" is committed
    And "shop/production" is deployed
    Then the last deployment ended as "rolled_back"
    When the repository is looked at twice more
    Then these versions were requested for "shop/production": 1.0, 2.0

  @webhook/reconcile/keeps-a-rollback
  Scenario: A rollback stays
    Given a service "shop" for "production"
    And "shop" is reconciled
    And version "1.0" is deployed to "shop/production"
    And the repository is looked at
    And version "2.0" is deployed to "shop/production"
    When "shop/production" is rolled back
    And the repository is looked at twice more
    Then "shop/production" serves version "1.0"
    And these versions were requested for "shop/production": 1.0, 2.0, 1.0

  @webhook/reconcile/newer-push-wins
  Scenario: A webhook comes while the repository is asked
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And the repository of "shop" is at a forge that answers when it is let
    And "shop" is reconciled
    And the repository is looked at
    And version "3.0" is committed on branch "next"
    And version "2.0" is committed
    And a server is running
    When an observer has begun to look
    And a webhook tells that "main" moved from version "2.0" to version "3.0"
    And the forge answers
    Then "shop/production" serves version "3.0"
    And these versions were requested for "shop/production": 1.0, 3.0

  @webhook/reconcile/off-by-default
  Scenario: Nobody wants it
    Given a service "shop" for "production"
    And version "1.0" is committed
    When an observer runs until nothing is left to do
    Then nothing was requested for "shop/production"
    And the repository is looked at by nobody

  @webhook/reconcile/first-look-records
  Scenario: The only branch of an environment that was never deployed
    Given a service "shop" for "production, staging"
    And "shop" is reconciled
    And version "0.9" is committed on branch "staging"
    And version "1.0" is committed
    When "shop/staging" is deployed
    And version "1.0-beta" is committed on branch "staging"
    And the repository is looked at
    Then these versions were requested for "shop/staging": 0.9
    And these versions were requested for "shop/production": 1.0
    And the newest deployment was found by looking

  @webhook/reconcile/tags-are-found @webhook/reconcile/first-look-records
  Scenario: A tag whose webhook never came
    Given a service "shop" for "production"
    And the environment "shop/production" has no branch but the tags "v*"
    And "shop" is reconciled
    And version "1.0" tagged "v1.0" is committed
    When the repository is looked at
    Then nothing was requested for "shop/production"
    When version "2.0" is committed
    And the newest commit gets the annotated tag "v2.0"
    And the repository is looked at
    Then "shop/production" serves version "2.0"
    And these versions were requested for "shop/production": 2.0

  @webhook/reconcile/backs-off
  Scenario: The repository cannot be read
    Given a service "shop" for "production"
    And "shop" is reconciled
    And version "1.0" is deployed to "shop/production"
    And the repository is looked at
    When version "2.0" is committed
    And the repository goes away
    And looking has failed twice
    Then the second try was later than the interval says
    And the observer and the doctor say why
    When the repository comes back
    And the repository is looked at
    Then "shop/production" serves version "2.0"
    And the doctor says that all is well with it

  @webhook/reconcile/asks-once
  Scenario: Two observers
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And the repository of "shop" is at a forge that answers when it is let
    And "shop" is reconciled once a day
    When an observer has begun to look
    And an observer runs until nothing is left to do
    Then nobody else has asked the forge
    When the forge answers
    And an observer runs until nothing is left to do
    Then nobody else has asked the forge
    And these versions were requested for "shop/production": 1.0

  @webhook/reconcile/blocks-nothing
  Scenario: A forge that does not answer
    Given a service "shop" for "production"
    And a service "mail" for "production"
    And version "1.0" is committed
    And the repository of "shop" is at a forge that answers when it is let
    And "shop" is reconciled
    When an observer that stays has begun to look
    And a deployment of "mail/production" is requested
    Then deployment 1 ends as "success"
    And "mail/production" serves version "1.0"
    And the observer ends well although the forge does not answer
