Feature: The queue has an end
  As many deployments may wait as the registry says; who takes another one's place is let in.

  Background:
    Given the usual registry
    And A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002

  @database/queue-limit/full-queue-refuses @smoke
  Scenario: A deployment that would make the queue longer is refused
    Given the queue takes 1
    And C of shop/staging is waiting
    When "alice" requests a deployment of shop/production
    Then it is refused with "queue-full"
    And the message is "The queue is full: 1 deployments are waiting."

  @database/queue-limit/full-queue-refuses
  Scenario: A rollback that would make the queue longer is refused
    Given the queue takes 1
    And C of shop/staging is waiting
    When "alice" requests a rollback of shop/production
    Then it is refused with "queue-full"
    And the message is "The queue is full: 1 deployments are waiting."

  @database/queue-limit/full-queue-refuses
  Scenario Outline: <what> is refused too
    Given the queue takes 1
    And C of shop/staging is waiting
    When fn_request_deployment is asked with:
      | fraise | environment | dry_run | force   |
      | shop   | production  | <dry>   | <force> |
    Then it is refused with "queue-full"

    Examples:
      | what                | dry   | force |
      | A dry run           | true  | false |
      | A forced deployment | false | true  |

  @database/queue-limit/full-queue-refuses
  Scenario: A forced rollback is refused too
    Given the queue takes 1
    And C of shop/staging is waiting
    When "alice" requests a rollback of shop/production to v1, forced
    Then it is refused with "queue-full"

  @database/queue-limit/room-is-counted
  Scenario: What runs and what has ended does not count
    Given the queue takes 1
    And C of shop/staging is running under "w1"
    And D of blog/production has failed
    When "alice" requests a deployment of shop/production
    Then the answer is "requested"

  @database/queue-limit/room-is-counted
  Scenario: The last place is taken
    Given the queue takes 2
    And C of shop/staging is waiting
    When "alice" requests a rollback of shop/production
    Then the answer is "requested"

  @database/queue-limit/room-is-counted
  Scenario: Without a rollback to go to the queue does not matter
    Given the queue takes 1
    And C of shop/staging is waiting
    When "alice" requests a rollback of blog/production
    Then it is refused with "no-earlier-release"

  @database/queue-limit/superseding-is-allowed
  Scenario: A deployment takes the place of one that waits
    Given the queue takes 1
    And C of shop/production is waiting
    When "alice" requests a deployment of shop/production as D
    Then the answer is "requested"
    And C is "superseded"

  @database/queue-limit/superseding-is-allowed
  Scenario: A rollback takes the place of one that waits
    Given C of shop/staging is waiting
    And D of shop/production is waiting
    And the queue takes 1
    When "alice" requests a rollback of shop/production as R
    Then the answer is "requested"
    And D is "superseded"
    And C is "pending"

  @database/queue-limit/superseding-is-allowed
  Scenario: A deployment that runs is no place
    Given C of shop/production is running under "w1"
    And the queue takes 1
    And D of shop/staging is waiting
    When "alice" requests a deployment of shop/production
    Then it is refused with "queue-full"

  @database/queue-limit/superseding-is-allowed
  Scenario: A rollback finds no place in one that runs
    Given C of shop/production is running under "w1"
    And the queue takes 1
    And D of shop/staging is waiting
    When "alice" requests a rollback of shop/production to v1
    Then it is refused with "queue-full"

  @database/queue-limit/webhook-says-so
  Scenario: A push whose targets find no room is ignored with this reason
    Given C of shop/staging is waiting
    And the queue takes 1
    When a push to main at abc0009 arrives as d1
    Then the answer is "ignored"
    And the message is "Nothing is deployed: queue-full."
    And the HTTP status is 200
    And the call wrote exactly:
      | added | tb_webhook_event d1       | |
      | added | tb_event webhook.received | |
    And the events of the call are:
      | event_type       | payload                                                                                       |
      | webhook.received | provider=github; event_type=push; branch=main; commit_sha=abc0009; ignored_reason=queue-full |

  @database/queue-limit/webhook-says-so
  Scenario: A push that finds room for one target is accepted
    Given the queue takes 1
    And the registry is synced with the document:
      """
      {"fraises": [{"name": "shop", "type": "api", "environments": [{"name": "production", "provider": "local"}, {"name": "staging", "provider": "local"}]}],
       "branch_mapping": [{"branch": "main", "fraise": "shop", "environment": "production"}, {"branch": "main", "fraise": "shop", "environment": "staging"}],
       "settings": {"queue_limit": 1}}
      """
    When a push to main at abc0009 arrives as d1
    Then the answer is "accepted"
    And the message is "Deployments requested: 1."

  @database/queue-limit/webhook-says-so
  Scenario Outline: A held target and a full queue are told apart when <what>
    Given R of shop/production has rolled back
    And the registry is synced with the document:
      """
      {"fraises": [{"name": "shop", "type": "api", "environments": [{"name": "production", "provider": "local"}, {"name": "staging", "provider": "local"}]},
                   {"name": "blog", "type": "api", "environments": [{"name": "production", "provider": "local"}]}],
       "branch_mapping": [{"branch": "main", "fraise": "shop", "environment": "production"}, {"branch": "<branch>", "fraise": "shop", "environment": "staging"}],
       "settings": {"queue_limit": 1}}
      """
    And C of blog/production is waiting
    When a push to main at abc0002 arrives as d1
    Then the answer is "ignored"
    And the entity has:
      | ignored_reason | <reason> |

    Examples:
      | what                      | branch | reason     |
      | the other is held         | dev    | held       |
      | another finds no room     | main   | queue-full |

  @database/queue-limit/webhook-says-so
  Scenario Outline: What a command with an id that is <when> found is another matter
    Given R of shop/production has rolled back
    And the registry is synced with the document:
      """
      {"fraises": [{"name": "shop", "type": "api", "environments": [{"name": "production", "provider": "local"}, {"name": "staging", "provider": "local"}]},
                   {"name": "blog", "type": "api", "environments": [{"name": "production", "provider": "local"}]}],
       "branch_mapping": [{"branch": "main", "fraise": "shop", "environment": "production"}, {"branch": "other", "fraise": "shop", "environment": "staging"}],
       "settings": {"queue_limit": 1}}
      """
    And C of blog/production is waiting
    And a webhook arrives with:
      | delivery_id | branch | commit_sha | command_id |
      | d0          | other  | abc0002    | <other>    |
    When a webhook arrives with:
      | delivery_id | branch | commit_sha | command_id |
      | d1          | main   | abc0002    | command-m  |
    Then the answer is "ignored"
    And the entity has:
      | ignored_reason | held |

    Examples:
      | when    | other      |
      | earlier | command-a  |
      | later   | command-z  |
      | longer  | command-mm |

  @database/queue-limit/limit-is-the-registrys
  Scenario: The limit is that of the last sync
    Given the queue takes 1
    And C of shop/staging is waiting
    And the queue takes 2
    When "alice" requests a deployment of shop/production
    Then the answer is "requested"

  @database/queue-limit/limit-is-the-registrys
  Scenario: Without a limit a thousand may wait
    Given the queue takes 1
    When the usual registry is synced again
    Then the answer is "synced"
    And tb_registry has the limit 1000

  @database/queue-limit/limit-is-the-registrys
  Scenario Outline: A limit of <limit> is kept
    When the usual registry is synced with:
      """
      {"settings": {"queue_limit": <limit>}}
      """
    Then the answer is "synced"
    And tb_registry has the limit <kept>

    Examples:
      | limit  | kept   |
      | 1      | 1      |
      | 100000 | 100000 |
      | null   | 1000   |

  @database/queue-limit/bad-limits-are-refused
  Scenario Outline: A limit of <limit> is refused
    When the usual registry is synced with:
      """
      {"settings": {"queue_limit": <limit>}}
      """
    Then it is refused with "invalid-argument" of "registry"

    Examples:
      | limit  |
      | 0      |
      | -1     |
      | 100001 |
      | 1.5    |
      | "5"    |
      | true   |
      | [5]    |
