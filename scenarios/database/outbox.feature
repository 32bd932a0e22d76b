Feature: Whoever wants to hear of a deployment has a notification waiting
  The transaction that starts or ends a deployment writes a row for every channel that wants it.

  Background:
    Given the usual registry with the channels:
      | name  | events                                         | fraises | environments |
      | chat  | started succeeded failed rolled_back cancelled | all     | all          |
      | alarm | failed rolled_back                             | shop    | production   |

  @database/outbox/start-is-written @smoke
  Scenario: The start of a deployment is written with it
    Given A of shop/production is waiting
    When "w1" claims A
    Then the answer is "claimed"
    And the call wrote among others:
      | added | tb_event deployment.started    |
      | added | tb_notification A/started/chat |
    And tb_notification A/started/chat has:
      | state           | pending |
      | attempts        | 0       |
      | claim           | 0       |
      | created_at      | a time  |
      | next_attempt_at | a time  |
      | claimed_until   | null    |
      | completed_at    | null    |
      | error           | null    |
    And v_notification holds:
      | channel | kind    | state   | due  | attempts | deployment_id | data.event_type    | data.deployment.id | data.deployment.outcome |
      | chat    | started | pending | true | 0        | id of A       | deployment.started | id of A            | in_progress             |

  @database/outbox/end-is-written
  Scenario Outline: The end of a deployment as <status> is written with it
    Given A of shop/production is running under "w1"
    And "w1" records release "v1" of A at abc0001
    When "w1" completes A as <status> because it did
    Then the answer is "completed"
    And the call wrote among others:
      | added | tb_event deployment.completed |
      | added | tb_notification A/<kind>/chat |
    And v_notification holds:
      | channel | kind    | data.event_type      | data.deployment.outcome |
      | chat    | started | deployment.started   | <status>                |
      | chat    | <kind>  | deployment.completed | <status>                |

    Examples:
      | status  | kind      |
      | success | succeeded |

  @database/outbox/end-is-written
  Scenario Outline: Every channel that wants it is told of a deployment that ends as <status>
    Given A of shop/production is running under "w1"
    When "w1" completes A as <status> because it broke
    Then the answer is "completed"
    And v_notification in order of pk_notification holds:
      | channel | kind     |
      | chat    | started  |
      | chat    | <status> |
      | alarm   | <status> |

    Examples:
      | status      |
      | failed      |
      | rolled_back |

  @database/outbox/end-is-written
  Scenario: A deployment that is cancelled while it runs is told once
    Given A of shop/production is running under "w1"
    And "alice" cancels A
    And "alice" cancels A
    When "w1" completes A as cancelled
    Then v_notification holds:
      | channel | kind      |
      | chat    | started   |
      | chat    | cancelled |

  @database/outbox/end-is-written
  Scenario: A deployment that is cancelled before it starts is told
    Given A of shop/production is waiting
    And B of shop/staging is waiting
    When "alice" cancels A
    Then the answer is "cancelled"
    And v_notification holds:
      | channel | kind      | deployment_id |
      | chat    | cancelled | id of A       |

  @database/outbox/end-is-written
  Scenario: A deployment that lost its worker is told
    Given A of shop/production is on attempt 3 under "w1"
    And B of shop/staging is on attempt 3 under "w1"
    And C of blog/production is running under "w2"
    And the lease of shop/production has expired
    And the lease of shop/staging has expired
    When expired leases are reaped
    Then the answer is "reaped"
    And the call wrote among others:
      | added | tb_notification A/failed/chat  |
      | added | tb_notification A/failed/alarm |
      | added | tb_notification B/failed/chat  |
    And v_notification holds:
      | channel | kind    | deployment_id |
      | chat    | started | id of A       |
      | chat    | started | id of B       |
      | chat    | started | id of C       |
      | chat    | failed  | id of A       |
      | alarm   | failed  | id of A       |
      | chat    | failed  | id of B       |

  @database/outbox/rest-is-not-written
  Scenario: Nobody is told of a take-over, a step, a release, a wish to cancel or a superseded request
    Given A of shop/production is running under "w1"
    And "w1" reports "fetch" of A as started
    And "w1" records release "v1" of A at abc0001
    And B of shop/production is waiting
    And C of shop/production is waiting
    And the lease of shop/production has expired
    And "w2" claims A
    When "alice" cancels A
    Then the answer is "cancel-requested"
    And v_notification holds:
      | channel | kind    | deployment_id |
      | chat    | started | id of A       |

  @database/outbox/channels-choose
  Scenario: A channel hears of its fraises and environments only
    Given A of shop/production is running under "w1"
    And B of shop/staging is running under "w1"
    And C of blog/production is running under "w1"
    And "w1" completes A as failed because it broke
    And "w1" completes B as failed because it broke
    When "w1" completes C as failed because it broke
    Then the answer is "completed"
    And v_notification in order of pk_notification holds:
      | channel | kind    | deployment_id |
      | chat    | started | id of A       |
      | chat    | started | id of B       |
      | chat    | started | id of C       |
      | chat    | failed  | id of A       |
      | alarm   | failed  | id of A       |
      | chat    | failed  | id of B       |
      | chat    | failed  | id of C       |

  @database/outbox/channels-choose
  Scenario: A channel that is no longer configured hears nothing
    Given the usual registry with the channels:
      | name  | events  |
      | alarm | started |
    And A of shop/production is waiting
    When "w1" claims A
    Then v_notification holds:
      | channel | kind    |
      | alarm   | started |

  @database/outbox/channels-choose
  Scenario: Without channels nothing is written
    Given the usual registry
    And A of shop/production is running under "w1"
    When "w1" completes A as failed because it broke
    Then v_notification is empty

  @database/views/notifications
  Scenario: Notifications have their columns and keys
    Given A of shop/production is waiting
    When "w1" claims A
    Then v_notification has the columns: id channel kind state attempts due deployment_id created_at pk_notification
    And every data of v_notification has the keys: id channel kind event_type event_number state attempts error created_at next_attempt_at completed_at deployment
    And deployment in data of v_notification has the keys: id fraise_id fraise environment kind requested_at started_at completed_at duration_seconds old_version new_version status outcome triggered_by actor target git_commit git_branch error_code error_message force attempt worker superseded_by cutover_at cancel_requested_at webhook_id steps
    And the number of the notification is that of its event
