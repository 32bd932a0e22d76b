Feature: A worker keeps its lease
  fn_heartbeat extends the lease of the worker that holds it, and of no other.

  Background:
    Given the usual registry
    And Z of blog/production has failed
    And Y of blog/production is running under "w9"
    And A of shop/production is running under "w1"

  @database/heartbeat/lease-is-extended @smoke
  Scenario: The lease is extended and no event is written
    When "w1" renews A for 900
    Then the answer is "renewed"
    And the message is "The lease of shop/production is renewed."
    And the HTTP status is 200
    And the answer has no entity
    And the entity is Deployment A
    And the updated fields are none
    And the metadata is:
      | cancel_requested | false          |
      | lease_expires_at | a time to come |
    And the call wrote exactly:
      | changed | tb_lease shop/production | expires_at |
    And the lease of shop/production ends in 900 seconds

  @database/heartbeat/lease-is-extended
  Scenario: A lease that has expired but was not taken over is extended
    Given the lease of shop/production has expired
    When "w1" renews A for 60
    Then the answer is "renewed"
    And the lease of shop/production ends in 60 seconds

  @database/heartbeat/cancel-is-told
  Scenario: The worker hears that a cancel was requested
    Given "alice" cancels A
    When "w1" renews A
    Then the answer is "renewed"
    And the metadata has:
      | cancel_requested | true |

  @database/heartbeat/cancel-is-told
  Scenario: The worker does not hear of another deployment's cancel
    Given "alice" cancels Y
    When "w1" renews A
    Then the metadata has:
      | cancel_requested | false |

  @database/heartbeat/lost-lease-is-refused
  Scenario: A worker whose lease was taken over is refused
    Given the lease of shop/production has expired
    And "w2" claims A
    When "w1" renews A
    Then it is refused with "lease-lost"
    And the message is "Another worker has taken shop/production over."

  @database/heartbeat/lost-lease-is-refused
  Scenario Outline: A heartbeat with <fault> is refused
    When fn_heartbeat is asked with:
      | deployment_id | worker   | fencing_token | lease_seconds |
      | id of A       | <worker> | <token>       | 60            |
    Then it is refused with "lease-lost"

    Examples:
      | fault                             | worker | token |
      | another owner                     | w2     | 1     |
      | the owner of another environment  | w9     | 1     |
      | an older token                    | w1     | 0     |
      | the token of another environment  | w1     | 2     |
      | no token                          | w1     | null  |
      | no owner                          | null   | 1     |

  @database/heartbeat/lost-lease-is-refused
  Scenario: A released lease is refused
    Given the lease of shop/production has been released
    When "w1" renews A
    Then it is refused with "lease-lost"

  @database/heartbeat/wrong-calls-are-refused
  Scenario Outline: A heartbeat for <fault> is refused
    When fn_heartbeat is asked with:
      | deployment_id | worker | fencing_token | lease_seconds |
      | <deployment>  | w1     | <token>       | <seconds>     |
    Then it is refused with "<code>"

    Examples:
      | fault                     | deployment                           | token | seconds | code                |
      | an unknown deployment     | 00000000-0000-4000-8000-000000000000 | 1     | 60      | unknown-deployment  |
      | an id that is no UUID     | nonsense                             | 1     | 60      | unknown-deployment  |
      | no id                     | null                                 | 1     | 60      | unknown-deployment  |
      | an ended deployment       | id of Z                              | 2     | 60      | deployment-finished |
      | 0 seconds                 | id of A                              | 1     | 0       | invalid-argument    |
      | 3601 seconds              | id of A                              | 1     | 3601    | invalid-argument    |
      | no seconds                | id of A                              | 1     | null    | invalid-argument    |
      | lease before seconds      | id of A                              | 7     | 0       | lease-lost          |

  @database/heartbeat/wrong-calls-are-refused
  Scenario: The refused lease length is named
    When "w1" renews A for 0
    Then it is refused with "invalid-argument" of "lease_seconds"

  @database/heartbeat/wrong-calls-are-refused
  Scenario: A waiting deployment has no lease to lose
    Given B of shop/staging is waiting
    When "w1" renews B
    Then it is refused with "lease-lost"

  @database/heartbeat/lease-length
  Scenario Outline: A heartbeat may ask for <seconds> seconds
    When "w1" renews A for <seconds>
    Then the answer is "renewed"
    And the lease of shop/production ends in <seconds> seconds

    Examples:
      | seconds |
      | 1       |
      | 3600    |
