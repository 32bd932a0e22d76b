Feature: Health is recorded
  fn_record_health keeps what the last health check of an environment saw.

  Background:
    Given the usual registry

  @database/record-health/change-is-recorded
  Scenario Outline: A change to <status> is recorded
    Given the health of shop/staging is recorded as "degraded"
    When the health of shop/production is recorded as "<status>"
    Then the answer is "changed"
    And the message is "shop/production is <status>."
    And the HTTP status is 200
    And the updated fields are status
    And the metadata is empty
    And the cascade is nothing
    And the entity is what v_environment shows
    And the entity has:
      | fraise | shop       |
      | name   | production |
      | status | <shown>    |
    And the call wrote exactly:
      | changed | tb_fraise_state shop/production | status status_message |
      | added   | tb_event health.changed         | |
    And tb_fraise_state shop/production has:
      | status_message | seen by a probe |
    And the events of the call are:
      | event_type     | entity_type | fraise | environment | payload                                             |
      | health.changed | Environment | shop   | production  | from=unknown; to=<status>; message=seen by a probe |

    Examples:
      | status   | shown    |
      | healthy  | HEALTHY  |
      | degraded | DEGRADED |
      | down     | DOWN     |

  @database/record-health/change-is-recorded
  Scenario: A change back to unknown is recorded
    Given the health of shop/production is recorded as "down"
    When the health of shop/production is recorded as "unknown"
    Then the answer is "changed"
    And the call wrote exactly:
      | changed | tb_fraise_state shop/production | status |
      | added   | tb_event health.changed         | |
    And v_fraise_status holds:
      | fraise | environment | data.status |
      | shop   | production  | UNKNOWN     |
      | shop   | staging     | UNKNOWN     |
      | blog   | production  | UNKNOWN     |

  @database/record-health/same-health-is-unchanged
  Scenario: The same health again is unchanged
    Given the health of shop/production is recorded as "healthy"
    And the health of shop/staging is recorded as "down"
    When the health of shop/production is recorded as "healthy"
    Then the answer is "unchanged" and nothing changed
    And the updated fields are none
    And the message is "shop/production is still healthy."
    And the entity is what v_environment shows

  @database/record-health/same-health-is-unchanged
  Scenario: The same health with another message is unchanged
    Given the health of shop/production is recorded as "healthy"
    When fn_record_health is asked with:
      | fraise | environment | status  | message     |
      | shop   | production  | healthy | still there |
    Then the answer is "unchanged" and nothing changed

  @database/record-health/wrong-calls-are-refused
  Scenario Outline: The health <status> of <fraise>/<environment> is refused
    When fn_record_health is asked with:
      | fraise   | environment   | status   |
      | <fraise> | <environment> | <status> |
    Then it is refused with "<code>"
    And the message is "<message>"

    Examples:
      | fraise | environment | status  | code                | message                                                |
      | chop   | production  | fine    | unknown-fraise      | No fraise is called "chop".                            |
      | shop   | prod        | fine    | unknown-environment | The fraise "shop" has no environment "prod".           |
      | blog   | staging     | healthy | unknown-environment | The fraise "blog" has no environment "staging".        |
      | shop   | production  | fine    | invalid-argument    | The argument "status" has a value that is not allowed. |
      | shop   | production  | null    | invalid-argument    | The argument "status" has a value that is not allowed. |

  @database/record-health/wrong-calls-are-refused
  Scenario: The refused status is named
    When the health of shop/production is recorded as "fine"
    Then it is refused with "invalid-argument" of "status"

  @database/record-health/wrong-calls-are-refused
  Scenario: The health of a removed fraise is refused
    Given blog has been removed from the registry
    When the health of blog/production is recorded as "healthy"
    Then it is refused with "unknown-fraise"

  @database/record-health/wrong-calls-are-refused
  Scenario: The health of a removed environment is refused
    Given shop/staging has been removed from the registry
    When the health of shop/staging is recorded as "healthy"
    Then it is refused with "unknown-environment"
