Feature: A body that was seen before is the same delivery
  Forges sign the body and not the id, so whoever has recorded a delivery can send it again under another id.

  Background:
    Given the usual registry
    And a webhook arrives with:
      | delivery_id | before  | commit_sha | payload_digest |
      | d1          | abc0000 | abc0001    | first          |

  @database/process-webhook/same-body-is-the-same-delivery @smoke
  Scenario: The same body under another id
    When a webhook arrives with:
      | delivery_id | before  | commit_sha | payload_digest |
      | d2          | abc0000 | abc0001    | first          |
    Then the answer is "accepted" and nothing changed
    And the HTTP status is 202
    And the entity is WebhookEvent d1
    And the entity is what v_recent_webhooks shows
    And the metadata is:
      | replayed | true |

  @database/process-webhook/same-body-is-the-same-delivery
  Scenario: Of an old push, when the branch has long moved on
    Given a webhook arrives with:
      | delivery_id | before  | commit_sha | payload_digest |
      | d2          | abc0001 | abc0002    | second         |
    When a webhook arrives with:
      | delivery_id | before  | commit_sha | payload_digest |
      | d3          | abc0000 | abc0001    | first          |
    Then the entity is WebhookEvent d1
    And v_deployment holds:
      | git_commit | status     |
      | abc0001    | superseded |
      | abc0002    | pending    |

  @database/process-webhook/same-body-is-the-same-delivery
  Scenario Outline: <what>
    When a webhook arrives with:
      | provider   | hook   | delivery_id | before  | commit_sha | payload_digest |
      | <provider> | <hook> | d2          | abc0000 | abc0001    | <digest>       |
    Then the answer is "accepted"
    And the entity is WebhookEvent d2
    And the metadata is:
      | replayed | false |

    Examples:
      | what                              | provider | hook    | digest |
      | Another body is another delivery  | github   | default | other  |
      | So is the body of another forge   | gitea    | default | first  |
      | And what another receiver took    | github   | second  | first  |
      | A body of which nothing is known  | github   | default | null   |

  @database/process-webhook/same-body-is-the-same-delivery
  Scenario: A custom forge need not say where a branch was before
    Given a webhook arrives with:
      | provider | delivery_id | before  | commit_sha | payload_digest |
      | custom   | d2          | abc0000 | abc0001    | first          |
    When a webhook arrives with:
      | provider | delivery_id | before  | commit_sha | payload_digest |
      | custom   | d3          | abc0000 | abc0001    | first          |
    Then the entity is WebhookEvent d3
    And the metadata is:
      | replayed | false |

  @database/process-webhook/moved-back-and-on-again-is-a-push
  Scenario: A branch that was moved back is moved on once more
    Given a webhook arrives with:
      | delivery_id | before  | commit_sha | payload_digest |
      | d2          | abc0001 | abc0000    | back           |
    When a webhook arrives with:
      | delivery_id | before  | commit_sha | payload_digest |
      | d3          | abc0000 | abc0001    | first          |
    Then the answer is "accepted"
    And the entity is WebhookEvent d3
    And the metadata is:
      | replayed | false |
    And d3:shop/production shows:
      | status     | PENDING |
      | git_commit | abc0001 |

  @database/process-webhook/moved-back-and-on-again-is-a-push
  Scenario: After both of them the body comes once more
    Given a webhook arrives with:
      | delivery_id | before  | commit_sha | payload_digest |
      | d2          | abc0001 | abc0000    | back           |
    And a webhook arrives with:
      | delivery_id | before  | commit_sha | payload_digest |
      | d3          | abc0000 | abc0001    | first          |
    When a webhook arrives with:
      | delivery_id | before  | commit_sha | payload_digest |
      | d4          | abc0000 | abc0001    | first          |
    Then the answer is "accepted" and nothing changed
    And the entity is WebhookEvent d3

  @database/process-webhook/moved-back-and-on-again-is-a-push
  Scenario: A branch that was deleted is made once more
    Given a webhook arrives with:
      | delivery_id | branch | before | commit_sha | payload_digest |
      | d2          | dev    | null   | abc0001    | made           |
    And a webhook arrives with:
      | delivery_id | event_type | branch | before  | commit_sha | payload_digest |
      | d3          | delete     | dev    | abc0001 | null       | gone           |
    When a webhook arrives with:
      | delivery_id | branch | before | commit_sha | payload_digest |
      | d4          | dev    | null   | abc0001    | made           |
    Then the entity is WebhookEvent d4
    And the metadata is:
      | replayed | false |

  @database/process-webhook/moved-back-and-on-again-is-a-push
  Scenario Outline: What <whose> did says nothing of this ref
    Given a webhook arrives with:
      | provider   | hook   | delivery_id | event_type | repository   | branch   | tag   | before  | commit_sha | payload_digest |
      | <provider> | <hook> | d2          | <type>     | <repository> | <branch> | <tag> | abc0001 | abc0000    | back           |
    When a webhook arrives with:
      | delivery_id | before  | commit_sha | payload_digest |
      | d3          | abc0000 | abc0001    | first          |
    Then the entity is WebhookEvent d1

    Examples:
      | whose              | provider | hook    | type | repository | branch | tag  |
      | another forge      | gitea    | default | push | acme/shop  | main   | null |
      | another receiver   | github   | second  | push | acme/shop  | main   | null |
      | another repository | github   | default | push | acme/blog  | main   | null |
      | another branch     | github   | default | push | acme/shop  | dev    | null |
      | a tag              | github   | default | tag  | acme/shop  | main   | v1   |

  @database/process-webhook/moved-back-and-on-again-is-a-push
  Scenario: A replay that somebody asked for says nothing of the ref
    Given a webhook arrives with:
      | delivery_id | before  | commit_sha | payload_digest |
      | d2          | abc0001 | abc0002    | second         |
    And "alice" replays d1 as r1
    When a webhook arrives with:
      | delivery_id | before  | commit_sha | payload_digest |
      | d3          | abc0001 | abc0002    | second         |
    Then the entity is WebhookEvent d2
