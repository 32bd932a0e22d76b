@thorough
Feature: The disk may be full at any step

  @deploy/faults/full-disk-is-made-good
  Scenario Outline: Full in the step <step>
    Given a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is committed
    When an observer is held in the step "<step>" of "shop/production"
    And the disk of the held observer is full
    And its disk has space again
    And another observer starts
    Then the deployment ends well, or as failed while version "1.0" serves "shop/production"
    And what is recorded of "shop/production" is what runs
    And nothing is stuck
    And the next deployment of "shop/production" succeeds

    Examples:
      | step      |
      | build     |
      | switch    |
      | health    |
      | fetch     |
      | preflight |
      | before    |
      | smoke     |
