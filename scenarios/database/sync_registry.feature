Feature: The registry follows fraises.yaml
  fn_sync_registry makes the registry tables equal to the document it is given.

  @database/sync-registry/first-sync-makes-everything @smoke
  Scenario: The first sync makes fraises, environments, states and branch mapping
    When the registry is synced with:
      | fraise | type   | environment | provider | branch   | repository_key          |
      | shop   | api    | production  | local    | main hot | forge.example/acme/shop |
      | shop   | api    | staging     | local    | dev      | forge.example/acme/shop |
      | blog   | worker | production  | local    |          | forge.example/acme/blog |
    Then the answer is "synced"
    And the message is "The registry has 2 fraises and 3 environments."
    And the HTTP status is 200
    And the answer has all columns
    And the answer has no entity
    And the updated fields are none
    And the cascade is nothing
    And the metadata is:
      | fraises      | 2 |
      | environments | 3 |
    And the call wrote exactly:
      | added | tb_fraise shop                         | |
      | added | tb_fraise blog                         | |
      | added | tb_environment shop/production         | |
      | added | tb_environment shop/staging            | |
      | added | tb_environment blog/production         | |
      | added | tb_fraise_state shop/production        | |
      | added | tb_fraise_state shop/staging           | |
      | added | tb_fraise_state blog/production        | |
      | added | tb_ref_rule branch:main shop/production | |
      | added | tb_ref_rule branch:hot shop/production  | |
      | added | tb_ref_rule branch:dev shop/staging     | |
      | added | tb_registry                            | |
      | added | tb_event registry.synced               | |
    And the events of the call are:
      | event_type      | entity_type | fraise | payload                   |
      | registry.synced | Registry    | null   | fraises=2; environments=3 |

  @database/sync-registry/columns-are-as-written
  Scenario: What the document says of a fraise is kept
    When the registry is synced with the document:
      """
      {"fraises": [{"name": "shop", "type": "etl", "description": "Sells", "repository": "https://forge.example/acme/shop.git",
        "repository_key": "forge.example/acme/shop", "git_provider": "gitea", "database": {"type": "postgresql", "name": "shop"},
        "config": {"a": 1}, "environments": [{"name": "production", "provider": "local", "target": {"port": 8000},
        "database": {"strategy": "rebuild"}, "config": {"b": 2}, "jobs": [{"name": "nightly", "schedule": "0 3 * * *", "script": "run.sh", "depends_on": []}]}]}],
       "branch_mapping": []}
      """
    Then the answer is "synced"
    And tb_fraise shop has:
      | type           | etl                                     |
      | description    | Sells                                   |
      | repository     | https://forge.example/acme/shop.git     |
      | repository_key | forge.example/acme/shop                 |
      | git_provider   | gitea                                   |
      | database       | {"type": "postgresql", "name": "shop"}  |
      | config         | {"a": 1}                                |
      | removed_at     | null                                    |
    And tb_environment shop/production has:
      | target_provider | local                     |
      | target_config   | {"port": 8000}            |
      | database        | {"strategy": "rebuild"}   |
      | config          | {"b": 2}                  |
      | jobs            | [{"name": "nightly", "schedule": "0 3 * * *", "script": "run.sh", "depends_on": []}] |
      | removed_at      | null                      |
    And tb_fraise_state shop/production has:
      | fraise             | shop       |
      | environment        | production |
      | status             | unknown    |
      | current_version    | null       |
      | fk_current_release | null       |

  @database/sync-registry/equal-document-is-unchanged
  Scenario: The same document again changes nothing
    Given the usual registry
    When the usual registry is synced again
    Then the answer is "unchanged" and nothing changed
    And the message is "The registry is unchanged."
    And the metadata is:
      | fraises      | 2 |
      | environments | 3 |

  @database/sync-registry/changes-are-upserted
  Scenario: A changed document updates by natural key
    Given the usual registry
    When the registry is synced with:
      | fraise | type   | environment | provider       | branch | repository_key           | description |
      | blog   | custom | production  | local          | main   | forge.example/acme/blog2 | Writes      |
      | shop   | api    | production  | docker-compose | main   | forge.example/acme/shop  |             |
      | shop   | api    | staging     | local          | dev    | forge.example/acme/shop  |             |
    Then the answer is "synced"
    And tb_fraise blog has:
      | type           | custom                   |
      | repository_key | forge.example/acme/blog2 |
      | description    | Writes                   |
    And tb_environment shop/production has:
      | target_provider | docker-compose |
    And tb_environment shop/staging has:
      | target_provider | local |
    And v_fraise in order of name holds:
      | name | type   |
      | blog | custom |
      | shop | api    |

  @database/sync-registry/changes-are-upserted
  Scenario: A fraise and an environment that are new get their rows and states
    Given the usual registry
    When the registry is synced with:
      | fraise | type   | environment | branch | repository_key          |
      | blog   | worker | production  | main   | forge.example/acme/blog |
      | blog   | worker | staging     |        | forge.example/acme/blog |
      | shop   | api    | production  | main   | forge.example/acme/shop |
      | shop   | api    | staging     | dev    | forge.example/acme/shop |
      | tail   | api    | production  |        |                         |
    Then the answer is "synced"
    And the call wrote among others:
      | added | tb_environment blog/staging     |
      | added | tb_fraise_state blog/staging    |
      | added | tb_fraise tail                  |
      | added | tb_environment tail/production  |
      | added | tb_fraise_state tail/production |
    And v_fraise_status holds:
      | fraise | environment |
      | blog   | production  |
      | blog   | staging     |
      | shop   | production  |
      | shop   | staging     |
      | tail   | production  |

  @database/sync-registry/changes-are-upserted
  Scenario: Every key of a fraise and of an environment is updated
    Given the usual registry
    When the registry is synced with the document:
      """
      {"fraises": [{"name": "shop", "type": "etl", "description": "Sells", "repository": "https://forge.example/acme/shop.git",
        "repository_key": "forge.example/acme/other", "git_provider": "gitea", "database": {"name": "shop"},
        "config": {"a": 1}, "environments": [{"name": "production", "provider": "bare-metal", "target": {"port": 8000},
        "database": {"strategy": "rebuild"}, "config": {"b": 2}, "jobs": [{"name": "nightly"}]}]}],
       "branch_mapping": []}
      """
    Then the answer is "synced"
    And tb_fraise shop has:
      | type           | etl                                 |
      | description    | Sells                               |
      | repository     | https://forge.example/acme/shop.git |
      | repository_key | forge.example/acme/other            |
      | git_provider   | gitea                               |
      | database       | {"name": "shop"}                    |
      | config         | {"a": 1}                            |
    And tb_environment shop/production has:
      | target_provider | bare-metal              |
      | target_config   | {"port": 8000}          |
      | database        | {"strategy": "rebuild"} |
      | config          | {"b": 2}                |
      | jobs            | [{"name": "nightly"}]   |

  @database/sync-registry/bad-documents-are-refused
  Scenario Outline: An environment <how> a provider is refused
    Given the usual registry
    When the registry is synced with the document:
      """
      {"fraises": [{"name": "shop", "type": "api", "environments": [{"name": "production", "provider": "local"}, {"name": "staging"<provider>}]}],
       "branch_mapping": []}
      """
    Then it is refused with "invalid-argument" of "registry"

    Examples:
      | how           | provider         |
      | without       |                  |
      | with an empty | , "provider": "" |

  @database/sync-registry/what-is-absent-is-marked-removed
  Scenario: A fraise that is absent is marked and stays
    Given the usual registry
    And A of blog/production is waiting
    When the registry is synced with:
      | fraise | type | environment | provider | branch | repository_key          |
      | shop   | api  | production  | local    | main   | forge.example/acme/shop |
      | shop   | api  | staging     | local    | dev    | forge.example/acme/shop |
    Then the answer is "synced"
    And the metadata is:
      | fraises      | 1 |
      | environments | 2 |
    And tb_fraise blog has:
      | removed_at | a time |
    And tb_environment blog/production has:
      | removed_at | a time |
    And tb_fraise shop has:
      | removed_at | null |
    And tb_environment shop/production has:
      | removed_at | null |
    And tb_environment shop/staging has:
      | removed_at | null |
    And A is "pending"
    And v_fraise holds:
      | name |
      | shop |

  @database/sync-registry/what-is-absent-is-marked-removed
  Scenario: An environment that is absent is marked and its namesake of another fraise is not
    Given the usual registry
    When the registry is synced with:
      | fraise | type   | environment | provider | branch | repository_key          |
      | blog   | worker | production  | local    | main   | forge.example/acme/blog |
      | shop   | api    | staging     | local    | dev    | forge.example/acme/shop |
    Then the answer is "synced"
    And tb_environment shop/production has:
      | removed_at | a time |
    And tb_environment blog/production has:
      | removed_at | null |
    And tb_environment shop/staging has:
      | removed_at | null |
    And tb_fraise shop has:
      | removed_at | null |

  @database/sync-registry/a-removal-keeps-its-time
  Scenario: What was removed before keeps the time of its removal
    Given the usual registry
    And blog has been removed from the registry
    And the removals were long ago
    When the registry is synced with:
      | fraise | type | environment | provider | branch | repository_key          |
      | shop   | api  | production  | local    | main   | forge.example/acme/shop |
    Then the answer is "synced"
    And tb_fraise blog has:
      | removed_at | 2020-01-01T00:00:00.000Z |
    And tb_environment blog/production has:
      | removed_at | 2020-01-01T00:00:00.000Z |
    And tb_environment shop/staging has:
      | removed_at | a time |

  @database/sync-registry/what-comes-back-is-unmarked
  Scenario: A fraise that comes back is the same row again
    Given the usual registry
    And blog has been removed from the registry
    When the usual registry is synced again
    Then the answer is "synced"
    And tb_fraise blog has:
      | removed_at | null |
    And tb_environment blog/production has:
      | removed_at | null |
    And the call wrote exactly:
      | changed | tb_fraise blog                         | removed_at updated_at |
      | changed | tb_environment blog/production         | removed_at updated_at |
      | changed | tb_fraise shop                         | updated_at |
      | changed | tb_environment shop/production         | updated_at |
      | changed | tb_environment shop/staging            | updated_at |
      | changed | tb_registry                            | document synced_at |
      | removed | tb_ref_rule branch:main shop/production | |
      | removed | tb_ref_rule branch:dev shop/staging     | |
      | added   | tb_ref_rule branch:main shop/production | |
      | added   | tb_ref_rule branch:dev shop/staging     | |
      | added   | tb_ref_rule branch:main blog/production | |
      | added   | tb_event registry.synced               | |

  @database/sync-registry/branch-mapping-is-replaced
  Scenario: The branch mapping is replaced
    Given the usual registry
    When the registry is synced with:
      | fraise | type   | environment | provider | branch  | repository_key          |
      | blog   | worker | production  | local    | main    | forge.example/acme/blog |
      | shop   | api    | production  | local    | release | forge.example/acme/shop |
      | shop   | api    | staging     | local    |         | forge.example/acme/shop |
    Then the answer is "synced"
    And v_environment holds:
      | fraise | name       | data.branches |
      | blog   | production | ["main"]      |
      | shop   | production | ["release"]   |
      | shop   | staging    | []            |

  @database/sync-registry/state-survives
  Scenario: A sync leaves what is deployed alone
    Given the usual registry
    And A of shop/production has released v1 at abc0001
    When the registry is synced with:
      | fraise | type | environment | provider | branch | repository_key          |
      | shop   | api  | production  | local    | main   | forge.example/acme/shop |
    Then the answer is "synced"
    And tb_fraise_state shop/production has:
      | current_version | v1      |
      | status          | healthy |

  @database/sync-registry/every-type-is-kept
  Scenario Outline: The type <type> is kept as written
    When the registry is synced with:
      | fraise | type   | environment |
      | shop   | <type> | production  |
    Then the answer is "synced"
    And v_fraise holds:
      | name | type    | data.type | data.kind |
      | shop | <type>  | <shown>   | <type>    |

    Examples:
      | type      | shown     |
      | api       | API       |
      | worker    | WORKER    |
      | scheduled | SCHEDULED |
      | etl       | CUSTOM    |
      | backup    | CUSTOM    |
      | custom    | CUSTOM    |

  @database/sync-registry/bad-documents-are-refused
  Scenario Outline: A document with <fault> is refused
    Given the usual registry
    When the registry is synced with the document:
      """
      {"fraises": [{"name": "shop", "type": "<type>", "config": {}, "environments": [{"name": "production", "provider": "local", "target": {}, "config": {}, "jobs": []}]},
                   {"name": "blog", "type": "api", "config": {}, "environments": [{"name": "staging", "provider": "local", "target": {}, "config": {}, "jobs": []}]}],
       "branch_mapping": [{"branch": "main", "fraise": "<fraise>", "environment": "<environment>"}]}
      """
    Then it is refused with "invalid-argument" of "registry"
    And the message is "The argument "registry" has a value that is not allowed."

    Examples:
      | fault                                    | type    | fraise | environment |
      | an unknown type                          | lambda  | shop   | production  |
      | a mapping of an unknown fraise           | api     | chop   | production  |
      | a mapping of an unknown environment      | api     | shop   | prod        |
      | a mapping of another fraise's environment | api    | shop   | staging     |

  @database/sync-registry/an-empty-document-removes-all
  Scenario: An empty document removes everything
    Given the usual registry
    When the registry is synced with the document:
      """
      {"fraises": [], "branch_mapping": []}
      """
    Then the answer is "synced"
    And the message is "The registry has 0 fraises and 0 environments."
    And v_fraise is empty
    And v_environment is empty
    And v_fraise_status is empty
