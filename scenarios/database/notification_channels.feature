Feature: The registry says who wants to hear of deployments
  fn_sync_registry keeps the channels by name; where they lead it does not know.

  @database/notification-channels/channels-are-kept @smoke
  Scenario: Channels become rows
    When the usual registry is synced with the channels:
      | name  | events             | fraises   | environments |
      | chat  | started            | all       | all          |
      | alarm | failed rolled_back | shop blog | production   |
    Then the answer is "synced"
    And the call wrote among others:
      | added | tb_notification_channel chat  |
      | added | tb_notification_channel alarm |
    And tb_notification_channel chat has:
      | events       | ["started"] |
      | fraises      | null        |
      | environments | null        |
      | removed_at   | null        |
    And tb_notification_channel alarm has:
      | events       | ["failed", "rolled_back"] |
      | fraises      | ["shop", "blog"]          |
      | environments | ["production"]            |

  @database/notification-channels/channels-are-kept
  Scenario: A channel is changed
    Given the usual registry with the channels:
      | name  | events  | fraises | environments |
      | chat  | started | all     | all          |
      | alarm | failed  | shop    | production   |
    When the usual registry is synced with the channels:
      | name  | events    | fraises | environments |
      | chat  | succeeded | blog    | staging      |
      | alarm | failed    | shop    | production   |
    Then the answer is "synced"
    And the call wrote exactly:
      | changed | tb_notification_channel chat           | environments events fraises updated_at |
      | changed | tb_notification_channel alarm          | updated_at |
      | changed | tb_fraise blog                         | updated_at |
      | changed | tb_fraise shop                         | updated_at |
      | changed | tb_environment blog/production         | updated_at |
      | changed | tb_environment shop/production         | updated_at |
      | changed | tb_environment shop/staging            | updated_at |
      | changed | tb_registry                            | document synced_at |
      | removed | tb_ref_rule branch:main blog/production | |
      | removed | tb_ref_rule branch:main shop/production | |
      | removed | tb_ref_rule branch:dev shop/staging     | |
      | added   | tb_ref_rule branch:main blog/production | |
      | added   | tb_ref_rule branch:main shop/production | |
      | added   | tb_ref_rule branch:dev shop/staging     | |
      | added   | tb_event registry.synced               | |
    And tb_notification_channel chat has:
      | events       | ["succeeded"] |
      | fraises      | ["blog"]      |
      | environments | ["staging"]   |
    And tb_notification_channel alarm has:
      | events | ["failed"] |

  @database/notification-channels/channels-are-kept
  Scenario: The same channels again change nothing
    Given the usual registry with the channels:
      | name | events  |
      | chat | started |
    When the usual registry is synced with the channels:
      | name | events  |
      | chat | started |
    Then the answer is "unchanged" and nothing changed

  @database/notification-channels/removed-channels-wait-for-nothing
  Scenario: What waits for a channel that is absent has failed
    Given the usual registry with the channels:
      | name  | events         |
      | chat  | started failed |
      | alarm | started        |
    And A of shop/production is running under "w1"
    And "w1" claims a notification as N
    And "w1" has delivered N
    And "w1" completes A as failed because it broke
    When the usual registry is synced with the channels:
      | name  | events  |
      | alarm | started |
    Then the answer is "synced"
    And tb_notification_channel chat has:
      | removed_at | a time |
    And tb_notification_channel alarm has:
      | removed_at | null |
    And tb_notification A/started/chat has:
      | state | delivered |
      | error | null      |
    And tb_notification A/started/alarm has:
      | state        | pending |
      | error        | null    |
      | completed_at | null    |
    And tb_notification A/failed/chat has:
      | state        | failed                               |
      | error        | The channel is no longer configured. |
      | completed_at | a time                               |

  @database/notification-channels/removed-channels-wait-for-nothing
  Scenario: A claim on a notification of a removed channel is lost
    Given the usual registry with the channels:
      | name | events  |
      | chat | started |
    And A of shop/production is running under "w1"
    And "w1" claims a notification as N
    And the usual registry
    When "w1" has delivered N
    Then it is refused with "lease-lost"

  @database/notification-channels/removed-channels-wait-for-nothing
  Scenario: A channel that was removed before keeps the time of its removal
    Given the usual registry with the channels:
      | name  | events  |
      | chat  | started |
      | alarm | started |
    And the usual registry with the channels:
      | name  | events  |
      | alarm | started |
    And the removals were long ago
    When the usual registry is synced again
    Then the answer is "synced"
    And tb_notification_channel chat has:
      | removed_at | 2020-01-01T00:00:00.000Z |
    And tb_notification_channel alarm has:
      | removed_at | a time |

  @database/notification-channels/channel-comes-back
  Scenario: A channel that comes back is the same row again
    Given the usual registry with the channels:
      | name | events  |
      | chat | started |
    And the usual registry
    When the usual registry is synced with the channels:
      | name | events  |
      | chat | started |
    Then the answer is "synced"
    And the call wrote among others:
      | changed | tb_notification_channel chat |
    And tb_notification_channel chat has:
      | removed_at | null |

  @database/notification-channels/bad-channels-are-refused
  Scenario Outline: A channel <fault> is refused
    Given the usual registry with the channels:
      | name  | events  |
      | other | started |
    When the usual registry is synced with:
      """
      {"notifications": [{"name": "chat", "events": ["failed"]}, <channel>]}
      """
    Then it is refused with "invalid-argument" of "registry"

    Examples:
      | fault                             | channel                                                            |
      | without a name                    | {"events": ["failed"]}                                             |
      | with an empty name                | {"name": "", "events": ["failed"]}                                 |
      | with another one's name           | {"name": "chat", "events": ["started"]}                            |
      | without events                    | {"name": "alarm"}                                                  |
      | with no event                     | {"name": "alarm", "events": []}                                    |
      | with a word for events            | {"name": "alarm", "events": "failed"}                              |
      | with an unknown event             | {"name": "alarm", "events": ["failed", "late"]}                    |
      | with an event twice               | {"name": "alarm", "events": ["failed", "failed"]}                  |
      | with a word for fraises           | {"name": "alarm", "events": ["failed"], "fraises": "shop"}         |
      | with a word for environments      | {"name": "alarm", "events": ["failed"], "environments": "staging"} |
