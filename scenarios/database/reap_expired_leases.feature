Feature: Lost workers are reaped
  fn_reap_expired_leases fails what expired after its last attempt.

  Background:
    Given the usual registry
    And X of shop/staging is waiting

  @database/reap/last-attempt-fails @smoke
  Scenario: A deployment that expired after its third attempt fails
    Given A of shop/production is on attempt 3 under "w1"
    And "w1" reports "fetch" of A as started
    And "w1" reports "fetch" of A as succeeded
    And "w1" reports "build" of A as started
    And B of blog/production is running under "w2"
    And "w2" reports "build" of B as started
    And the health of shop/production is recorded as "healthy"
    And the health of blog/production is recorded as "healthy"
    And the lease of shop/production has expired
    When expired leases are reaped
    Then the answer is "reaped"
    And the message is "Deployments whose worker is lost: 1."
    And the HTTP status is 200
    And the answer has no entity
    And the updated fields are none
    And the cascade is Deployment A
    And the metadata is:
      | count | 1 |
    And the call wrote exactly:
      | changed | tb_deployment A                 | completed_at duration_seconds error_code error_message status |
      | changed | tb_deployment_request A         | status |
      | changed | tb_lease shop/production        | released_at |
      | changed | tb_fraise_state shop/production | status |
      | changed | tb_deployment_step A/build/3    | completed_at state |
      | added   | tb_event deployment.completed   | |
    And A shows:
      | outcome          | failed                 |
      | error_code       | worker-lost            |
      | error_message    | The worker w1 is lost. |
      | completed_at     | a time                 |
      | duration_seconds | a number               |
    And tb_deployment_request A has:
      | status | failed |
    And tb_fraise_state shop/production has:
      | status | unknown |
    And tb_deployment_step A/build/3 has:
      | state | failed |
    And the events of the call are:
      | event_type           | entity_type | entity_id | fraise | environment | payload                                                                                                                                  |
      | deployment.completed | Deployment  | id of A   | shop   | production  | status=failed; error_code=worker-lost; error_message=The worker w1 is lost.; duration_seconds=a number; old_version=null; new_version=null |

  @database/reap/last-attempt-fails
  Scenario: Several lost workers are reaped at once
    Given A of shop/production is on attempt 3 under "w1"
    And B of blog/production is on attempt 3 under "w2"
    And the lease of shop/production has expired
    And the lease of blog/production has expired
    When expired leases are reaped
    Then the answer is "reaped"
    And the metadata is:
      | count | 2 |
    And the message is "Deployments whose worker is lost: 2."
    And A is "failed"
    And B is "failed"

  @database/reap/others-are-left
  Scenario: What was reaped before is left alone
    Given A of shop/production is on attempt 3 under "w1"
    And the lease of shop/production has expired
    And expired leases are reaped
    And B of blog/production is on attempt 3 under "w2"
    And B was started 100 days ago
    And the lease of blog/production has expired
    When expired leases are reaped
    Then the answer is "reaped"
    And the cascade is Deployment B
    And the duration of B is about 8640000 seconds
    And the call wrote exactly:
      | changed | tb_deployment B                 | completed_at duration_seconds error_code error_message status |
      | changed | tb_deployment_request B         | status |
      | changed | tb_lease blog/production        | released_at |
      | added   | tb_event deployment.completed   | |

  @database/reap/others-are-left
  Scenario: With all reaped there is nothing to reap
    Given A of shop/production is on attempt 3 under "w1"
    And the lease of shop/production has expired
    And expired leases are reaped
    When expired leases are reaped
    Then the answer is "nothing-to-reap" and nothing changed

  @database/reap/others-are-left
  Scenario: An expired lease with attempts left is not reaped
    Given A of shop/production is on attempt 2 under "w1"
    And the lease of shop/production has expired
    When expired leases are reaped
    Then the answer is "nothing-to-reap" and nothing changed
    And the message is "No worker is lost."
    And the cascade is nothing
    And the metadata is:
      | count | 0 |

  @database/reap/others-are-left
  Scenario: A live lease on the third attempt is not reaped
    Given A of shop/production is on attempt 3 under "w1"
    And B of blog/production is running under "w2"
    And the lease of blog/production has expired
    When expired leases are reaped
    Then the answer is "nothing-to-reap" and nothing changed

  @database/reap/others-are-left
  Scenario: What has ended is not reaped though its lease is old
    Given A of shop/production is on attempt 3 under "w1"
    And "w1" completes A as failed because it broke
    And the lease of shop/production has expired
    When expired leases are reaped
    Then the answer is "nothing-to-reap" and nothing changed

  @database/reap/environment-is-free-again
  Scenario: After the reaping the environment takes the next deployment
    Given A of shop/staging is on attempt 3 under "w1"
    And B of shop/staging is waiting
    And the lease of shop/staging has expired
    And expired leases are reaped
    When "w2" claims B
    Then the answer is "claimed"
    And the metadata has:
      | fencing_token | 4 |
