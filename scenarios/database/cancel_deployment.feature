Feature: A deployment is cancelled
  fn_cancel_deployment ends what waits and asks what runs to end.

  Background:
    Given the usual registry
    And Y of shop/staging is waiting
    And Z of blog/production is running under "w9"

  @database/cancel/waiting-one-is-cancelled @smoke
  Scenario: A waiting deployment is cancelled
    Given "bob" cancels Y
    And A of shop/production is waiting
    When "alice" cancels A
    Then the answer is "cancelled"
    And the message is "The deployment of shop/production is cancelled."
    And the HTTP status is 200
    And the updated fields are status completed_at
    And the metadata is empty
    And the entity is Deployment A
    And the entity is what v_deployment shows
    And the call wrote exactly:
      | changed | tb_deployment A               | completed_at error_code error_message status |
      | changed | tb_deployment_request A       | status |
      | added   | tb_event deployment.completed | |
    And A shows:
      | outcome       | cancelled       |
      | status        | FAILED          |
      | completed_at  | a time          |
      | error_code    | cancelled       |
      | error_message | changed my mind |
    And tb_deployment_request A has:
      | status | cancelled |
    And the events of the call are:
      | event_type           | entity_type | entity_id | fraise | environment | payload                                                                                                                        |
      | deployment.completed | Deployment  | id of A   | shop   | production  | status=cancelled; error_code=cancelled; error_message=changed my mind; duration_seconds=null; old_version=null; new_version=null |

  @database/cancel/running-one-is-asked
  Scenario: A running deployment is asked to end
    Given A of shop/production is running under "w1"
    When "alice" cancels A
    Then the answer is "cancel-requested"
    And the message is "The deployment of shop/production will be cancelled."
    And the updated fields are cancel_requested_at
    And the entity is Deployment A
    And the entity is what v_deployment shows
    And the call wrote exactly:
      | changed | tb_deployment A                      | cancel_requested_at |
      | added   | tb_event deployment.cancel_requested | |
    And A shows:
      | outcome             | in_progress |
      | cancel_requested_at | a time      |
    And the events of the call are:
      | event_type                  | entity_type | entity_id | fraise | environment | payload                              |
      | deployment.cancel_requested | Deployment  | id of A   | shop   | production  | reason=changed my mind; actor=alice |

  @database/cancel/running-one-is-asked
  Scenario: Asked again, nothing changes
    Given A of shop/production is running under "w1"
    And "alice" cancels A
    When "bob" cancels A
    Then the answer is "cancel-requested" and nothing changed
    And the updated fields are none
    And the entity is Deployment A

  @database/cancel/running-one-is-asked
  Scenario: A cancelled deployment is over for its worker once it says so
    Given A of shop/production is running under "w1"
    And "alice" cancels A
    When "w1" completes A as cancelled
    Then the answer is "completed"
    And A is "cancelled"

  @database/cancel/after-cutover-is-refused
  Scenario: After the cutover it is too late
    Given A of shop/production is running under "w1"
    And "w1" reports "switch" of A as started
    When "alice" cancels A
    Then it is refused with "past-point-of-no-return"
    And the message is "The new release of shop/production is already being switched in."

  @database/cancel/finished-is-refused
  Scenario: What has failed cannot be cancelled
    Given A of shop/production has failed
    When "alice" cancels A
    Then it is refused with "deployment-finished"
    And the message is "The deployment has already ended: failed."

  @database/cancel/finished-is-refused
  Scenario: What has succeeded cannot be cancelled
    Given A of shop/production has released v1 at abc0001
    When "alice" cancels A
    Then it is refused with "deployment-finished"
    And the message is "The deployment has already ended: success."

  @database/cancel/finished-is-refused
  Scenario: What was superseded cannot be cancelled
    Given A of shop/production is waiting
    And B of shop/production is waiting
    When "alice" cancels A
    Then it is refused with "deployment-finished"
    And the message is "The deployment has already ended: superseded."

  @database/cancel/finished-is-refused
  Scenario: What was cancelled cannot be cancelled again
    Given A of shop/production is waiting
    And "alice" cancels A
    When "alice" cancels A
    Then it is refused with "deployment-finished"
    And the message is "The deployment has already ended: cancelled."

  @database/cancel/finished-is-refused
  Scenario: What was rolled back cannot be cancelled
    Given A of shop/production is running under "w1"
    And "w1" completes A as rolled_back because it broke
    When "alice" cancels A
    Then it is refused with "deployment-finished"
    And the message is "The deployment has already ended: rolled_back."

  @database/cancel/unknown-is-refused
  Scenario Outline: The unknown deployment <id> cannot be cancelled
    When "alice" cancels <id>
    Then it is refused with "unknown-deployment"
    And the message is "No deployment has the id "<id>"."

    Examples:
      | id                                   |
      | 00000000-0000-4000-8000-000000000000 |
      | nonsense                             |
