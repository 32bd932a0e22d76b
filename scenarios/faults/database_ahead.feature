@thorough
Feature: A database that is ahead of the code that serves is never passed over

  @deploy/faults/database-ahead-of-the-code-is-told @lab-postgresql
  Scenario Outline: The worker is <broken> after the migration, and the deployment fails before cutover
    Given a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/staging"
    And "shop" has a database whose migrations its old code cannot live with
    And version "2.0" is committed
    And the hook "before" will fail
    When an observer is held in the step "before" of "shop/staging"
    And the held observer is <broken>
    And another observer takes the deployment over
    And the step may go on
    Then deployment 1 ends as "failed"
    And it is told that version "1.0" serves "shop/staging" on a database that it may not know
    And version "1.0" was started 1 times
    And version "2.0" was started 0 times
    And nothing is stuck
    When the hook "before" is mended
    Then the next deployment of "shop/staging" succeeds
    And what is recorded of "shop/staging" is what runs

    Examples:
      | broken |
      | killed |
      | frozen |
