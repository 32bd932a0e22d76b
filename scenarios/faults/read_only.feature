@thorough @any-database
Feature: The disk may be read-only at any step

  @deploy/faults/read-only-disk-is-made-good @lab-mounts
  Scenario Outline: Read-only in the step <step>
    Given everything that Fraisier keeps is on a disk of its own
    And a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/staging"
    And version "2.0" is committed
    When an observer is held in the step "<step>" of "shop/staging"
    And its disk is read-only
    And its disk can be written again
    And another observer starts
    Then the deployment of "shop/staging" ends as it is recorded
    And nothing is stuck
    And the next deployment of "shop/staging" succeeds

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

  @deploy/faults/read-only-disk-is-made-good @lab-postgresql @lab-mounts
  Scenario Outline: Read-only in the step <step>, which works on a database
    Given everything that Fraisier keeps is on a disk of its own
    And a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/staging"
    And "shop" has a database in which the step "<step>" can be held
    And version "2.0" is committed
    When an observer is held in the step "<step>" of "shop/staging"
    And its disk is read-only
    And its disk can be written again
    And another observer starts
    Then the deployment of "shop/staging" ends as it is recorded
    And nothing is stuck
    And the next deployment of "shop/staging" succeeds

    Examples:
      | step            |
      | backup          |
      | migrate         |
      | migrate (pgGit) |
      | compile         |
      | seed            |

  @deploy/faults/read-only-disk-is-made-good @lab-mounts
  Scenario Outline: Read-only in the step <step>, and the new release does not work
    Given everything that Fraisier keeps is on a disk of its own
    And a service "shop" whose steps can be held
    And a release of "shop" has 8 seconds to be healthy
    And version "1.0" is deployed to "shop/staging"
    And version "2.0" that is "unhealthy" is committed
    When an observer is held in the step "<step>" of "shop/staging"
    And its disk is read-only
    And its disk can be written again
    And another observer starts
    Then the deployment of "shop/staging" ends as it is recorded
    And the deployment of "shop/staging" does not succeed
    And nothing is stuck
    And the next deployment of "shop/staging" succeeds

    Examples:
      | step            |
      | switch          |
      | health          |
      | rollback        |
      | rollback (stop) |
      | on_failure      |

  @deploy/faults/read-only-disk-is-made-good @lab-mounts
  Scenario Outline: Read-only in the step <step> of a rollback
    Given everything that Fraisier keeps is on a disk of its own
    And a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/staging"
    And version "2.0" is deployed to "shop/staging"
    When an observer is held in the step "<step>" of a rollback of "shop/staging"
    And its disk is read-only
    And its disk can be written again
    And another observer starts
    Then the deployment of "shop/staging" ends as it is recorded
    And nothing is stuck
    And the next deployment of "shop/staging" succeeds

    Examples:
      | step   |
      | switch |
      | health |
      | after  |
