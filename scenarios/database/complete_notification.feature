Feature: Whoever sends a notification says how that went
  fn_complete_notification ends it, lets it wait for another try, or gives it up.

  Background:
    Given the usual registry with the channels:
      | name  | events  |
      | chat  | started |
      | alarm | started |
    And A of shop/production is running under "w1"
    And "o1" claims a notification as N
    And "o2" claims a notification as M

  @database/complete-notification/delivered-is-done @smoke
  Scenario: A notification has arrived
    When "o1" has delivered N
    Then the answer is "delivered"
    And the message is "The notification of chat is delivered."
    And the HTTP status is 200
    And the updated fields are state completed_at
    And the cascade is nothing
    And the metadata is empty
    And the entity is Notification N
    And the entity is what v_notification shows
    And the entity has:
      | state        | delivered |
      | attempts     | 0         |
      | completed_at | a time    |
      | error        | null      |
    And the call wrote exactly:
      | changed | tb_notification A/started/chat | claimed_until completed_at state |

  @database/complete-notification/delivered-is-done
  Scenario: What has arrived is not sent again
    Given "o1" has delivered N
    And "o2" has delivered M
    When "o3" claims a notification
    Then the answer is "nothing-to-claim" and nothing changed

  @database/complete-notification/failure-is-tried-again
  Scenario: A notification could not be sent
    When "o1" could not deliver N because "Refused." and waits 600
    Then the answer is "postponed"
    And the message is "The notification of chat will be tried again."
    And the updated fields are attempts error next_attempt_at
    And the metadata is empty
    And the entity is what v_notification shows
    And the entity has:
      | state        | pending  |
      | attempts     | 1        |
      | error        | Refused. |
      | completed_at | null     |
    And the notification is due again in 600 seconds
    And the call wrote exactly:
      | changed | tb_notification A/started/chat | attempts claimed_until error next_attempt_at |

  @database/complete-notification/failure-is-tried-again
  Scenario Outline: Another try after <seconds> seconds
    When "o1" could not deliver N because "Refused." and waits <seconds>
    Then the answer is "postponed"
    And the notification is due again in <seconds> seconds

    Examples:
      | seconds |
      | 0       |
      | 86400   |

  @database/complete-notification/tenth-failure-is-the-last
  Scenario: After the tenth failure a notification is given up
    Given N has failed 9 times
    When "o1" could not deliver N because "Refused again."
    Then the answer is "given-up"
    And the message is "The notification of chat is given up."
    And the updated fields are state attempts error completed_at
    And the entity is what v_notification shows
    And the entity has:
      | state        | failed         |
      | attempts     | 10             |
      | error        | Refused again. |
      | completed_at | a time         |
    And the call wrote exactly:
      | changed | tb_notification A/started/chat | attempts claimed_until completed_at error state |

  @database/complete-notification/tenth-failure-is-the-last
  Scenario: A notification is given up after another one
    Given N has failed 9 times
    And M has failed 9 times
    And "o1" could not deliver N because "Refused."
    When "o2" could not deliver M because "Refused too."
    Then the answer is "given-up"
    And the entity is Notification M
    And the entity has:
      | channel | alarm        |
      | state   | failed       |
      | error   | Refused too. |

  @database/complete-notification/tenth-failure-is-the-last
  Scenario: The ninth failure is not the last
    Given N has failed 8 times
    When "o1" could not deliver N because "Refused."
    Then the answer is "postponed"
    And the entity has:
      | attempts | 9 |

  @database/complete-notification/tenth-failure-is-the-last
  Scenario: A tenth try that succeeds is a success
    Given N has failed 9 times
    When "o1" has delivered N
    Then the answer is "delivered"
    And the entity has:
      | state    | delivered |
      | attempts | 9         |

  @database/complete-notification/late-words-are-refused
  Scenario: A worker that was slow is no longer heard
    Given the claim of N has expired
    And "o3" claims a notification as N
    When "o1" has delivered N
    Then it is refused with "lease-lost"
    And the message is "The notification is no longer this worker's."

  @database/complete-notification/late-words-are-refused
  Scenario: A slow worker is heard when nobody else came
    Given the claim of N has expired
    When "o1" has delivered N
    Then the answer is "delivered"

  @database/complete-notification/late-words-are-refused
  Scenario: Who has spoken is not heard again
    Given "o1" could not deliver N because "Refused."
    When "o1" could not deliver N because "Refused."
    Then it is refused with "lease-lost"

  @database/complete-notification/late-words-are-refused
  Scenario: What has arrived takes no other word
    Given "o1" has delivered N
    When "o1" could not deliver N because "Refused."
    Then it is refused with "lease-lost"

  @database/complete-notification/wrong-calls-are-refused
  Scenario Outline: A word on a notification with <fault> is refused
    When fn_complete_notification is asked with:
      | notification_id | claim   | succeeded   | retry_seconds |
      | <notification>  | <claim> | <succeeded> | <retry>       |
    Then it is refused with "<code>"
    And the message is "<message>"

    Examples:
      | fault                  | notification                         | claim | succeeded | retry | code                 | message                                                             |
      | an unknown id          | 00000000-0000-4000-8000-000000000000 | 1     | true      | null  | unknown-notification | No notification has the id "00000000-0000-4000-8000-000000000000". |
      | an id that is no UUID  | nonsense                             | 1     | true      | null  | unknown-notification | No notification has the id "nonsense".                              |
      | an older claim         | id of N                              | 0     | null      | null  | lease-lost           | The notification is no longer this worker's.                        |
      | no claim               | id of N                              | null  | true      | null  | lease-lost           | The notification is no longer this worker's.                        |
      | no word on success     | id of N                              | 1     | null      | 60    | invalid-argument     | The argument "succeeded" has a value that is not allowed.           |
      | no word on another try | id of N                              | 1     | false     | null  | invalid-argument     | The argument "retry_seconds" has a value that is not allowed.       |
      | a try in the past      | id of N                              | 1     | false     | -1    | invalid-argument     | The argument "retry_seconds" has a value that is not allowed.       |
      | a try after a day      | id of N                              | 1     | false     | 86401 | invalid-argument     | The argument "retry_seconds" has a value that is not allowed.       |

  @database/complete-notification/wrong-calls-are-refused
  Scenario: What was never claimed takes no word
    Given B of shop/staging is running under "w1"
    And "o1" claims a notification as O
    And the claim of O has expired
    When fn_complete_notification is asked with:
      | notification_id | claim | succeeded |
      | id of O         | 0     | true      |
    Then it is refused with "lease-lost"
