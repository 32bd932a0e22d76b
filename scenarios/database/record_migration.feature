Feature: A worker says what it did to the database of the fraise
  fn_record_migration keeps where the database is, and whether older code can run on it.

  Background:
    Given the usual registry
    And Y of blog/production is running under "w9"
    And "w9" records release "v8" of Y at eee0008
    And A of shop/production is running under "w1"

  @database/record-migration/migration-is-recorded @smoke
  Scenario: A migration is recorded
    Given "w1" records release "v1" of A at abc0001
    And "w9" records a breaking migration to "0001" of Y
    When "w1" records a compatible migration to "0008" of A
    Then the answer is "recorded"
    And the message is "The database of shop/production is at 0008."
    And the HTTP status is 200
    And the updated fields are migration_head backward_compatible migrations
    And the cascade is nothing
    And the entity is what v_release shows
    And the entity has:
      | version             | v1   |
      | migration_head      | 0008 |
      | backward_compatible | true |
    And the metadata is:
      | automatic_rollback | true |
    And the call wrote exactly:
      | changed | tb_release v1 shop/production     | migration_head |
      | added   | tb_release_migration A/0008       | |
      | added   | tb_event migration.recorded       | |
    And tb_release_migration A/0008 has:
      | backward_compatible | true              |
      | detail              | {"ran": ["0008"]} |
    And the events of the call are:
      | event_type         | entity_type | fraise | environment | payload                                                                |
      | migration.recorded | Release     | shop   | production  | migration_head=0008; backward_compatible=true; deployment_id=id of A |
    And v_release holds:
      | version | backward_compatible | data.migration_head |
      | v1      | true                | 0008                |
      | v8      | false               | 0001                |

  @database/record-migration/breaking-migration-is-kept
  Scenario: A migration that older code may not run on is kept and told
    Given "w1" records release "v1" of A at abc0001
    When "w1" records a breaking migration to "0008" of A
    Then the answer is "recorded"
    And the metadata is:
      | automatic_rollback | false |
    And the entity has:
      | backward_compatible | false |
    And the events of the call are:
      | event_type         | payload                                                                 |
      | migration.recorded | migration_head=0008; backward_compatible=false; deployment_id=id of A |
    And v_release holds:
      | version | backward_compatible | data.backward_compatible |
      | v1      | false               | false                    |
      | v8      | true                | true                     |

  @database/record-migration/breaking-migration-is-kept
  Scenario: What came after does not make it harmless
    Given "w1" records release "v1" of A at abc0001
    And "w9" records a compatible migration to "0002" of Y
    And "w9" records a compatible migration to "0001" of Y
    And "w1" records a breaking migration to "0008" of A
    When "w1" records a compatible migration to "0009" of A
    Then the answer is "recorded"
    And the metadata is:
      | automatic_rollback | false |
    And the entity has:
      | migration_head      | 0009  |
      | backward_compatible | false |
    And v_release holds:
      | version | data.migrations.0.migration_head | data.migrations.0.backward_compatible | data.migrations.0.deployment_id | data.migrations.0.detail | data.migrations.0.recorded_at | data.migrations.1.migration_head | data.migrations.1.backward_compatible |
      | v1      | 0008                             | false                                 | id of A                         | {"ran": ["0008"]}        | a time                        | 0009                             | true                                  |
      | v8      | 0002                             | true                                  | id of Y                         | {"ran": ["0002"]}        | a time                        | 0001                             | true                                  |

  @database/record-migration/breaking-migration-is-kept
  Scenario: Whoever takes over is told
    Given "w1" records release "v1" of A at abc0001
    And "w1" records a breaking migration to "0008" of A
    And the lease of shop/production has expired
    When "w2" claims A
    Then the answer is "taken-over"
    And the metadata has:
      | automatic_rollback | false |

  @database/record-migration/breaking-migration-is-kept
  Scenario: Whoever takes over something harmless is told that too
    Given "w9" records a breaking migration to "0001" of Y
    And "w1" records release "v1" of A at abc0001
    And "w1" records a compatible migration to "0008" of A
    And the lease of shop/production has expired
    When "w2" claims A
    Then the answer is "taken-over"
    And the metadata has:
      | automatic_rollback | true |

  @database/record-migration/second-call-changes-nothing
  Scenario: The same migration again changes nothing
    Given "w1" records release "v1" of A at abc0001
    And "w1" records a breaking migration to "0008" of A
    When "w1" records a breaking migration to "0008" of A
    Then the answer is "recorded" and nothing changed
    And the updated fields are none
    And the metadata is:
      | automatic_rollback | false |
    And the entity is what v_release shows

  @database/record-migration/second-call-changes-nothing
  Scenario: The same command again changes nothing
    Given "w1" records release "v1" of A at abc0001
    And "w1" records a breaking migration to "0008" of A
    When the last call is repeated with the same command id
    Then it answers the same as the first time and nothing changed

  @database/record-migration/second-call-changes-nothing
  Scenario Outline: <what> is another one
    Given "w9" records a compatible migration to "0009" of Y
    And "w1" records release "v1" of A at abc0001
    And "w1" records a compatible migration to "0008" of A
    When "w1" records a <kind> migration to "<head>" of A
    Then the answer is "recorded"
    And the call wrote among others:
      | added | tb_event migration.recorded |

    Examples:
      | what                             | kind       | head |
      | The same head that breaks now    | breaking   | 0008 |
      | Another head                     | compatible | 0009 |

  @database/record-migration/rollback-leaves-the-target-alone
  Scenario: What a rollback does is an entry of the release that it goes back to
    Given "w9" completes Y as failed because it broke
    And B of blog/production has released v1 at abc0001 with a compatible migration
    And C of blog/production has released v2 at abc0002
    And "alice" requests a rollback of blog/production as R
    And "w2" claims R
    When "w2" records a breaking migration to "0001" of R
    Then the answer is "recorded"
    And the updated fields are migrations
    And the metadata is:
      | automatic_rollback | false |
    And the entity has:
      | version             | v1        |
      | migration_head      | schema-v1 |
      | backward_compatible | true      |
    And the call wrote exactly:
      | added | tb_release_migration R/0001 | |
      | added | tb_event migration.recorded | |
    And v_release in order of pk_release holds:
      | version | data.backward_compatible | data.migration_head |
      | v8      | true                     | 0007                |
      | v1      | true                     | schema-v1           |
      | v2      | true                     | 0007                |

  @database/record-migration/wrong-calls-are-refused
  Scenario Outline: A migration with <fault> is refused
    Given "w1" records release "v1" of A at abc0001
    When fn_record_migration is asked with:
      | deployment_id | fencing_token | migration_head | backward_compatible |
      | <deployment>  | <token>       | <head>         | <compatible>        |
    Then it is refused with "<code>"
    And the message is "<message>"

    Examples:
      | fault                    | deployment | token | head    | compatible | code               | message                                                             |
      | an unknown deployment    | nonsense   | 1     | 0008    | true       | unknown-deployment | No deployment has the id "nonsense".                                |
      | an old token             | id of A    | 0     | (empty) | true       | lease-lost         | Another worker has taken shop/production over.                      |
      | no token                 | id of A    | null  | 0008    | true       | lease-lost         | Another worker has taken shop/production over.                      |
      | an empty head            | id of A    | 1     | (empty) | null       | invalid-argument   | The argument "migration_head" has a value that is not allowed.      |
      | no head                  | id of A    | 1     | null    | true       | invalid-argument   | The argument "migration_head" has a value that is not allowed.      |
      | no word on older code    | id of A    | 1     | 0008    | null       | invalid-argument   | The argument "backward_compatible" has a value that is not allowed. |

  @database/record-migration/wrong-calls-are-refused
  Scenario: A deployment without a release has no migrations
    When "w1" records a compatible migration to "0008" of A
    Then it is refused with "invalid-argument" of "deployment_id"

  @database/record-migration/wrong-calls-are-refused
  Scenario: A lease that was given back is lost
    Given "w1" records release "v1" of A at abc0001
    And the lease of shop/production has been released
    When "w1" records a compatible migration to "0008" of A
    Then it is refused with "lease-lost"

  @database/record-migration/wrong-calls-are-refused
  Scenario: What has ended takes no migration
    Given "w1" records release "v1" of A at abc0001
    And "w1" completes A as failed because it broke
    When "w1" records a compatible migration to "0008" of A
    Then it is refused with "deployment-finished"
    And the message is "The deployment has already ended: failed."
