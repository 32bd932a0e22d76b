Feature: A worker claims a deployment
  fn_claim_deployment gives a worker the lease of an environment with a growing fencing token.

  Background:
    Given the usual registry

  @database/claim/oldest-is-claimed @smoke
  Scenario: The oldest waiting deployment is claimed
    Given A of shop/production is waiting at abc0001
    And B of blog/production is waiting
    When "w1" claims anything for 90
    Then the answer is "claimed"
    And the message is "w1 has claimed shop/production."
    And the HTTP status is 200
    And the updated fields are status started_at attempt worker old_version
    And the cascade is nothing
    And the entity is Deployment A
    And the entity is what v_deployment shows
    And A shows:
      | status     | IN_PROGRESS |
      | outcome    | in_progress |
      | attempt    | 1           |
      | worker     | w1          |
      | started_at | a time      |
    And the call wrote exactly:
      | changed | tb_deployment A              | attempt started_at status worker |
      | changed | tb_deployment_request A      | status |
      | added   | tb_lease shop/production     | |
      | added   | tb_event deployment.started  | |
    And tb_deployment_request A has:
      | status | processing |
    And tb_lease shop/production has:
      | fencing_token | 1              |
      | owner         | w1             |
      | expires_at    | a time to come |
      | released_at   | null           |
    And the lease of shop/production ends in 90 seconds
    And the events of the call are:
      | event_type         | entity_type | entity_id | fraise | environment | payload                              |
      | deployment.started | Deployment  | id of A   | shop   | production  | worker=w1; attempt=1; fencing_token=1 |
    And the metadata is:
      | fencing_token    | 1              |
      | lease_expires_at | a time to come |
      | attempt          | 1              |
      | cancel_requested | false          |
      | deployment_kind  | deploy         |
      | force            | false          |
      | cutover_at       | null           |
      | current_release  | null           |
      | target_release   | null           |
      | steps            | []             |
      | automatic_rollback | true         |

  @database/claim/named-one-is-claimed
  Scenario: A named deployment is claimed though another is older
    Given A of shop/production is waiting
    And B of blog/production is waiting
    When "w1" claims B
    Then the answer is "claimed"
    And the entity is Deployment B
    And A is "pending"
    And B is "in_progress"

  @database/claim/nothing-to-claim
  Scenario: With nothing waiting there is nothing to claim
    Given A of shop/production has failed
    And B of shop/production has released v1 at abc0001
    And C of blog/production is running under "w1"
    When "w2" claims anything
    Then the answer is "nothing-to-claim" and nothing changed
    And the message is "No deployment is waiting."
    And the answer has no entity
    And the metadata is empty
    And the updated fields are none

  @database/claim/oldest-is-claimed
  Scenario: What has ended is passed over though its lease is old
    Given A of shop/production has failed
    And B of blog/production is waiting
    And the lease of shop/production has expired
    When "w1" claims anything
    Then the answer is "claimed"
    And the entity is Deployment B

  @database/claim/busy-environment-waits
  Scenario: What waits for a busy environment is passed over
    Given A of shop/production is running under "w1"
    And B of shop/production is waiting
    And C of shop/staging is waiting
    When "w2" claims anything
    Then the answer is "claimed"
    And the entity is Deployment C
    And B is "pending"

  @database/claim/busy-environment-waits
  Scenario: With only a busy environment's deployment waiting there is nothing to claim
    Given A of shop/production is running under "w1"
    And B of shop/production is waiting
    When "w2" claims anything
    Then the answer is "nothing-to-claim" and nothing changed

  @database/claim/not-claimable-is-refused
  Scenario: A named deployment of a busy environment is refused
    Given A of shop/production is running under "w1"
    And B of shop/production is waiting
    And C of shop/staging is waiting
    When "w2" claims B
    Then it is refused with "not-claimable"
    And the message is "The deployment is not waiting, or its environment is busy."

  @database/claim/not-claimable-is-refused
  Scenario: A named deployment of an environment with an expired lease is refused
    Given A of shop/production is running under "w1"
    And B of shop/production is waiting
    And the lease of shop/production has expired
    When "w2" claims B
    Then it is refused with "not-claimable"

  @database/claim/not-claimable-is-refused
  Scenario: A named deployment that runs under a live lease is refused
    Given A of shop/production is running under "w1"
    And B of shop/staging is running under "w3"
    And the lease of shop/staging has expired
    When "w2" claims A
    Then it is refused with "not-claimable"

  @database/claim/not-claimable-is-refused
  Scenario: A named deployment that has failed is refused though another waits
    Given A of shop/production has failed
    And B of shop/production is waiting
    And the lease of shop/production has expired
    When "w2" claims A
    Then it is refused with "not-claimable"

  @database/claim/not-claimable-is-refused
  Scenario: A named deployment that was superseded is refused
    Given A of shop/production is waiting
    And B of shop/production is waiting
    When "w2" claims A
    Then it is refused with "not-claimable"

  @database/claim/wrong-calls-are-refused
  Scenario Outline: A claim with <fault> is refused
    Given A of shop/production is waiting
    When fn_claim_deployment is asked with:
      | worker   | lease_seconds | deployment_id |
      | <worker> | <seconds>     | <deployment>  |
    Then it is refused with "<code>"
    And the message is "<message>"

    Examples:
      | fault                 | worker  | seconds | deployment                           | code               | message                                                                |
      | an empty worker       | (empty) | 60      | null                                 | invalid-argument   | The argument "worker" has a value that is not allowed.                 |
      | no worker             | null    | 60      | null                                 | invalid-argument   | The argument "worker" has a value that is not allowed.                 |
      | a lease of 0 seconds  | w1      | 0       | null                                 | invalid-argument   | The argument "lease_seconds" has a value that is not allowed.          |
      | a lease of 3601       | w1      | 3601    | null                                 | invalid-argument   | The argument "lease_seconds" has a value that is not allowed.          |
      | no lease              | w1      | null    | null                                 | invalid-argument   | The argument "lease_seconds" has a value that is not allowed.          |
      | an unknown deployment | w1      | 60      | 00000000-0000-4000-8000-000000000000 | unknown-deployment | No deployment has the id "00000000-0000-4000-8000-000000000000".       |
      | an id that is no UUID | w1      | 60      | nonsense                             | unknown-deployment | No deployment has the id "nonsense".                                   |
      | worker before id      | (empty) | 60      | nonsense                             | invalid-argument   | The argument "worker" has a value that is not allowed.                 |

  @database/claim/wrong-calls-are-refused
  Scenario Outline: The refusal of a claim names <argument>
    When fn_claim_deployment is asked with:
      | worker   | lease_seconds |
      | <worker> | <seconds>     |
    Then it is refused with "invalid-argument" of "<argument>"

    Examples:
      | argument      | worker  | seconds |
      | worker        | (empty) | 0       |
      | lease_seconds | w1      | 0       |

  @database/claim/lease-length
  Scenario Outline: A lease of <seconds> seconds is given
    Given A of shop/production is waiting
    When "w1" claims A for <seconds>
    Then the answer is "claimed"
    And the lease of shop/production ends in <seconds> seconds

    Examples:
      | seconds |
      | 1       |
      | 3600    |

  @database/claim/expired-lease-is-taken-over
  Scenario: A deployment whose lease expired is taken over
    Given A of shop/production is running under "w1"
    And B of shop/production is waiting
    And C of blog/production is waiting
    And D of shop/staging is running under "w3"
    And the lease of shop/production has expired
    And A was started 1 days ago
    When "w2" claims anything
    Then the answer is "taken-over"
    And the message is "w2 has taken shop/production over."
    And the updated fields are attempt worker
    And the entity is Deployment A
    And the call wrote exactly:
      | changed | tb_deployment A                | attempt worker |
      | changed | tb_lease shop/production       | acquired_at expires_at fencing_token owner |
      | added   | tb_event deployment.taken_over | |
    And A shows:
      | outcome | in_progress |
      | attempt | 2           |
      | worker  | w2          |
    And tb_lease shop/production has:
      | fencing_token | 2              |
      | owner         | w2             |
      | expires_at    | a time to come |
      | released_at   | null           |
    And the metadata has:
      | fencing_token | 2 |
      | attempt       | 2 |
    And the events of the call are:
      | event_type            | entity_id | payload                              |
      | deployment.taken_over | id of A   | worker=w2; attempt=2; fencing_token=2 |

  @database/claim/expired-lease-is-taken-over
  Scenario: A named deployment can be taken over on its second attempt
    Given A of shop/production is on attempt 2 under "w1"
    And the lease of shop/production has expired
    When "w2" claims A
    Then the answer is "taken-over"
    And the metadata has:
      | attempt       | 3 |
      | fencing_token | 3 |

  @database/claim/attempts-end
  Scenario: After the third attempt nobody takes over
    Given A of shop/production is on attempt 3 under "w1"
    And the lease of shop/production has expired
    When "w2" claims A
    Then it is refused with "not-claimable"

  @database/claim/attempts-end
  Scenario: After the third attempt there is nothing to claim
    Given A of shop/production is on attempt 3 under "w1"
    And the lease of shop/production has expired
    When "w2" claims anything
    Then the answer is "nothing-to-claim" and nothing changed

  @database/claim/live-lease-stands
  Scenario: A live lease stands though another environment's has expired
    Given A of shop/production is running under "w1"
    And B of blog/production is on attempt 3 under "w2"
    And the lease of blog/production has expired
    When "w3" claims anything
    Then the answer is "nothing-to-claim" and nothing changed

  @database/claim/token-grows
  Scenario: The token of an environment grows with every claim, each environment for itself
    Given A of shop/production has released v1 at abc0001
    And B of blog/production has failed
    And C of blog/production has failed
    And D of shop/production is waiting at abc0002
    When "w1" claims anything
    Then the answer is "claimed"
    And the call wrote exactly:
      | changed | tb_deployment D             | attempt old_version started_at status worker |
      | changed | tb_deployment_request D     | status |
      | changed | tb_lease shop/production    | acquired_at expires_at fencing_token fk_deployment owner released_at |
      | added   | tb_event deployment.started | |
    And tb_lease shop/production has:
      | fencing_token | 2    |
      | owner         | w1   |
      | released_at   | null |
    And D shows:
      | old_version | v1 |

  @database/claim/worker-is-told
  Scenario: The worker is told the current release
    Given X of shop/staging has released v9 at fff0009
    And A of shop/production has released v1 at abc0001
    And B of shop/production is waiting at abc0002
    When "w1" claims B
    Then the answer is "claimed"
    And the current release that the worker is told has:
      | version         | v1            |
      | git_commit      | abc0001       |
      | fraise          | shop          |
      | environment     | production    |
      | artifact_digest | sha256:feed   |
      | config          | {"port": 8000} |
      | migration_head  | 0007          |
    And the metadata has:
      | target_release  | null   |
      | deployment_kind | deploy |

  @database/claim/worker-is-told
  Scenario: The worker of a rollback is told the target release
    Given X of shop/staging has released v9 at fff0009
    And A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And "alice" requests a rollback of shop/production as R
    When "w1" claims R
    Then the answer is "claimed"
    And the metadata has:
      | deployment_kind | rollback |
    And the current release that the worker is told has:
      | version | v2 |
    And the target release that the worker is told has:
      | version    | v1      |
      | git_commit | abc0001 |

  @database/claim/worker-is-told
  Scenario: The worker is told that the deployment is forced
    Given B of shop/staging is waiting
    And "alice" requests a deployment of shop/production at abc0001, forced as A
    When "w1" claims A
    Then the metadata has:
      | force | true |

  @database/claim/worker-is-told
  Scenario: The worker who takes over a deployment with a release is told no target
    Given A of shop/production is running under "w1"
    And "w1" records release "v1" of A at abc0001
    And the lease of shop/production has expired
    When "w2" claims A
    Then the answer is "taken-over"
    And the metadata has:
      | target_release  | null |
      | current_release | null |

  @database/claim/worker-is-told
  Scenario: The worker who takes over is told the steps, the cutover and the wish to cancel
    Given A of shop/production is running under "w1"
    And B of blog/production is running under "w3"
    And "w3" reports "build" of B as started
    And "w1" reports "fetch" of A as started
    And "w1" reports "fetch" of A as succeeded
    And "alice" cancels A
    And the lease of shop/production has expired
    When "w2" claims A
    Then the metadata has:
      | cancel_requested | true |
      | cutover_at       | null |
    And the steps that the worker is told are:
      | attempt | step  | state     |
      | 1       | fetch | succeeded |

  @database/claim/worker-is-told
  Scenario: The steps of all attempts are told, oldest first
    Given A of shop/production is running under "w1"
    And "w1" reports "fetch" of A as started
    And "w1" reports "fetch" of A as succeeded
    And "w1" reports "build" of A as started
    And the lease of shop/production has expired
    And "w2" claims A
    And "w2" reports "fetch" of A as skipped
    And "w2" reports "switch" of A as started
    And the lease of shop/production has expired
    When "w3" claims A
    Then the metadata has:
      | cutover_at | a time |
    And the steps that the worker is told are:
      | attempt | step   | state     |
      | 1       | fetch  | succeeded |
      | 1       | build  | started   |
      | 2       | fetch  | skipped   |
      | 2       | switch | started   |

  @database/claim/first-claim-only
  Scenario: A take-over keeps the start and the old version
    Given A of shop/production has released v1 at abc0001
    And B of shop/production is running under "w1"
    And B was started 2 days ago
    And the lease of shop/production has expired
    And the current version of shop/production is changed to v7
    When "w2" claims B
    Then the answer is "taken-over"
    And the call wrote exactly:
      | changed | tb_deployment B                | attempt worker |
      | changed | tb_lease shop/production       | acquired_at expires_at fencing_token owner |
      | added   | tb_event deployment.taken_over | |
    And B shows:
      | old_version | v1 |
