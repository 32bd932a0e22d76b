Feature: A command is carried out once
  Asked again with the same command id a function changes nothing and gives its first answer.

  Background:
    Given the usual registry
    And P of shop/staging has released v1 at abc0001
    And Q of shop/staging has released v2 at abc0002
    And A of shop/production is running under "w1"
    And B of blog/production is waiting
    And a push to wild at abc0003 arrives as d0

  @database/replay/first-answer-again
  Scenario Outline: <function> replays its first answer
    Given <call>
    When the last call is repeated with the same command id
    Then it answers the same as the first time and nothing changed

    Examples:
      | function               | call                                                     |
      | fn_sync_registry       | blog has been removed from the registry                  |
      | fn_request_deployment  | "alice" requests a deployment of shop/production         |
      | fn_request_rollback    | "alice" requests a rollback of shop/staging              |
      | fn_process_webhook     | a push to main at abc0009 arrives as d1                  |
      | fn_replay_webhook      | "alice" replays d0 as r1                                 |
      | fn_claim_deployment    | "w2" claims B                                            |
      | fn_heartbeat           | "w1" renews A                                            |
      | fn_record_step         | "w1" reports "fetch" of A as started                     |
      | fn_record_release      | "w1" records release "v1" of A at abc0001                |
      | fn_record_migration    | "w1" records a breaking migration to "0008" of P          |
      | fn_complete_deployment | "w1" completes A as failed because it broke              |
      | fn_cancel_deployment   | "alice" cancels A                                        |
      | fn_reap_expired_leases | expired leases are reaped                                |
      | fn_record_health       | the health of shop/production is recorded as "degraded"  |
      | fn_record_worker       | the observer "o1" says "running"                         |

  @database/replay/first-answer-again
  Scenario: A notification is claimed once
    Given the usual registry with the channels:
      | name | events  |
      | chat | started |
    And "w2" claims B
    And "o1" claims a notification as N
    When the last call is repeated with the same command id
    Then it answers the same as the first time and nothing changed

  @database/replay/first-answer-again
  Scenario: A notification is delivered once
    Given the usual registry with the channels:
      | name | events  |
      | chat | started |
    And "w2" claims B
    And "o1" claims a notification as N
    And "o1" has delivered N
    When the last call is repeated with the same command id
    Then it answers the same as the first time and nothing changed

  @database/replay/first-answer-again
  Scenario: A repository is claimed and a look handed over once
    Given the registry holds:
      | fraise | environment | branch | reconcile | repository |
      | shop   | production  | main   | true      | https://s  |
      | tail   | production  | main   | true      | https://t  |
    And "w1" asks for a repository
    When the last call is repeated with the same command id
    Then it answers the same as the first time and nothing changed
    When the look L1 finds in shop:
      | ref_type | name | commit  |
      | branch   | main | abc0009 |
    And the last call is repeated with the same command id
    Then it answers the same as the first time and nothing changed

  @database/replay/first-answer-again
  Scenario: What a look has requested is told again
    Given the registry holds:
      | fraise | environment | branch | reconcile | repository |
      | tail   | production  | main   | true      | https://t  |
    And "w1" asks for a repository
    And the look L1 finds in tail:
      | ref_type | name | commit  |
      | branch   | main | abc0009 |
    When the last call is repeated with the same command id
    Then it answers the same as the first time and nothing changed
    And the cascade is Deployment L1:tail/production

  @database/replay/refusals-are-replayed
  Scenario: A refusal is replayed though it would be allowed now
    Given "alice" requests a deployment of tail/production
    And the registry holds beside the last call:
      | fraise | type | environment | branch |
      | tail   | api  | production  |        |
    When the last call is repeated with the same command id
    Then it answers the same as the first time and nothing changed

  @database/replay/answers-stand
  Scenario: The first answer stands though the world has moved on
    Given "alice" requests a deployment of shop/production as C
    And C is superseded beside the last call
    When the last call is repeated with the same command id
    Then it answers the same as the first time and nothing changed
    And the entity has:
      | outcome | pending |

  @database/replay/other-commands-are-new @smoke
  Scenario: The same call under another command id is carried out
    Given "w1" reports "fetch" of A as started
    When "w1" reports "fetch" of A as started
    Then the answer is "recorded"

  @database/replay/command-id-is-required
  Scenario Outline: <function> without a command id is a programming error
    When <function> is asked without a command id
    Then the call aborts and nothing changed

    Examples:
      | function               |
      | fn_sync_registry       |
      | fn_request_deployment  |
      | fn_request_rollback    |
      | fn_process_webhook     |
      | fn_replay_webhook      |
      | fn_claim_deployment    |
      | fn_heartbeat           |
      | fn_record_step         |
      | fn_record_release      |
      | fn_record_migration    |
      | fn_complete_deployment |
      | fn_cancel_deployment   |
      | fn_reap_expired_leases |
      | fn_claim_notification  |
      | fn_complete_notification |
      | fn_claim_reconcile     |
      | fn_complete_reconcile  |
      | fn_record_health       |
      | fn_record_worker       |
