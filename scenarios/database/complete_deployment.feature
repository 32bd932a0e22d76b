Feature: A worker ends a deployment
  fn_complete_deployment ends the deployment, its request and its lease, and moves the state of the environment.

  Background:
    Given the usual registry
    And X of shop/staging has released v9 at fff0009
    And Z of blog/production has failed
    And Y of blog/production is running under "w9"
    And "w9" reports "build" of Y as started

  @database/complete/success-moves-the-state @smoke
  Scenario: The first success makes its release the current one
    Given "alice" requests a deployment of shop/production at abc0001 as A
    And "bob" requests a deployment of shop/staging at fff0010 as L
    And "w1" claims A
    And "w1" records release "v1" of A at abc0001
    When "w1" completes A as success and healthy
    Then the answer is "completed"
    And the message is "The deployment of shop/production has ended: success."
    And the HTTP status is 200
    And the updated fields are status completed_at duration_seconds error_code error_message
    And the metadata is empty
    And the entity is Deployment A
    And the entity is what v_deployment shows
    And the call wrote exactly:
      | changed | tb_deployment A                 | completed_at duration_seconds status |
      | changed | tb_deployment_request A         | status |
      | changed | tb_lease shop/production        | released_at |
      | changed | tb_release v1 shop/production   | deployed_at |
      | changed | tb_fraise_state shop/production | current_version fk_current_release last_deployed_at last_deployed_by status target_provider |
      | added   | tb_event deployment.completed   | |
    And A shows:
      | status           | SUCCESS  |
      | outcome          | success  |
      | completed_at     | a time   |
      | duration_seconds | a number |
      | error_code       | null     |
      | error_message    | null     |
    And tb_deployment_request A has:
      | status | completed |
    And tb_fraise_state shop/production has:
      | current_version  | v1      |
      | last_deployed_at | a time  |
      | last_deployed_by | alice   |
      | target_provider  | local   |
      | status           | healthy |
      | held_commit      | null    |
    And v_release holds:
      | version | environment | data.current | data.deployed_at | data.retired_at |
      | v9      | staging     | true         | a time           | null            |
      | v1      | production  | true         | a time           | null            |
    And the events of the call are:
      | event_type           | entity_type | entity_id | fraise | environment | payload                                                                                                              |
      | deployment.completed | Deployment  | id of A   | shop   | production  | status=success; error_code=null; error_message=null; duration_seconds=a number; old_version=null; new_version=v1 |

  @database/complete/success-retires-the-old-release
  Scenario: The next success retires the release that was current
    Given A of shop/production has released v1 at abc0001
    And B of shop/production is waiting at abc0002
    And "w1" claims B
    And "w1" records release "v2" of B at abc0002
    When "w1" completes B as success and degraded
    Then the answer is "completed"
    And the call wrote exactly:
      | changed | tb_deployment B                 | completed_at duration_seconds status |
      | changed | tb_deployment_request B         | status |
      | changed | tb_lease shop/production        | released_at |
      | changed | tb_release v2 shop/production   | deployed_at |
      | changed | tb_release v1 shop/production   | retired_at |
      | changed | tb_fraise_state shop/production | current_version fk_current_release last_deployed_at status |
      | added   | tb_event deployment.completed   | |
    And v_release holds:
      | version | environment | data.current | data.retired_at |
      | v9      | staging     | true         | null            |
      | v1      | production  | false        | a time          |
      | v2      | production  | true         | null            |
    And the events of the call are:
      | event_type           | payload                                                                                                            |
      | deployment.completed | status=success; error_code=null; error_message=null; duration_seconds=a number; old_version=v1; new_version=v2 |

  @database/complete/success-of-the-current-release
  Scenario: A deployment that was unchanged retires nothing
    Given A of shop/production has released v1 at abc0001
    And B of shop/production is waiting at abc0001
    And "w1" claims B
    And "w1" records release "v2" of B at abc0001
    When "w1" completes B as success
    Then the answer is "completed"
    And v_release holds:
      | version | environment | data.current | data.retired_at |
      | v9      | staging     | true         | null            |
      | v1      | production  | true         | null            |
    And tb_fraise_state shop/production has:
      | current_version | v1      |
      | status          | healthy |

  @database/complete/duration-is-measured
  Scenario: The duration runs from the start
    Given A of shop/production is running under "w1"
    And A was started 100 days ago
    When "w1" completes A as failed because it broke
    Then the duration of A is about 8640000 seconds

  @database/complete/rollback-holds-the-commit
  Scenario: A rollback holds the commit that it left
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And "alice" requests a rollback of shop/production as R
    And "w1" claims R
    And "w1" records release "v1" of R at abc0001
    When "w1" completes R as success and healthy
    Then the answer is "completed"
    And tb_fraise_state shop/production has:
      | held_commit      | abc0002 |
      | current_version  | v1      |
      | last_deployed_by | alice   |
    And tb_fraise_state shop/staging has:
      | held_commit | null |
    And v_release holds:
      | version | environment | data.current | data.retired_at |
      | v9      | staging     | true         | null            |
      | v1      | production  | true         | null            |
      | v2      | production  | false        | a time          |

  @database/complete/rollback-holds-the-commit
  Scenario: A rollback to the release that was current all the time holds what was held
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And R of shop/production has rolled back
    And "alice" requests a rollback of shop/production to v1, forced as S
    And "w1" claims S
    And "w1" records release "v1" of S at abc0001
    When "w1" completes S as success and healthy
    Then the answer is "completed"
    And tb_fraise_state shop/production has:
      | held_commit     | abc0002 |
      | current_version | v1      |
    And v_release holds:
      | version | environment | data.current | data.retired_at |
      | v9      | staging     | true         | null            |
      | v1      | production  | true         | null            |
      | v2      | production  | false        | a time          |

  @database/complete/deployed-when-it-began-to-serve
  Scenario: The release that a rollback goes back to is deployed anew
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And the releases were deployed long ago
    And "alice" requests a rollback of shop/production as R
    And "w1" claims R
    And "w1" records release "v1" of R at abc0001
    When "w1" completes R as success
    Then the call wrote exactly:
      | changed | tb_deployment R                 | completed_at duration_seconds status |
      | changed | tb_deployment_request R         | status |
      | changed | tb_lease shop/production        | released_at |
      | changed | tb_release v1 shop/production   | deployed_at retired_at |
      | changed | tb_release v2 shop/production   | retired_at |
      | changed | tb_fraise_state shop/production | current_version fk_current_release held_commit last_deployed_at last_deployed_by |
      | added   | tb_event deployment.completed   | |

  @database/complete/deployed-when-it-began-to-serve
  Scenario: The release that stays current is deployed since it began
    Given A of shop/production has released v1 at abc0001
    And the releases were deployed long ago
    And B of shop/production is waiting at abc0001
    And "w1" claims B
    And "w1" records release "v1" of B at abc0001
    When "w1" completes B as success
    Then the call wrote exactly:
      | changed | tb_deployment B                 | completed_at duration_seconds status |
      | changed | tb_deployment_request B         | status |
      | changed | tb_lease shop/production        | released_at |
      | changed | tb_fraise_state shop/production | last_deployed_at |
      | added   | tb_event deployment.completed   | |

  @database/complete/deployment-clears-the-hold
  Scenario: A deployment that succeeds clears the hold
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And R of shop/production has rolled back
    And C of shop/production is waiting at abc0003
    And "w1" claims C
    And "w1" records release "v3" of C at abc0003
    When "w1" completes C as success and healthy
    Then the answer is "completed"
    And tb_fraise_state shop/production has:
      | held_commit | null |

  @database/complete/other-ends-leave-the-state
  Scenario Outline: A deployment that ends as <status> leaves the current release and the hold
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And R of shop/production has rolled back
    And C of shop/production is waiting at abc0003
    And "w1" claims C
    And "w1" records release "v3" of C at abc0003
    And "alice" cancels C
    When "w1" completes C as <status> and down with build-failed because it broke
    Then the answer is "completed"
    And the message is "The deployment of shop/production has ended: <status>."
    And the call wrote exactly:
      | changed | tb_deployment C                 | completed_at duration_seconds error_code error_message status |
      | changed | tb_deployment_request C         | status |
      | changed | tb_lease shop/production        | released_at |
      | changed | tb_fraise_state shop/production | status |
      | added   | tb_event deployment.completed   | |
    And C shows:
      | outcome       | <status>     |
      | status        | <shown>      |
      | error_code    | build-failed |
      | error_message | it broke     |
    And tb_deployment_request C has:
      | status | <request> |
    And tb_fraise_state shop/production has:
      | status          | down    |
      | current_version | v1      |
      | held_commit     | abc0002 |
    And the events of the call are:
      | event_type           | entity_id | payload                                                                                                                            |
      | deployment.completed | id of C   | status=<status>; error_code=build-failed; error_message=it broke; duration_seconds=a number; old_version=v1; new_version=v3 |

    Examples:
      | status      | shown       | request   |
      | failed      | FAILED      | failed    |
      | rolled_back | ROLLED_BACK | failed    |
      | cancelled   | FAILED      | cancelled |

  @database/complete/health-is-left-when-null
  Scenario: Without a health the environment's health is left as it was
    Given A of shop/production has released v1 at abc0001
    And B of shop/production is running under "w1"
    When "w1" completes B as failed because it broke
    Then the answer is "completed"
    And the call wrote exactly:
      | changed | tb_deployment B               | completed_at duration_seconds error_message status |
      | changed | tb_deployment_request B       | status |
      | changed | tb_lease shop/production      | released_at |
      | added   | tb_event deployment.completed | |
    And tb_fraise_state shop/production has:
      | status | healthy |

  @database/complete/every-health-is-taken
  Scenario Outline: The health <health> is taken
    Given A of shop/production is running under "w1"
    When "w1" completes A as failed and <health> because it broke
    Then the answer is "completed"
    And tb_fraise_state shop/production has:
      | status | <health> |

    Examples:
      | health   |
      | healthy  |
      | degraded |
      | down     |
      | unknown  |

  @database/complete/open-steps-fail
  Scenario: Steps that are still started become failed
    Given A of shop/production is running under "w1"
    And "w1" reports "fetch" of A as started
    And "w1" reports "fetch" of A as succeeded
    And "w1" reports "seed" of A as skipped
    And "w1" reports "build" of A as started
    When "w1" completes A as failed because it broke
    Then the answer is "completed"
    And the call wrote exactly:
      | changed | tb_deployment A               | completed_at duration_seconds error_message status |
      | changed | tb_deployment_request A       | status |
      | changed | tb_lease shop/production      | released_at |
      | changed | tb_deployment_step A/build/1  | completed_at state |
      | added   | tb_event deployment.completed | |
    And tb_deployment_step A/build/1 has:
      | state | failed |

  @database/complete/details-are-kept
  Scenario: Details are kept
    Given A of shop/production is running under "w1"
    When fn_complete_deployment is asked with:
      | deployment_id | fencing_token | status | error_message | details       |
      | id of A       | 1             | failed | it broke      | {"line": 7}   |
    Then the answer is "completed"
    And tb_deployment A has:
      | details | {"line": 7} |

  @database/complete/lost-lease-is-refused
  Scenario: A worker whose lease was taken over is refused
    Given A of shop/production is running under "w1"
    And the lease of shop/production has expired
    And "w2" claims A
    When "w1" completes A as failed because it broke
    Then it is refused with "lease-lost"
    And the message is "Another worker has taken shop/production over."

  @database/complete/lost-lease-is-refused
  Scenario: A released lease is refused
    Given A of shop/production is running under "w1"
    And the lease of shop/production has been released
    When "w1" completes A as failed because it broke
    Then it is refused with "lease-lost"

  @database/complete/finished-is-refused
  Scenario: A deployment that has ended is not ended again
    Given A of shop/production is running under "w1"
    And "w1" completes A as failed because it broke
    When "w1" completes A as failed because it broke again
    Then it is refused with "deployment-finished"
    And the message is "The deployment has already ended: failed."

  @database/complete/wrong-calls-are-refused
  Scenario Outline: An end with <fault> is refused
    Given A of shop/production is running under "w1"
    And B of shop/production is waiting
    When fn_complete_deployment is asked with:
      | deployment_id | fencing_token | status   | health   | error_message |
      | <deployment>  | <token>       | <status> | <health> | <error>       |
    Then it is refused with "<code>"

    Examples:
      | fault                     | deployment                           | token | status      | health | error    | code                |
      | an unknown deployment     | 00000000-0000-4000-8000-000000000000 | 1     | failed      | null   | it broke | unknown-deployment  |
      | an id that is no UUID     | nonsense                             | 1     | failed      | null   | it broke | unknown-deployment  |
      | an ended deployment       | id of Z                              | 1     | failed      | null   | it broke | deployment-finished |
      | a waiting deployment      | id of B                              | 1     | failed      | null   | it broke | lease-lost          |
      | an older token            | id of A                              | 0     | failed      | null   | it broke | lease-lost          |
      | a token of elsewhere      | id of A                              | 2     | failed      | null   | it broke | lease-lost          |
      | lease before arguments    | id of A                              | 7     | magic       | null   | it broke | lease-lost          |
      | an unknown status         | id of A                              | 1     | magic       | null   | it broke | invalid-argument    |
      | a status that is no end   | id of A                              | 1     | in_progress | null   | it broke | invalid-argument    |
      | an unknown health         | id of A                              | 1     | failed      | fine   | it broke | invalid-argument    |
      | failed without a reason   | id of A                              | 1     | failed      | null   | null     | invalid-argument    |
      | rolled back without a reason | id of A                           | 1     | rolled_back | null   | null     | invalid-argument    |
      | failed with an empty reason | id of A                            | 1     | failed      | null   | (empty)  | invalid-argument    |
      | success without a release | id of A                              | 1     | success     | null   | null     | invalid-argument    |
      | cancelled unasked         | id of A                              | 1     | cancelled   | null   | it broke | invalid-argument    |

  @database/complete/wrong-calls-are-refused
  Scenario Outline: The refusal of an end names <argument> for <fault>
    Given A of shop/production is running under "w1"
    When fn_complete_deployment is asked with:
      | deployment_id | fencing_token | status   | health   | error_message |
      | id of A       | 1             | <status> | <health> | <error>       |
    Then it is refused with "invalid-argument" of "<argument>"
    And the message is "The argument "<argument>" has a value that is not allowed."

    Examples:
      | fault                | argument      | status    | health | error    |
      | an unknown status    | status        | magic     | fine   | null     |
      | an unknown health    | health        | failed    | fine   | null     |
      | a missing reason     | error_message | failed    | null   | null     |
      | a missing release    | status        | success   | null   | null     |
      | a cancel nobody asked | status       | cancelled | null   | it broke |

  @database/complete/wrong-calls-are-refused
  Scenario: Another deployment's cancel request does not allow cancelled
    Given A of shop/production is running under "w1"
    And "alice" cancels Y
    When "w1" completes A as cancelled because it broke
    Then it is refused with "invalid-argument" of "status"
