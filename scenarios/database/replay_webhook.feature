Feature: A webhook is replayed
  fn_replay_webhook routes a stored webhook again, under today's rules, as a new one.

  Background:
    Given the usual registry

  @database/replay-webhook/is-a-new-webhook @smoke
  Scenario: A replay is a new webhook that points at the first
    Given a push to wild at abc0009 arrives as d0
    And a push to main at abc0001 arrives as d1
    And a push to wild at abc0008 arrives as d2
    When "alice" replays d1 as r1
    Then the answer is "accepted"
    And the message is "Deployments requested: 1."
    And the HTTP status is 202
    And the updated fields are none
    And the cascade is nothing
    And the metadata is empty
    And the entity is WebhookEvent r1
    And the entity is what v_recent_webhooks shows
    And the entity has:
      | replayed_from | id of d1  |
      | replayed_by   | alice     |
      | replays       | []        |
      | delivery_id   | replay-r1 |
      | sender        | carol     |
    And the call wrote exactly:
      | added   | tb_webhook_event replay-r1               | |
      | added   | tb_deployment r1:shop/production         | |
      | added   | tb_deployment_request r1:shop/production | |
      | added   | tb_event deployment.requested            | |
      | added   | tb_event deployment.superseded           | |
      | added   | tb_event webhook.received                | |
      | changed | tb_deployment d1:shop/production         | status superseded_by completed_at error_code |
      | changed | tb_deployment_request d1:shop/production | status |
    And tb_webhook_event replay-r1 has:
      | provider       | github        |
      | hook           | default       |
      | event_type     | push          |
      | native_event   | push          |
      | repository     | acme/shop     |
      | branch         | main          |
      | tag            | null          |
      | commit_sha     | abc0001       |
      | payload        | {"raw": true} |
      | processed      | true          |
      | ignored_reason | null          |
      | event          | {"event_type": "push", "native_event": "push", "branch": "main", "tag": null, "commit_sha": "abc0001", "before": "abc0000", "sender": "carol", "repository": "acme/shop", "repository_keys": ["forge.example/acme/shop"]} |
    And r1:shop/production shows:
      | triggered_by | WEBHOOK  |
      | actor        | alice    |
      | git_branch   | main     |
      | git_commit   | abc0001  |
      | webhook_id   | id of r1 |
    And v_recent_webhooks in order of pk_webhook_event holds:
      | delivery_id | data.replays  | data.replayed_from |
      | d0          | []            | null               |
      | d1          | ["${r1}"]     | null               |
      | d2          | []            | null               |
      | replay-r1   | []            | id of d1           |

  @database/replay-webhook/is-a-new-webhook
  Scenario: The events of a replay are those of a webhook
    Given a push to dev at abc0001 arrives as d1
    And A of shop/staging is running under "w1"
    When "alice" replays d1 as r1
    Then the events of the call are:
      | event_type           | entity_type  | entity_id             | payload                                                                               |
      | deployment.requested | Deployment   | id of r1:shop/staging | kind=deploy; trigger_type=webhook; git_branch=dev; git_commit=abc0001; actor=alice    |
      | webhook.received     | WebhookEvent | id of r1              | provider=github; event_type=push; branch=dev; commit_sha=abc0001; ignored_reason=null |

  @database/replay-webhook/is-a-new-webhook
  Scenario: A replay of a replay points at the first, and each can be done again
    Given a push to main at abc0001 arrives as d1
    And "alice" replays d1 as r1
    And "bob" replays r1 as r2
    When somebody replays d1 as r3
    Then the answer is "accepted"
    And the entity has:
      | replayed_from | id of d1 |
      | replayed_by   | null     |
    And r3:shop/production shows:
      | actor | carol |
    And v_recent_webhooks in order of pk_webhook_event holds:
      | delivery_id | data.replays                 | data.replayed_from | data.replayed_by |
      | d1          | ["${r1}", "${r2}", "${r3}"]  | null               | null             |
      | replay-r1   | []                           | id of d1           | alice            |
      | replay-r2   | []                           | id of d1           | bob              |
      | replay-r3   | []                           | id of d1           | null             |

  @database/replay-webhook/under-todays-rules
  Scenario: What was ignored is deployed when a rule has come since
    Given a push to wild at abc0001 arrives as d1
    And the registry holds:
      | fraise | environment | branch | paths |
      | shop   | production  | w*     |       |
    When "alice" replays d1 as r1
    Then the answer is "accepted"
    And v_deployment holds:
      | fraise | environment | data.git_commit | data.git_branch |
      | shop   | production  | abc0001         | wild            |

  @database/replay-webhook/under-todays-rules
  Scenario Outline: A replay is ignored for the reasons of today: <reason>
    Given a webhook arrives with:
      | provider | hook | paths      | changes                                                             |
      | custom   | mine | ["README"] | [{"event_type": "push", "branch": "main", "commit_sha": "abc0001"}] |
    And the registry holds:
      | fraise | environment | branch   | only_provider | repository_key | paths   |
      | shop   | production  | <branch> | <provider>    | <key>          | <paths> |
    When "alice" replays d1 as r1
    Then the answer is "ignored"
    And the HTTP status is 200
    And the message is "Nothing is deployed: <reason>."
    And the metadata is empty
    And the entity has:
      | ignored_reason | <reason> |
      | hook           | mine     |
      | provider       | CUSTOM   |
    And the call wrote exactly:
      | added | tb_webhook_event replay-r1 | |
      | added | tb_event webhook.received  | |

    Examples:
      | branch | provider | key | paths | reason            |
      | dev    | mine     |     |       | branch-not-mapped |
      | main   | yours    |     |       | other-provider    |
      | main   | mine     | x/y |       | other-repository  |
      | main   | mine     |     | shop/ | paths-not-touched |

  @database/replay-webhook/under-todays-rules
  Scenario: A commit that a rollback left stays held
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And a push to wild at abc0002 arrives as d1
    And R of shop/production has rolled back
    And the registry holds:
      | fraise | environment | branch |
      | shop   | production  | wild   |
    When "alice" replays d1 as r1
    Then the answer is "ignored"
    And the entity has:
      | ignored_reason | held |

  @database/replay-webhook/older-rows
  Scenario: The event of a row from before events were kept is made from its columns
    Given the registry holds:
      | fraise | environment | branch | repository_key               |
      | shop   | production  | main   | forge.example/acme/shop      |
      | shop   | staging     | dev    | forge.example/acme/shop      |
      | blog   | production  | main   | forge.example/my-acme/shop   |
      | tail   | production  | main   | forge.example/acme/shop-two  |
      | else   | production  | main   | other.example:22/acme/shop   |
      | free   | production  | main   |                              |
    And a webhook arrives with:
      | repository | branch | tag |
      | Acme/Shop  | main   | v9  |
    And d1 was stored before events were kept
    When "alice" replays d1 as r1
    Then the answer is "accepted"
    And v_recent_webhooks holds:
      | delivery_id | data.changes | data.deployments |
      | d1          | []           | anything         |
      | replay-r1   | []           | [{"id": "${r1:shop/production}", "fraise": "shop", "environment": "production", "status": "PENDING", "outcome": "pending"}, {"id": "${r1:else/production}", "fraise": "else", "environment": "production", "status": "PENDING", "outcome": "pending"}, {"id": "${r1:free/production}", "fraise": "free", "environment": "production", "status": "PENDING", "outcome": "pending"}] |
    And r1:shop/production shows:
      | git_commit | abc0001 |
      | git_branch | main    |
    And tb_webhook_event replay-r1 has:
      | event      | {"event_type": "push", "native_event": "push", "branch": "main", "tag": "v9", "commit_sha": "abc0001", "sender": "carol", "repository": "Acme/Shop", "repository_keys": ["forge.example/acme/shop", "other.example:22/acme/shop"]} |
      | event_type | push |
      | tag        | v9   |

  @database/replay-webhook/older-rows
  Scenario: A tag from before events were kept is a tag
    Given the registry holds:
      | fraise | environment | branch | tag |
      | shop   | production  | main   |     |
      | shop   | staging     |        | v*  |
    And a webhook arrives with:
      | event_type | branch | tag | repository |
      | tag        | main   | v1  | null       |
    And d1 was stored before events were kept
    When "alice" replays d1 as r1
    Then the answer is "accepted"
    And v_deployment holds:
      | environment | data.webhook_id |
      | staging     | id of d1        |
      | staging     | id of r1        |

  @database/replay-webhook/older-rows
  Scenario Outline: A <event_type> without its commit deploys nothing
    Given the registry holds:
      | fraise | environment | branch | tag |
      | shop   | production  | dev    | v2  |
    And a webhook arrives with:
      | event_type   | branch | tag |
      | <event_type> | main   | v1  |
    And d1 was stored without its commit
    And the registry holds:
      | fraise | environment | branch | tag |
      | shop   | production  | main   | v1  |
    When "alice" replays d1 as r1
    Then the answer is "ignored"
    And the entity has:
      | ignored_reason | <reason>    |
      | event_type     | <becomes>   |

    Examples:
      | event_type | becomes | reason            |
      | push       | other   | event-not-handled |
      | tag        | other   | event-not-handled |
      | delete     | delete  | branch-deleted    |
      | ping       | ping    | ping              |

  @database/replay-webhook/unknown-is-refused
  Scenario Outline: A webhook called <id> is unknown
    Given a push to main at abc0001 arrives as d1
    When "alice" replays <id> as r1
    Then it is refused with "unknown-webhook"
    And the message is "No webhook has the id "<id>"."
    And nothing was written

    Examples:
      | id                                   |
      | nothing                              |
      | 00000000-0000-4000-8000-000000000000 |
