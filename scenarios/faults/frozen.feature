Feature: A worker may stand still at any step and wake too late

  @deploy/faults/frozen-worker-is-made-good @thorough
  Scenario Outline: Frozen in the step <step> for longer than its lease
    Given a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is committed
    When an observer is held in the step "<step>" of "shop/production"
    And the held observer is frozen
    And another observer takes the deployment over
    And the step may go on
    Then deployment 1 ends as "success"
    And "shop/production" serves version "2.0"
    And no release was started twice
    And what is recorded of "shop/production" is what runs
    And nothing is stuck
    When the frozen worker wakes
    Then the worker that woke has changed nothing
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
