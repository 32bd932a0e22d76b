Feature: Views show what there is
  Every query reads a view: native columns to filter and order by, and data.

  Background:
    Given the usual registry

  @database/views/deployment
  Scenario: A deployment has its columns and keys
    Given A of shop/production is running under "w1"
    When "w1" reports "fetch" of A as started
    Then v_deployment has the columns: id fraise_id fraise environment status started_at requested_at pk_deployment
    And every data of v_deployment has the keys: id fraise_id fraise environment kind requested_at started_at completed_at duration_seconds old_version new_version status outcome triggered_by actor target git_commit git_branch error_code error_message force attempt worker superseded_by cutover_at cancel_requested_at webhook_id steps
    And steps.0 in data of v_deployment has the keys: id deployment_id attempt position step state progress message detail started_at completed_at
    And A shows:
      | id           | id of A |
      | fraise_id    | a uuid  |
      | requested_at | a time  |
      | started_at   | a time  |
      | target       | {"provider": "local", "config": {}} |

  @database/views/deployment
  Scenario: While a deployment waits its start is the time of the request
    Given A of shop/production is waiting
    When A was requested long ago
    Then A shows:
      | started_at   | 2020-01-01T00:00:00.000Z |
      | requested_at | 2020-01-01T00:00:00.000Z |
    And v_deployment holds:
      | started_at               | requested_at             |
      | 2020-01-01T00:00:00.000Z | 2020-01-01T00:00:00.000Z |

  @database/views/deployment
  Scenario: Every state of a deployment shows as GraphQL names it
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has failed
    And C of shop/production is running under "w1"
    And "w1" completes C as rolled_back because it broke
    And D of shop/production is waiting
    And E of shop/production is waiting
    And F of shop/staging is waiting
    And "alice" cancels F
    When "w1" claims E
    And G of blog/production is waiting
    Then v_deployment in order of pk_deployment holds:
      | status      | data.outcome | data.status |
      | success     | success      | SUCCESS     |
      | failed      | failed       | FAILED      |
      | rolled_back | rolled_back  | ROLLED_BACK |
      | superseded  | superseded   | FAILED      |
      | in_progress | in_progress  | IN_PROGRESS |
      | cancelled   | cancelled    | FAILED      |
      | pending     | pending      | PENDING     |

  @database/views/deployment-history
  Scenario: The history has its columns and keys
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    When "w1" claims anything
    Then v_deployment_history has the columns: id fraise environment started_at completed_at duration_seconds version_change status target_provider git_commit error_message pk_deployment
    And every data of v_deployment_history has the keys: id fraise environment started_at completed_at duration_seconds version_change status target_provider git_commit error_message triggered_by actor outcome kind error_code hint
    And v_deployment_history in order of -pk_deployment holds:
      | id      | fraise | environment | status  | version_change | target_provider | git_commit | data.status | data.outcome | data.triggered_by | data.actor | data.kind |
      | id of B | shop   | production  | success | v1 → v2        | local           | abc0002    | SUCCESS     | success      | MANUAL            | setup      | deploy    |
      | id of A | shop   | production  | success | anything       | local           | abc0001    | SUCCESS     | success      | MANUAL            | setup      | deploy    |

  @database/views/history-hint
  Scenario: The history has the hint of the step that failed last with the deployment's code
    Given A of shop/production is on attempt 2 under "w1"
    And "w1" has failed at "fetch" of A with build-failed and the hint "free the disk"
    And "w1" has failed at "build" of A with build-failed and the hint "see the log"
    And "w1" has failed at "clean" of A with timeout and the hint "wait"
    And B of shop/staging is running under "w2"
    And "w2" has failed at "build" of B with build-failed
    And "w1" reports "seed" of A as started
    When "w1" completes A as failed with build-failed because it broke
    And "w2" completes B as failed with build-failed because it broke
    Then v_deployment_history in order of pk_deployment holds:
      | id      | data.error_code | data.hint   |
      | id of A | build-failed    | see the log |
      | id of B | build-failed    | null        |

  @database/views/registry
  Scenario: Fraises and environments have their columns and keys
    When the usual registry is synced again
    Then v_fraise has the columns: id name type
    And every data of v_fraise has the keys: id name type kind description git_provider repository database environments
    And v_environment has the columns: id fraise name
    And every data of v_environment has the keys: id fraise name target current_version current_commit last_deployed_at last_deployed_by status branches jobs held_commit
    And environments.0 in data of v_fraise has the keys: id fraise name target current_version current_commit last_deployed_at last_deployed_by status branches jobs held_commit
    And v_fraise_status has the columns: id fraise environment current_version status target_provider last_deployed_at last_deploy_duration last_git_commit current_commit
    And every data of v_fraise_status has the keys: id fraise environment current_version status target_provider last_deployed_at last_deploy_duration last_git_commit current_commit

  @database/views/registry @smoke
  Scenario: Environments are nested in their fraise, by name
    When the usual registry is synced again
    Then v_fraise in order of name holds:
      | name | data.kind | data.environments.0.name | data.environments.0.fraise |
      | blog | worker    | production               | blog                       |
      | shop | api       | production               | shop                       |
    And the environments of "shop" are: production staging
    And the environments of "blog" are: production

  @database/views/environment
  Scenario: An environment shows what it serves
    Given A of shop/production has released v1 at abc0001
    And B of shop/staging has released v2 at abc0002
    When the usual registry is synced again
    Then v_environment holds:
      | fraise | name       | data.current_version | data.current_commit | data.last_deployed_at | data.last_deployed_by | data.status | data.target                         | data.branches |
      | shop   | production | v1                   | abc0001             | a time                | setup                 | HEALTHY     | {"provider": "local", "config": {}} | ["main"]      |
      | shop   | staging    | v2                   | abc0002             | a time                | setup                 | HEALTHY     | {"provider": "local", "config": {}} | ["dev"]       |
      | blog   | production | null                 | null                | null                  | null                  | UNKNOWN     | {"provider": "local", "config": {}} | ["main"]      |
    And v_fraise_status holds:
      | fraise | environment | current_version | target_provider | last_deployed_at | data.last_deploy_duration | data.last_git_commit | data.current_commit | data.status |
      | shop   | production  | v1              | local           | a time           | a number                  | abc0001              | abc0001             | HEALTHY     |
      | shop   | staging     | v2              | local           | a time           | a number                  | abc0002              | abc0002             | HEALTHY     |
      | blog   | production  | null            | local           | null             | null                      | null                 | null                | UNKNOWN     |

  @database/views/environment
  Scenario: A held commit shows
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    When R of shop/production has rolled back
    Then v_environment holds:
      | fraise | name       | data.held_commit | data.current_version |
      | shop   | production | abc0002          | v1                   |
      | shop   | staging    | null             | null                 |
      | blog   | production | null             | null                 |

  @database/views/stats
  Scenario: Statistics count what started in the last 30 days
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And C of shop/production has failed
    And D of shop/production is running under "w1"
    And "w1" completes D as rolled_back because it broke
    And E of shop/production has failed
    And E was started 31 days ago
    And F of shop/production is waiting
    And G of shop/production is waiting
    And H of shop/staging is waiting
    And "alice" cancels H
    When A took 10 seconds
    And B took 20 seconds
    And C took 30 seconds
    And D took 40 seconds
    Then v_deployment_stats has the columns: fraise environment total successful failed rolled_back avg_duration success_rate
    And every data of v_deployment_stats has the keys: fraise environment total successful failed rolled_back avg_duration success_rate
    And v_deployment_stats holds:
      | fraise | environment | total | successful | failed | rolled_back | avg_duration | success_rate | data.total | data.success_rate |
      | shop   | production  | 4     | 2          | 1      | 1           | 25           | 50           | 4          | 50                |
    And v_deployment_outcome has the columns: id fraise environment status started_at duration_seconds
    And every data of v_deployment_outcome has the keys: fraise environment status started_at duration_seconds
    And v_deployment_outcome holds:
      | id      | status      |
      | id of A | success     |
      | id of B | success     |
      | id of C | failed      |
      | id of D | rolled_back |
      | id of E | failed      |

  @database/views/stats
  Scenario: The rate has one decimal, and each environment its own line
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And C of shop/production has failed
    And D of blog/production has failed
    When the usual registry is synced again
    Then v_deployment_stats holds:
      | fraise | environment | total | success_rate |
      | shop   | production  | 3     | 66.7         |
      | blog   | production  | 1     | 0            |

  @database/views/stats
  Scenario: What was cancelled while it ran is counted
    Given A of shop/production is running under "w1"
    And "alice" cancels A
    When "w1" completes A as cancelled
    Then v_deployment_outcome holds:
      | id      | status    |
      | id of A | cancelled |

  @database/views/steps
  Scenario: Steps have their columns and keys and their order
    Given B of blog/production is running under "w2"
    And "w2" reports "build" of B as started
    And A of shop/production is running under "w1"
    And "w1" reports "fetch" of A as started
    And "w1" reports "fetch" of A as succeeded
    When "w1" reports "build" of A as started
    Then v_deployment_step has the columns: id deployment_id attempt position step state
    And every data of v_deployment_step has the keys: id deployment_id attempt position step state progress message detail started_at completed_at
    And v_deployment_step holds:
      | deployment_id | attempt | position | step  | state     | data.state |
      | id of B       | 1       | a number | build | started   | started    |
      | id of A       | 1       | a number | fetch | succeeded | succeeded  |
      | id of A       | 1       | a number | build | started   | started    |
    And the steps of A are: fetch build

  @database/views/releases
  Scenario: Releases have their columns and keys
    Given A of shop/production has released v1 at abc0001
    When B of shop/production has released v2 at abc0002
    Then v_release has the columns: id fraise environment version git_commit backward_compatible created_at pk_release
    And every data of v_release has the keys: id fraise environment version git_commit artifact_digest config migration_head backward_compatible migrations deployment_id created_at deployed_at retired_at current
    And v_release in order of -pk_release holds:
      | version | git_commit | data.current | data.deployment_id |
      | v2      | abc0002    | true         | id of B            |
      | v1      | abc0001    | false        | id of A            |

  @database/views/webhooks
  Scenario: Webhooks have their columns and keys
    Given a push to main at abc0001 arrives as d1
    When a push to wild at abc0002 arrives as d2
    Then v_recent_webhooks has the columns: id provider event_type branch received_at pk_webhook_event replayed_from replayed_by replays changes
    And every data of v_recent_webhooks has the keys: id received_at provider hook delivery_id event_type native_event repository branch tag commit_sha sender processed ignored_reason replayed_from replayed_by replays changes deployments
    And v_recent_webhooks in order of -pk_webhook_event holds:
      | branch | provider | event_type | data.provider | data.ignored_reason | data.processed | data.deployments  |
      | wild   | github   | push       | GITHUB        | branch-not-mapped   | true           | []                |
      | main   | github   | push       | GITHUB        | null                | true           | anything          |
    And the deployments of the webhook d1 have the keys: id fraise environment status outcome

  @database/views/webhooks
  Scenario: What came of a webhook is told exactly
    Given a push to main at abc0001 arrives as d1
    When a push to main at abc0002 arrives as d2
    Then v_recent_webhooks in order of pk_webhook_event holds:
      | commit_sha | data.deployments.0.status | data.deployments.0.outcome |
      | abc0001    | FAILED                    | superseded                 |
      | abc0002    | PENDING                   | pending                    |

  @database/views/events
  Scenario: The event log has its columns and keys and grows
    When A of shop/production has failed
    Then v_event has the columns: pk_event id event_type fraise environment entity_id occurred_at
    And every data of v_event has the keys: number id occurred_at event_type entity_type entity_id fraise environment payload
    And v_event in order of pk_event holds:
      | event_type           | fraise | entity_id | data.event_type      | data.occurred_at |
      | registry.synced      | null   | anything  | registry.synced      | a time           |
      | deployment.requested | shop   | id of A   | deployment.requested | a time           |
      | deployment.started   | shop   | id of A   | deployment.started   | a time           |
      | deployment.completed | shop   | id of A   | deployment.completed | a time           |
    And the numbers of the events grow with pk_event

  @database/views/worker
  Scenario: Observers have their columns and keys
    When the observer "o1" says "running"
    Then v_worker has the columns: id worker alive
    And every data of v_worker has the keys: worker state last_seen_at expires_at alive

  @database/views/error-codes
  Scenario: The error codes are the ones of spec/errors.yaml
    When the usual registry is synced again
    Then v_error_code says what the specification says

  @database/views/schema-version
  Scenario: The migrations are recorded
    When the usual registry is synced again
    Then v_schema_version holds the migrations of db/ and the digest is theirs

  @database/views/removed
  Scenario: Removed fraises and environments do not show, their history does
    Given A of shop/staging has released v1 at abc0001
    And shop/staging has been removed from the registry
    When the observer "o1" says "running"
    Then v_environment holds:
      | fraise | name       |
      | shop   | production |
      | blog   | production |
    And v_fraise_status holds:
      | fraise | environment |
      | shop   | production  |
      | blog   | production  |
    And the environments of "shop" are: production
    And v_deployment_history holds:
      | fraise | environment |
      | shop   | staging     |
