@thorough
Feature: The clock of the database may step at any step

  @deploy/faults/clock-step-is-made-good
  Scenario Outline: An hour <where> in the step <step>
    Given a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/staging"
    And version "2.0" is committed
    When an observer is held in the step "<step>" of "shop/staging"
    And the clock of the database steps <where> by an hour
    And the step may go on
    Then deployment 1 ends as "success"
    And nobody has taken the deployment over
    And "shop/staging" serves version "2.0"
    And no release was started twice
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck

    Examples:
      | step   | where   |
      | switch | forward |
      | build  | forward |
      | health | forward |
      | fetch  | forward |
      | before | forward |
      | smoke  | forward |
      | after  | forward |
      | switch | back    |
      | build  | back    |
      | health | back    |
      | fetch  | back    |
      | before | back    |
      | smoke  | back    |
      | after  | back    |

  @deploy/faults/clock-step-is-made-good
  Scenario Outline: An hour forward in the step <step>, while another observer waits for work
    Given a service "shop" whose steps can be held
    And version "1.0" is deployed to "shop/staging"
    And version "2.0" is committed
    When an observer is held in the step "<step>" of "shop/staging"
    And another observer starts
    And the clock of the database steps forward by an hour
    And the step may go on
    Then deployment 1 ends as "success"
    And "shop/staging" serves version "2.0"
    And no release was started twice
    And what is recorded of "shop/staging" is what runs
    And nothing is stuck

    Examples:
      | step   |
      | switch |
      | build  |
      | health |
      | before |
