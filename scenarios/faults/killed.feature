@thorough
Feature: A worker may be killed at any step

  @deploy/faults/killed-worker-is-made-good
  Scenario Outline: Killed in the step <step>
    Given a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is committed
    When an observer is held in the step "<step>" of "shop/production"
    And the held observer is killed
    And another observer takes the deployment over
    And the step may go on
    Then deployment 1 ends as "success"
    And "shop/production" serves version "2.0"
    And no release was started twice
    And what is recorded of "shop/production" is what runs
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

  @deploy/faults/unhealthy-release-never-passes @thorough
  Scenario Outline: Killed in the step <step>, and the new release does not work
    Given a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/production"
    And version "2.0" that is "unhealthy" is committed
    When an observer is held in the step "<step>" of "shop/production"
    And the held observer is killed
    And another observer takes the deployment over
    And the step may go on
    Then deployment 1 ends as "rolled_back"
    And "shop/production" serves version "1.0"
    And version "2.0" was started 1 times
    And what is recorded of "shop/production" is what runs
    And nothing is stuck

    Examples:
      | step   |
      | switch |
      | health |
