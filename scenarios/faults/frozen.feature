@thorough
Feature: A worker may stand still at any step and wake too late

  @deploy/faults/frozen-worker-is-made-good
  Scenario Outline: Frozen for longer than its lease in the step <step>
    Given a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/staging"
    And version "2.0" is committed
    When an observer is held in the step "<step>" of "shop/staging"
    And the held observer is frozen
    And another observer takes the deployment over
    And the step may go on
    Then deployment 1 ends as "success"
    And "shop/staging" serves version "2.0"
    And no release was started twice
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck
    When the frozen worker wakes
    Then the worker that woke has changed nothing
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck

    Examples:
      | step      |
      | switch    |
      | health    |
      | build     |
      | fetch     |
      | preflight |
      | before    |
      | smoke     |
      | after     |

  @deploy/faults/frozen-worker-is-made-good @lab-postgresql
  Scenario Outline: Frozen for longer than its lease in the step <step>, which works on a database
    Given a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/staging"
    And "shop" has a database in which the step "<step>" can be held
    And version "2.0" is committed
    When an observer is held in the step "<step>" of "shop/staging"
    And the held observer is frozen
    And another observer takes the deployment over
    And the step may go on
    Then deployment 1 ends as "success"
    And "shop/staging" serves version "2.0"
    And no release was started twice
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck
    And the held step has done its work once
    When the frozen worker wakes
    Then the worker that woke has changed nothing
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck

    Examples:
      | step            |
      | backup          |
      | migrate         |
      | migrate (pgGit) |
      | compile         |
      | seed            |

  @deploy/faults/frozen-worker-is-made-good
  Scenario Outline: Frozen for longer than its lease in the step <step>, and the new release does not work
    Given a service "shop" whose steps can be held
    And a release of "shop" has 8 seconds to be healthy
    And version "1.0" is deployed to "shop/staging"
    And version "2.0" that is "unhealthy" is committed
    When an observer is held in the step "<step>" of "shop/staging"
    And the held observer is frozen
    And another observer takes the deployment over
    And the step may go on
    Then deployment 1 ends as "rolled_back"
    And "shop/staging" serves version "1.0"
    And version "2.0" was started 1 times
    And version "1.0" was started 2 times
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck
    When the frozen worker wakes
    Then the worker that woke has changed nothing
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck

    Examples:
      | step            |
      | switch          |
      | health          |
      | rollback        |
      | rollback (stop) |
      | on_failure      |

  @deploy/faults/frozen-worker-is-made-good
  Scenario Outline: Frozen for longer than its lease in the step <step> of a rollback
    Given a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/staging"
    And version "2.0" is deployed to "shop/staging"
    When an observer is held in the step "<step>" of a rollback of "shop/staging"
    And the held observer is frozen
    And another observer takes the deployment over
    And the step may go on
    Then deployment 1 ends as "success"
    And "shop/staging" serves version "1.0"
    And version "2.0" was started 1 times
    And version "1.0" was started 2 times
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck
    When the frozen worker wakes
    Then the worker that woke has changed nothing
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck

    Examples:
      | step   |
      | switch |
      | health |
      | after  |
