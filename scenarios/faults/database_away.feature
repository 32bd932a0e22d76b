@thorough
Feature: The database may be away at any step

  @deploy/faults/database-that-was-away-is-made-good @lab-postgresql
  Scenario Outline: Away for longer than the lease in the step <step>
    Given the database of Fraisier is on a server that may die
    And a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/staging"
    And version "2.0" is committed
    When an observer is held in the step "<step>" of "shop/staging"
    And the database is away for longer than the lease
    And another observer starts
    Then deployment 1 ends as "success"
    And "shop/staging" serves version "2.0"
    And no release was started twice
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck
    And every observer still runs

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

  @deploy/faults/database-that-was-away-is-made-good @lab-postgresql
  Scenario Outline: Away for longer than the lease in the step <step>, which works on a database
    Given the database of Fraisier is on a server that may die
    And a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/staging"
    And "shop" has a database in which the step "<step>" can be held
    And version "2.0" is committed
    When an observer is held in the step "<step>" of "shop/staging"
    And the database is away for longer than the lease
    And another observer starts
    Then the deployment of "shop/staging" ends well, or fails and changes nothing
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck
    And the next deployment of "shop/staging" succeeds
    And every observer still runs

    Examples:
      | step            |
      | backup          |
      | migrate         |
      | migrate (pgGit) |
      | compile         |
      | seed            |

  @deploy/faults/database-that-was-away-is-made-good @lab-postgresql
  Scenario Outline: Away for longer than the lease in the step <step>, and the new release does not work
    Given the database of Fraisier is on a server that may die
    And a service "shop" whose steps can be held
    And a release of "shop" has 8 seconds to be healthy
    And version "1.0" is deployed to "shop/staging"
    And version "2.0" that is "unhealthy" is committed
    When an observer is held in the step "<step>" of "shop/staging"
    And the database is away for longer than the lease
    And another observer starts
    Then deployment 1 ends as "rolled_back"
    And "shop/staging" serves version "1.0"
    And version "2.0" was started 1 times
    And version "1.0" was started 2 times
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck
    And every observer still runs

    Examples:
      | step            |
      | switch          |
      | health          |
      | rollback        |
      | rollback (stop) |
      | on_failure      |

  @deploy/faults/database-that-was-away-is-made-good @lab-postgresql
  Scenario Outline: Away for longer than the lease in the step <step> of a rollback
    Given the database of Fraisier is on a server that may die
    And a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/staging"
    And version "2.0" is deployed to "shop/staging"
    When an observer is held in the step "<step>" of a rollback of "shop/staging"
    And the database is away for longer than the lease
    And another observer starts
    Then deployment 1 ends as "success"
    And "shop/staging" serves version "1.0"
    And version "2.0" was started 1 times
    And version "1.0" was started 2 times
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck
    And every observer still runs

    Examples:
      | step   |
      | switch |
      | health |
      | after  |

  @deploy/faults/database-that-was-away-is-made-good @lab-postgresql
  Scenario Outline: Restarted again and again in the step <step>
    Given the database of Fraisier is on a server that may die
    And a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/staging"
    And version "2.0" is committed
    When an observer is held in the step "<step>" of "shop/staging"
    And the database is restarted again and again
    And another observer starts
    Then deployment 1 ends as "success"
    And "shop/staging" serves version "2.0"
    And no release was started twice
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck
    And every observer still runs

    Examples:
      | step      |
      | switch    |
      | build     |
      | preflight |
