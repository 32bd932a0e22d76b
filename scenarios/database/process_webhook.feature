Feature: A webhook is taken
  fn_process_webhook writes the event, finds its targets and requests deployments in one transaction.

  Background:
    Given the usual registry

  @database/process-webhook/push-requests-deployments @smoke
  Scenario: A push to a mapped branch requests a deployment of its repository's fraise
    Given a push to wild at abc0000 of any/where arrives as d0
    When a push to main at abc0001 arrives as d1
    Then the answer is "accepted"
    And the message is "Deployments requested: 1."
    And the HTTP status is 202
    And the updated fields are none
    And the entity is WebhookEvent d1
    And the entity is what v_recent_webhooks shows
    And the metadata is:
      | replayed | false |
    And the call wrote exactly:
      | added | tb_webhook_event d1                         | |
      | added | tb_deployment d1:shop/production            | |
      | added | tb_deployment_request d1:shop/production    | |
      | added | tb_event webhook.received                   | |
      | added | tb_event deployment.requested               | |
    And tb_webhook_event d1 has:
      | provider       | github    |
      | hook           | default   |
      | event_type     | push      |
      | native_event   | push      |
      | repository     | acme/shop |
      | branch         | main      |
      | tag            | null      |
      | commit_sha     | abc0001   |
      | sender         | carol     |
      | processed      | true      |
      | ignored_reason | null      |
    And the entity has:
      | deployments | [{"id": "${d1:shop/production}", "fraise": "shop", "environment": "production", "status": "PENDING", "outcome": "pending"}] |
    And d1:shop/production shows:
      | triggered_by | WEBHOOK  |
      | actor        | carol    |
      | git_branch   | main     |
      | git_commit   | abc0001  |
      | webhook_id   | id of d1 |
      | force        | false    |

  @database/process-webhook/push-requests-deployments
  Scenario: The events of a push say what came and what it asks for
    When a push to dev at abc0001 arrives as d1
    Then the answer is "accepted"
    And the call wrote among others:
      | added | tb_deployment d1:shop/staging |
    And the events of the call are:
      | event_type           | entity_type  | entity_id             | payload                                                                                   |
      | deployment.requested | Deployment   | id of d1:shop/staging | kind=deploy; trigger_type=webhook; git_branch=dev; git_commit=abc0001; actor=carol    |
      | webhook.received     | WebhookEvent | id of d1              | provider=github; event_type=push; branch=dev; commit_sha=abc0001; ignored_reason=null |

  @database/process-webhook/routing
  Scenario: A branch that several environments of the repository follow deploys to each
    Given the registry holds:
      | fraise | type   | environment | branch | repository_key          |
      | shop   | api    | production  | main   | forge.example/acme/shop |
      | shop   | api    | staging     | main   | forge.example/acme/shop |
      | tail   | worker | production  | main   | forge.example/acme/shop |
      | blog   | worker | production  | main   | forge.example/acme/blog |
    When a push to main at abc0001 arrives as d1
    Then the answer is "accepted"
    And the message is "Deployments requested: 3."
    And v_deployment holds:
      | fraise | environment | status  |
      | shop   | production  | pending |
      | shop   | staging     | pending |
      | tail   | production  | pending |

  @database/process-webhook/routing
  Scenario: A fraise without a repository takes pushes of its branch from anywhere
    Given the registry holds:
      | fraise | type | environment | branch | repository_key          |
      | shop   | api  | production  | main   |                         |
      | blog   | api  | production  | main   | forge.example/acme/blog |
    When a push to main at abc0001 of any/where arrives as d1
    Then the answer is "accepted"
    And v_deployment holds:
      | fraise |
      | shop   |

  @database/process-webhook/routing
  Scenario: Any of the event's repository keys will do
    When a webhook arrives with:
      | repository_keys                                          |
      | ["ssh.example/acme/shop", "forge.example/acme/shop"] |
    Then the answer is "accepted"
    And v_deployment holds:
      | fraise |
      | shop   |

  @database/process-webhook/routing
  Scenario: The targets of a removed fraise are not deployed
    Given the registry holds:
      | fraise | type | environment | branch | repository_key |
      | shop   | api  | production  | main   |                |
      | blog   | api  | production  | main   |                |
    And the registry holds:
      | fraise | type | environment | branch | repository_key |
      | shop   | api  | production  | main   |                |
    When a push to main at abc0001 arrives as d1
    Then the answer is "accepted"
    And v_deployment holds:
      | fraise |
      | shop   |

  @database/process-webhook/ignored
  Scenario Outline: <what> is ignored because of <reason>
    When a webhook arrives with:
      | event_type   | branch   | tag   | commit_sha | repository_keys |
      | <event_type> | <branch> | <tag> | <commit>   | <keys>          |
    Then the answer is "ignored"
    And the message is "Nothing is deployed: <reason>."
    And the HTTP status is 200
    And the entity is what v_recent_webhooks shows
    And the entity has:
      | ignored_reason | <reason> |
      | processed      | true     |
      | deployments    | []       |
    And the metadata is:
      | replayed | false |
    And the call wrote exactly:
      | added | tb_webhook_event d1       | |
      | added | tb_event webhook.received | |
    And the events of the call are:
      | event_type       | entity_id | payload                                                                                               |
      | webhook.received | id of d1  | provider=github; event_type=<event_type>; branch=<branch>; commit_sha=<commit>; ignored_reason=<reason> |

    Examples:
      | what                       | event_type | branch | tag  | commit  | keys                        | reason            |
      | a ping                     | ping       | null   | null | null    | ["forge.example/acme/shop"] | ping              |
      | a ping about a branch      | ping       | main   | null | abc0001 | ["forge.example/acme/shop"] | ping              |
      | the end of a branch        | delete     | main   | null | null    | ["forge.example/acme/shop"] | branch-deleted    |
      | a tag                      | tag        | null   | v1   | abc0001 | ["forge.example/acme/shop"] | tag-not-mapped    |
      | a tag on a branch          | tag        | main   | v1   | abc0001 | ["forge.example/acme/shop"] | tag-not-mapped    |
      | another event              | other      | main   | null | abc0001 | ["forge.example/acme/shop"] | event-not-handled |
      | a push to an unmapped branch | push     | wild   | null | abc0001 | ["forge.example/acme/shop"] | branch-not-mapped |
      | a push of another repository | push     | main   | null | abc0001 | ["forge.example/acme/else"] | other-repository  |
      | a push of no repository    | push       | main   | null | abc0001 | []                          | other-repository  |

  @database/process-webhook/ignored
  Scenario: A push of a repository to another repository's branch is ignored
    When a push to dev at abc0001 of acme/blog arrives as d1
    Then the answer is "ignored"
    And the entity has:
      | ignored_reason | other-repository |

  @database/process-webhook/routing
  Scenario: Only the environment that follows the branch is deployed
    Given the registry holds:
      | fraise | type | environment | branch | repository_key          |
      | shop   | api  | production  | main   | forge.example/acme/shop |
      | blog   | api  | staging     | main   | forge.example/acme/blog |
      | blog   | api  | production  | dev    | forge.example/acme/blog |
    When a push to main at abc0001 of acme/blog arrives as d1
    Then the answer is "accepted"
    And v_deployment holds:
      | fraise | environment |
      | blog   | staging     |

  @database/process-webhook/held-targets
  Scenario: A push of a commit that a rollback left is ignored as held
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And R of shop/production has rolled back
    When a push to main at abc0002 arrives as d1
    Then the answer is "ignored"
    And the entity has:
      | ignored_reason | held |
      | deployments    | []   |
    And the call wrote exactly:
      | added | tb_webhook_event d1       | |
      | added | tb_event webhook.received | |

  @database/process-webhook/held-targets
  Scenario: A push whose commit is held in one environment deploys to the other
    Given the registry holds:
      | fraise | type | environment | branch | repository_key          |
      | shop   | api  | production  | main   | forge.example/acme/shop |
      | shop   | api  | staging     | main   | forge.example/acme/shop |
    And A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And R of shop/production has rolled back
    When a push to main at abc0002 arrives as d1
    Then the answer is "accepted"
    And the message is "Deployments requested: 1."
    And the call wrote among others:
      | added | tb_deployment d1:shop/staging |
    And the entity has:
      | ignored_reason | null |

  @database/process-webhook/supersedes
  Scenario: A newer push supersedes the older pending one
    Given a push to main at abc0001 arrives as d1
    And B of shop/staging is waiting
    When a push to main at abc0002 arrives as d2
    Then the answer is "accepted"
    And d1:shop/production shows:
      | outcome       | superseded                  |
      | superseded_by | id of d2:shop/production    |
    And d2:shop/production is "pending"
    And B is "pending"

  @database/process-webhook/redelivery-answers-like-the-first
  Scenario Outline: A redelivery of an <outcome> webhook answers like the first time and writes nothing
    Given a push to <other> at abc0001 arrives as d0
    And a push to <branch> at abc0001 arrives as d1
    And a push to <other> at abc0002 arrives as d2
    When d1 arrives again under another command id
    Then the answer is "<outcome>" and nothing changed
    And the HTTP status is <status>
    And the entity is WebhookEvent d1
    And the entity is the same as the first time
    And the metadata is:
      | replayed | true |

    Examples:
      | outcome  | branch | other | status |
      | accepted | main   | wild  | 202    |
      | ignored  | wild   | main  | 200    |

  @database/process-webhook/redelivery-answers-like-the-first
  Scenario: A redelivery is that of its own forge and receiver
    Given a webhook arrives with:
      | provider  | hook    | delivery_id | branch |
      | bitbucket | default | d1          | wild   |
    And a webhook arrives with:
      | provider | hook    | delivery_id | branch |
      | github   | another | d1          | wild   |
    And a webhook arrives with:
      | provider | hook  | delivery_id | branch |
      | github   | third | d1          | wild   |
    And a push to main at abc0001 arrives as d1
    When d1 arrives again under another command id
    Then the answer is "accepted" and nothing changed
    And the entity is the same as the first time
    And the entity has:
      | provider | GITHUB  |
      | hook     | default |

  @database/process-webhook/deliveries-are-told-apart
  Scenario Outline: The same delivery id of another <what> is another delivery
    Given a push to main at abc0001 arrives as d1
    When a webhook arrives with:
      | provider   | hook   | delivery_id |
      | <provider> | <hook> | <delivery>  |
    Then the answer is "accepted"

    Examples:
      | what        | provider | hook    | delivery |
      | forge       | gitlab   | default | d1       |
      | receiver    | github   | second  | d1       |
      | delivery id | github   | default | d2       |

  @database/process-webhook/every-forge-is-taken
  Scenario Outline: Webhooks of <provider> are taken
    When a webhook arrives with:
      | provider   |
      | <provider> |
    Then the answer is "accepted"
    And the entity has:
      | provider | <shown> |

    Examples:
      | provider  | shown     |
      | github    | GITHUB    |
      | gitlab    | GITLAB    |
      | gitea     | GITEA     |
      | bitbucket | BITBUCKET |
      | custom    | CUSTOM    |

  @database/process-webhook/wrong-webhooks-are-refused
  Scenario: What is wrong is refused, also under an id that was seen before
    Given a webhook arrives with:
      | delivery_id | commit_sha |
      | d1          | abc0001    |
    When a webhook arrives with:
      | delivery_id | event_type |
      | d1          | strange    |
    Then it is refused with "invalid-argument" of "event"

  @database/process-webhook/wrong-webhooks-are-refused
  Scenario Outline: A webhook with <fault> is refused
    When a webhook arrives with:
      | provider   | delivery_id | event_type   | branch   | commit_sha |
      | <provider> | <delivery>  | <event_type> | <branch> | <commit>   |
    Then it is refused with "invalid-argument" of "<argument>"
    And the message is "The argument "<argument>" has a value that is not allowed."

    Examples:
      | fault                    | provider | delivery | event_type | branch  | commit  | argument    |
      | an unknown provider      | sourcehut | d1      | push       | main    | abc0001 | provider    |
      | no provider              | null     | d1       | push       | main    | abc0001 | provider    |
      | an empty delivery id     | github   | (empty)  | push       | main    | abc0001 | delivery_id |
      | no delivery id           | github   | null     | push       | main    | abc0001 | delivery_id |
      | an unknown event type    | github   | d1       | merge      | main    | abc0001 | event       |
      | a push without a branch  | github   | d1       | push       | null    | abc0001 | event       |
      | a push without a commit  | github   | d1       | push       | main    | null    | event       |
