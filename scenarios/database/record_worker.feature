Feature: Observers say that they are there
  fn_record_worker keeps until when an observer counts as alive.

  @database/record-worker/observer-is-recorded
  Scenario: An observer comes
    Given the observer "o2" says "running"
    When the observer "o1" says "running" for 45
    Then the answer is "recorded"
    And the message is "The worker o1 is running."
    And the HTTP status is 200
    And the answer has no entity
    And the answer is about the "Worker" o1
    And the updated fields are none
    And the metadata is empty
    And the call wrote exactly:
      | added | tb_worker o1 | |
    And v_worker holds:
      | worker | alive | data.state | data.expires_at | data.last_seen_at | data.alive |
      | o1     | true  | running    | a time to come  | a time            | true       |
      | o2     | true  | running    | a time to come  | a time            | true       |
    And the worker "o1" expires in 45 seconds

  @database/record-worker/observer-is-recorded
  Scenario: An observer says again that it is there
    Given the observer "o1" says "running"
    And the observer "o2" says "running"
    And the observer "o1" was last heard of long ago
    When the observer "o1" says "running" for 90
    Then the answer is "recorded"
    And the call wrote exactly:
      | changed | tb_worker o1 | expires_at last_seen_at |
    And the worker "o1" expires in 90 seconds

  @database/record-worker/observer-is-recorded
  Scenario: An observer goes
    Given the observer "o1" says "running"
    And the observer "o2" says "running"
    When the observer "o1" says "stopped"
    Then the answer is "recorded"
    And the message is "The worker o1 is stopped."
    And v_worker holds:
      | worker | alive | data.state | data.expires_at  | data.alive |
      | o1     | false | stopped    | a time gone by   | false      |
      | o2     | true  | running    | a time to come   | true       |

  @database/record-worker/observer-expires
  Scenario: An observer that was not heard of is not alive
    Given the observer "o1" says "running"
    And the observer "o2" says "running"
    When the observer "o2" was last heard of long ago
    Then v_worker holds:
      | worker | alive | data.state | data.alive |
      | o1     | true  | running    | true       |
      | o2     | false | running    | false      |

  @database/record-worker/wrong-calls-are-refused
  Scenario Outline: An observer with <fault> is refused
    Given the observer "o2" says "running"
    When fn_record_worker is asked with:
      | worker   | state   | lease_seconds |
      | <worker> | <state> | <seconds>     |
    Then it is refused with "invalid-argument" of "<argument>"
    And the message is "The argument "<argument>" has a value that is not allowed."
    And nothing was written

    Examples:
      | fault            | worker  | state   | seconds | argument      |
      | an empty name    | (empty) | running | 30      | worker        |
      | no name          | null    | running | 30      | worker        |
      | an unknown state | o1      | asleep  | 30      | state         |
      | no state         | o1      | null    | 30      | state         |
      | 0 seconds        | o1      | running | 0       | lease_seconds |
      | 3601 seconds     | o1      | running | 3601    | lease_seconds |
      | no seconds       | o1      | running | null    | lease_seconds |

  @database/record-worker/wrong-calls-are-refused
  Scenario Outline: An observer that <does> for <seconds> seconds is recorded
    When fn_record_worker is asked with:
      | worker | state   | lease_seconds |
      | o1     | <state> | <seconds>     |
    Then the answer is "recorded"

    Examples:
      | does  | state   | seconds |
      | runs  | running | 1       |
      | runs  | running | 3600    |
      | stops | stopped | null    |
