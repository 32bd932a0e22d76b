@lab-browser
Feature: Deploying, rolling back and cancelling from the dashboard
  Each asks first, naming what happens.

  Background:
    Given a dashboard of shop and mail
    And shop/production has this past:
      | end     | version |
      | success | 1.0.0   |
      | success | 2.0.0   |

  @dashboard/actions/deploy @core
  Scenario: Deploy by a button
    When the page "/" is opened
    And "Deploy shop/production …" is pressed
    Then the page says "Deploy shop to production?"
    And the page says "Now serving:"
    And shop/production has 0 deploy that wait
    When "Deploy to production" is pressed
    Then shop/production has 1 deploy that waits
    And the page says "It waits for its turn."
    And the browser asked this server only and complains of nothing

  @dashboard/actions/nothing-without-confirmation
  Scenario: Thinking better of it
    When the page "/" is opened
    And "Deploy shop/production …" is pressed
    And "Do nothing" is pressed
    Then nothing changed

  @dashboard/actions/dry-run
  Scenario: A dry run changes nothing
    When the page "/" is opened
    And "Deploy shop/production …" is pressed
    And "Dry run" is pressed
    Then the page says "Code: dry-run"
    And nothing changed

  @dashboard/actions/rollback @core
  Scenario: Roll back by a button
    When the page "/" is opened
    And "Roll back shop/production to 1.0.0 …" is pressed
    Then the page says "Roll shop / production back to 1.0.0?"
    And the page says "Will serve instead:"
    When "Roll back to 1.0.0" is pressed
    Then shop/production has 1 rollback that waits

  @dashboard/actions/cancel
  Scenario: Cancel what waits
    Given a deployment of shop/production waits
    When the page "#/deployment/{deployment}" is opened
    And "Cancel it …" is pressed
    Then the page says "It has not begun: nothing is changed anywhere."
    When "Cancel it" is pressed
    Then shop/production has 1 deploy that was cancelled
    And the page says "cancelled"

  @dashboard/actions/refusal-is-shown
  Scenario: What the server refuses is said
    Given the queue takes no more
    When the page "/" is opened
    And "Deploy mail/production …" is pressed
    And "Deploy to production" is pressed
    Then the page says "Code: queue-full"
