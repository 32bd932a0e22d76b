Feature: A worker records its steps
  fn_record_step writes one row per deployment, attempt and step.

  Background:
    Given the usual registry
    And Z of blog/production has failed
    And Y of blog/production is running under "w9"
    And A of shop/production is running under "w1"

  @database/record-step/step-is-recorded @smoke
  Scenario: A step that starts is recorded
    Given "w9" reports "build" of Y as started
    And "w1" reports "backup" of A as started
    When fn_record_step is asked with:
      | deployment_id | fencing_token | step  | state   | progress | message    | detail            |
      | id of A       | 1             | build | started | 10       | installing | {"command": "make"} |
    Then the answer is "recorded"
    And the message is "build of shop/production: started."
    And the HTTP status is 200
    And the updated fields are none
    And the cascade is nothing
    And the metadata is:
      | cancel_requested | false |
    And the entity is what v_deployment_step shows
    And the entity has:
      | deployment_id | id of A             |
      | attempt       | 1                   |
      | step          | build               |
      | state         | started             |
      | progress      | 10                  |
      | message       | installing          |
      | detail        | {"command": "make"} |
      | started_at    | a time              |
      | completed_at  | null                |
    And the call wrote exactly:
      | added | tb_deployment_step A/build/1 | |
      | added | tb_event deployment.step     | |
    And the events of the call are:
      | event_type      | entity_type | entity_id | fraise | environment | payload                                                          |
      | deployment.step | Deployment  | id of A   | shop   | production  | step=build; state=started; progress=10; message=installing; attempt=1 |

  @database/record-step/step-is-recorded
  Scenario Outline: A started step that has <state> is ended
    Given "w9" reports "build" of Y as started
    And "w1" reports "fetch" of A as started
    And "w1" reports "build" of A as started at 10 saying installing
    When "w1" reports "build" of A as <state> at 90 saying that was it
    Then the answer is "recorded"
    And the message is "build of shop/production: <state>."
    And the updated fields are state progress message
    And the call wrote exactly:
      | changed | tb_deployment_step A/build/1 | completed_at message progress state |
      | added   | tb_event deployment.step     | |
    And tb_deployment_step A/build/1 has:
      | state        | <state>     |
      | progress     | 90          |
      | message      | that was it |
      | completed_at | a time      |

    Examples:
      | state     |
      | succeeded |
      | failed    |

  @database/record-step/step-is-recorded
  Scenario: A step is skipped without a start
    When "w1" reports "seed" of A as skipped saying nothing to seed
    Then the answer is "recorded"
    And tb_deployment_step A/seed/1 has:
      | state        | skipped         |
      | message      | nothing to seed |
      | completed_at | a time          |

  @database/record-step/started-again-is-progress
  Scenario: Started again updates progress and message
    Given "w9" reports "build" of Y as started
    And "w1" reports "fetch" of A as started
    And "w1" reports "build" of A as started at 10 saying installing
    When "w1" reports "build" of A as started at 60 saying testing
    Then the answer is "recorded"
    And the updated fields are state progress message
    And the call wrote exactly:
      | changed | tb_deployment_step A/build/1 | message progress |
      | added   | tb_event deployment.step     | |
    And tb_deployment_step A/build/1 has:
      | state        | started |
      | progress     | 60      |
      | message      | testing |
      | completed_at | null    |

  @database/record-step/started-again-is-progress
  Scenario Outline: Reported again <how> the details are <kept>
    Given fn_record_step is asked with:
      | deployment_id | fencing_token | step  | state   | progress | message    | detail      |
      | id of A       | 1             | build | started | 10       | installing | {"line": 1} |
    When fn_record_step is asked with:
      | deployment_id | fencing_token | step  | state   | progress   | message   | detail   |
      | id of A       | 1             | build | started | <progress> | <message> | <detail> |
    Then the answer is "recorded"
    And the entity has:
      | progress | <progress after> |
      | message  | <message after>  |
      | detail   | <detail after>   |

    Examples:
      | how          | kept     | progress | message | detail      | progress after | message after | detail after |
      | with nothing | the same | null     | null    | null        | 10             | installing    | {"line": 1}  |
      | with all     | replaced | 20       | testing | {"line": 2} | 20             | testing       | {"line": 2}  |

  @database/record-step/switch-is-the-cutover
  Scenario: A refused switch is no cutover
    Given "alice" cancels A
    When "w1" reports "switch" of A as started
    Then it is refused with "cancel-requested"
    And A shows:
      | cutover_at | null |

  @database/record-step/one-row-per-attempt
  Scenario: The same step of a later attempt is another row
    Given "w1" reports "build" of A as started
    And "w1" reports "build" of A as failed
    And the lease of shop/production has expired
    And "w2" claims A
    When "w2" reports "build" of A as started
    Then the answer is "recorded"
    And the entity has:
      | attempt  | 2 |
      | progress | 0 |
    And the call wrote exactly:
      | added | tb_deployment_step A/build/2 | |
      | added | tb_event deployment.step     | |
    And v_deployment_step in order of attempt holds:
      | attempt | step  | state   |
      | 1       | build | failed  |
      | 2       | build | started |

  @database/record-step/switch-is-the-cutover
  Scenario: The start of switch is the cutover
    When "w1" reports "switch" of A as started
    Then the answer is "recorded"
    And the call wrote exactly:
      | changed | tb_deployment A               | cutover_at |
      | added   | tb_deployment_step A/switch/1 | |
      | added   | tb_event deployment.step      | |
    And A shows:
      | cutover_at | a time |
    And Y shows:
      | cutover_at | null |

  @database/record-step/switch-is-the-cutover
  Scenario: The cutover is set once
    Given "w1" reports "switch" of A as started
    And the cutover of A was long ago
    When "w1" reports "switch" of A as started at 50
    Then the answer is "recorded"
    And A shows:
      | cutover_at | 2020-01-01T00:00:00.000Z |

  @database/record-step/switch-is-the-cutover
  Scenario Outline: <step> as <state> is no cutover
    When "w1" reports "<step>" of A as <state>
    Then the answer is "recorded"
    And A shows:
      | cutover_at | null |

    Examples:
      | step   | state   |
      | health | started |
      | switch | skipped |

  @database/record-step/lost-lease-is-refused
  Scenario: A worker whose lease was taken over is refused
    Given the lease of shop/production has expired
    And "w2" claims A
    When "w1" reports "build" of A as started
    Then it is refused with "lease-lost"
    And the message is "Another worker has taken shop/production over."

  @database/record-step/lost-lease-is-refused
  Scenario: A released lease is refused
    Given the lease of shop/production has been released
    When "w1" reports "build" of A as started
    Then it is refused with "lease-lost"

  @database/record-step/lost-lease-is-refused
  Scenario: A waiting deployment has no lease to write under
    Given B of shop/production is waiting
    When fn_record_step is asked with:
      | deployment_id | fencing_token | step  | state   |
      | id of B       | 1             | build | started |
    Then it is refused with "lease-lost"

  @database/record-step/wrong-calls-are-refused
  Scenario Outline: A step with <fault> is refused
    When fn_record_step is asked with:
      | deployment_id | fencing_token | step   | state   | progress   |
      | <deployment>  | <token>       | <step> | <state> | <progress> |
    Then it is refused with "<code>"

    Examples:
      | fault                  | deployment                           | token | step    | state   | progress | code                |
      | an unknown deployment  | 00000000-0000-4000-8000-000000000000 | 1     | build   | started | 0        | unknown-deployment  |
      | an id that is no UUID  | nonsense                             | 1     | build   | started | 0        | unknown-deployment  |
      | an ended deployment    | id of Z                              | 2     | build   | started | 0        | deployment-finished |
      | an older token         | id of A                              | 0     | build   | started | 0        | lease-lost          |
      | a token of elsewhere   | id of A                              | 2     | build   | started | 0        | lease-lost          |
      | no token               | id of A                              | null  | build   | started | 0        | lease-lost          |
      | lease before arguments | id of A                              | 7     | (empty) | started | 0        | lease-lost          |
      | an unknown state       | id of A                              | 1     | build   | halfway | 0        | invalid-argument    |
      | an empty step          | id of A                              | 1     | (empty) | started | 0        | invalid-argument    |
      | no step                | id of A                              | 1     | null    | started | 0        | invalid-argument    |
      | progress below 0       | id of A                              | 1     | build   | started | -1       | invalid-argument    |
      | progress above 100     | id of A                              | 1     | build   | started | 101      | invalid-argument    |

  @database/record-step/wrong-calls-are-refused
  Scenario Outline: The refusal of a step names <argument>
    When fn_record_step is asked with:
      | deployment_id | fencing_token | step   | state   | progress   |
      | id of A       | 1             | <step> | <state> | <progress> |
    Then it is refused with "invalid-argument" of "<argument>"
    And the message is "The argument "<argument>" has a value that is not allowed."

    Examples:
      | argument | step    | state   | progress |
      | state    | build   | halfway | 0        |
      | step     | (empty) | started | 0        |
      | progress | build   | started | 101      |

  @database/record-step/progress-bounds
  Scenario Outline: A progress of <progress> is taken
    When "w1" reports "build" of A as started at <progress>
    Then the answer is "recorded"
    And tb_deployment_step A/build/1 has:
      | progress | <progress> |

    Examples:
      | progress |
      | 0        |
      | 100      |

  @database/record-step/ended-without-start-is-refused
  Scenario Outline: A step that has <state> without a start is refused
    Given "w9" reports "build" of Y as started
    And "w1" reports "fetch" of A as started
    When "w1" reports "build" of A as <state>
    Then it is refused with "step-not-started"
    And the message is "The step "build" has not started in this attempt."

    Examples:
      | state     |
      | succeeded |
      | failed    |

  @database/record-step/ended-without-start-is-refused
  Scenario: A step that started in an earlier attempt only is refused
    Given "w1" reports "build" of A as started
    And the lease of shop/production has expired
    And "w2" claims A
    When "w2" reports "build" of A as succeeded
    Then it is refused with "step-not-started"

  @database/record-step/ended-twice-is-refused
  Scenario Outline: A step that <first> cannot be reported as <second>
    Given "w1" reports "build" of A as started
    And "w1" reports "build" of A as <first>
    When "w1" reports "build" of A as <second>
    Then it is refused with "step-finished"
    And the message is "The step "build" has already ended in this attempt."

    Examples:
      | first     | second    |
      | succeeded | started   |
      | succeeded | succeeded |
      | succeeded | failed    |
      | failed    | started   |
      | failed    | succeeded |
      | failed    | skipped   |

  @database/record-step/ended-twice-is-refused
  Scenario: A skipped step has ended
    Given "w1" reports "build" of A as skipped
    When "w1" reports "build" of A as started
    Then it is refused with "step-finished"

  @database/record-step/cancel-stops-new-steps
  Scenario: After a cancel request no step starts
    Given "w1" reports "fetch" of A as started
    And "alice" cancels A
    When "w1" reports "build" of A as started
    Then it is refused with "cancel-requested"
    And the message is "Somebody asked to cancel the deployment."

  @database/record-step/cancel-stops-new-steps
  Scenario Outline: After a cancel request a step can still be <state>
    Given "w1" reports "fetch" of A as started
    And "alice" cancels A
    When "w1" reports "<step>" of A as <state>
    Then the answer is "recorded"
    And the metadata is:
      | cancel_requested | true |

    Examples:
      | step  | state     |
      | fetch | succeeded |
      | fetch | failed    |
      | build | skipped   |

  @database/record-step/cancel-stops-new-steps
  Scenario: Another deployment's cancel stops nothing
    Given "alice" cancels Y
    When "w1" reports "build" of A as started
    Then the answer is "recorded"
    And the metadata is:
      | cancel_requested | false |

  @database/record-step/cancel-stops-new-steps
  Scenario: After the cutover steps start in spite of a cancel request
    Given "w1" reports "switch" of A as started
    And a cancel of A was requested all the same
    When "w1" reports "health" of A as started
    Then the answer is "recorded"
