Feature: A notification is handed to whoever sends it
  fn_claim_notification gives the oldest that is due to one worker, until a time.

  Background:
    Given the usual registry with the channels:
      | name  | events         |
      | chat  | started failed |
      | alarm | failed         |
    And A of shop/production is running under "w1"
    And "w1" completes A as failed because it broke

  @database/claim-notification/oldest-is-claimed @smoke
  Scenario: The oldest notification is claimed
    When "o1" claims a notification for 90 as N
    Then the answer is "claimed"
    And the message is "o1 has claimed a notification of chat."
    And the HTTP status is 200
    And the updated fields are none
    And the cascade is nothing
    And the entity is Notification N
    And the entity is what v_notification shows
    And the entity has:
      | kind     | started |
      | state    | pending |
      | attempts | 0       |
    And the metadata is:
      | claim         | 1              |
      | claimed_until | a time to come |
      | expired       | 0              |
    And the call wrote exactly:
      | changed | tb_notification A/started/chat | claim claimed_until worker |
    And tb_notification A/started/chat has:
      | worker | o1 |
    And the claim of N ends in 90 seconds
    And v_notification holds:
      | kind    | channel | due   |
      | started | chat    | false |
      | failed  | chat    | true  |
      | failed  | alarm   | true  |

  @database/claim-notification/claimed-is-passed-over
  Scenario: The next worker gets the next one, until there is none
    Given "o1" claims a notification
    And "o2" claims a notification as N
    And "o3" claims a notification
    When "o4" claims a notification
    Then the answer is "nothing-to-claim" and nothing changed
    And the message is "No notification is due."
    And the answer has no entity
    And the metadata is:
      | expired | 0 |
    And tb_notification A/failed/chat has:
      | worker | o2 |
    And tb_notification A/failed/alarm has:
      | worker | o3 |

  @database/claim-notification/expired-claim-is-taken-over
  Scenario: A claim that ended is another one's
    Given "o1" claims a notification as N
    And "o1" claims a notification as M
    And the claim of N has expired
    When "o2" claims a notification as O
    Then the answer is "claimed"
    And the entity is Notification N
    And the metadata has:
      | claim | 2 |

  @database/claim-notification/expired-claim-is-taken-over
  Scenario: Each notification counts its own claims
    Given "o1" claims a notification as N
    And the claim of N has expired
    And "o2" claims a notification as N
    When "o3" claims a notification as M
    Then the answer is "claimed"
    And the entity is Notification M
    And the metadata has:
      | claim | 1 |

  @database/claim-notification/postponed-is-not-due
  Scenario: What waits for another try is passed over
    Given "o1" claims a notification as N
    And "o1" could not deliver N because "Refused." and waits 600
    When "o2" claims a notification as M
    Then the answer is "claimed"
    And the entity has:
      | kind | failed |

  @database/claim-notification/postponed-is-not-due
  Scenario: What may be tried at once is taken again
    Given "o1" claims a notification as N
    And "o1" could not deliver N because "Refused." and waits 0
    When "o2" claims a notification as M
    Then the answer is "claimed"
    And the entity is Notification N
    And the entity has:
      | attempts | 1        |
      | error    | Refused. |

  @database/claim-notification/old-news-is-given-up
  Scenario: Notifications of the day before are given up
    Given "o1" claims a notification as N
    And "o1" could not deliver N because "Refused." and waits 600
    And N was written 25 hours ago
    When "o2" claims a notification as M
    Then the answer is "claimed"
    And the entity has:
      | kind    | failed |
      | channel | chat   |
    And the metadata has:
      | expired | 1 |
    And tb_notification A/started/chat has:
      | state        | expired  |
      | completed_at | a time   |
      | error        | Refused. |
    And tb_notification A/failed/alarm has:
      | state        | pending |
      | completed_at | null    |

  @database/claim-notification/old-news-is-given-up
  Scenario: When all are old there is nothing to claim
    Given all notifications were written 25 hours ago
    When "o1" claims a notification
    Then the answer is "nothing-to-claim"
    And the answer has no entity
    And the metadata is:
      | expired | 3 |
    And the call wrote exactly:
      | changed | tb_notification A/failed/alarm | completed_at state |
      | changed | tb_notification A/failed/chat  | completed_at state |
      | changed | tb_notification A/started/chat | completed_at state |
    And v_notification holds:
      | state   | due   |
      | expired | false |
      | expired | false |
      | expired | false |

  @database/claim-notification/old-news-is-given-up
  Scenario: One old notification is enough to change something
    Given "o1" claims a notification
    And "o1" claims a notification
    And "o1" claims a notification as N
    And N was written 25 hours ago
    And the claim of N has expired
    When "o2" claims a notification
    Then the answer is "nothing-to-claim"
    And the metadata is:
      | expired | 1 |

  @database/claim-notification/old-news-is-given-up
  Scenario: What is given up is not given up again
    Given all notifications were written 25 hours ago
    And "o1" claims a notification
    When "o1" claims a notification
    Then the answer is "nothing-to-claim" and nothing changed
    And the metadata is:
      | expired | 0 |

  @database/claim-notification/old-news-is-given-up
  Scenario: What was written 23 hours ago is still news
    Given all notifications were written 23 hours ago
    When "o1" claims a notification as N
    Then the answer is "claimed"
    And the entity has:
      | kind | started |
    And the metadata has:
      | expired | 0 |

  @database/claim-notification/old-news-is-given-up
  Scenario: What is just being sent is left alone
    Given "o1" claims a notification as N
    And N was written 25 hours ago
    When "o2" claims a notification as M
    Then the answer is "claimed"
    And the metadata has:
      | expired | 0 |
    And tb_notification A/started/chat has:
      | state | pending |

  @database/claim-notification/old-news-is-given-up
  Scenario: What was being sent when its worker died is given up
    Given "o1" claims a notification as N
    And N was written 25 hours ago
    And the claim of N has expired
    When "o2" claims a notification as M
    Then the answer is "claimed"
    And the metadata has:
      | expired | 1 |
    And tb_notification A/started/chat has:
      | state         | expired |
      | claimed_until | null    |

  @database/claim-notification/wrong-calls-are-refused
  Scenario Outline: A claim of a notification with <fault> is refused
    Given all notifications were written 25 hours ago
    When fn_claim_notification is asked with:
      | worker   | lease_seconds |
      | <worker> | <seconds>     |
    Then it is refused with "invalid-argument" of "<argument>"

    Examples:
      | fault                | worker  | seconds | argument      |
      | an empty worker      | (empty) | 0       | worker        |
      | no worker            | null    | 60      | worker        |
      | a lease of 0 seconds | o1      | 0       | lease_seconds |
      | a lease of 3601      | o1      | 3601    | lease_seconds |
      | no lease             | o1      | null    | lease_seconds |

  @database/claim-notification/lease-length
  Scenario Outline: A claim of <seconds> seconds is given
    When "o1" claims a notification for <seconds> as N
    Then the answer is "claimed"
    And the claim of N ends in <seconds> seconds

    Examples:
      | seconds |
      | 1       |
      | 3600    |
