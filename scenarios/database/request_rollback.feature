Feature: A rollback is requested
  fn_request_rollback queues a deployment of an older release, or says why not.

  Background:
    Given the usual registry
    And X of shop/staging has released v9 at fff0009

  @database/request-rollback/previous-release-is-taken @smoke
  Scenario: Without a version the release before the current one is taken
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    When "alice" requests a rollback of shop/production as R
    Then the answer is "requested"
    And the message is "A rollback of shop/production to v1 is requested."
    And the HTTP status is 200
    And the updated fields are none
    And the cascade is nothing
    And the metadata is empty
    And the entity is Deployment R
    And the entity is what v_deployment shows
    And R shows:
      | kind         | rollback |
      | outcome      | pending  |
      | new_version  | v1       |
      | git_commit   | abc0001  |
      | triggered_by | MANUAL   |
      | actor        | alice    |
    And tb_deployment_request R has:
      | requested_by | alice   |
      | trigger_type | manual  |
      | status       | pending |
      | git_commit   | abc0001 |
    And the call wrote exactly:
      | added | tb_deployment R               | |
      | added | tb_deployment_request R       | |
      | added | tb_event deployment.requested | |
    And the events of the call are:
      | event_type           | entity_type | entity_id | fraise | environment | payload                                                                                  |
      | deployment.requested | Deployment  | id of R   | shop   | production  | kind=rollback; trigger_type=manual; git_branch=null; git_commit=abc0001; actor=alice |

  @database/request-rollback/previous-release-is-taken
  Scenario: A release with the current commit is passed over
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And C of shop/production has released v3 at abc0002 by force
    When "alice" requests a rollback of shop/production as R
    Then the answer is "requested"
    And R shows:
      | new_version | v1 |

  @database/request-rollback/previous-release-is-taken
  Scenario: A release that never went live is passed over
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has failed with release v2 at abc0002
    And C of shop/production has released v3 at abc0003
    When "alice" requests a rollback of shop/production as R
    Then the answer is "requested"
    And R shows:
      | new_version | v1 |

  @database/request-rollback/previous-release-is-taken
  Scenario: A second rollback goes back one release more
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And C of shop/production has released v3 at abc0003
    And R of shop/production has rolled back
    When "alice" requests a rollback of shop/production as S
    Then the answer is "requested"
    And S shows:
      | new_version | v1      |
      | git_commit  | abc0001 |

  @database/request-rollback/version-or-commit-names-the-release
  Scenario Outline: The release is found by <how>
    Given A of shop/production has released v1 at abcdef0123456789abcdef0123456789abcdef01
    And B of shop/production has released v2 at bbb0002
    And C of shop/production has released v3 at ccc0003
    When "alice" requests a rollback of shop/production to <version> as R
    Then the answer is "requested"
    And R shows:
      | new_version | <found> |

    Examples:
      | how                     | version                                  | found |
      | its version             | v1                                       | v1    |
      | a middle version        | v2                                       | v2    |
      | 7 digits of its commit  | abcdef0                                  | v1    |
      | its whole commit        | abcdef0123456789abcdef0123456789abcdef01 | v1    |

  @database/request-rollback/version-or-commit-names-the-release
  Scenario: Of several releases of one version the newest is taken
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v1 at abc0002
    And C of shop/production has released v3 at abc0003
    When "alice" requests a rollback of shop/production to v1 as R
    Then the answer is "requested"
    And R shows:
      | git_commit | abc0002 |

  @database/request-rollback/version-or-commit-names-the-release
  Scenario: A release that is newer than the current one can be named
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And R of shop/production has rolled back
    When "alice" requests a rollback of shop/production to v2 as S
    Then the answer is "requested"
    And S shows:
      | new_version | v2       |
      | kind        | rollback |

  @database/request-rollback/unknown-version-is-refused
  Scenario Outline: A version that is <fault> is unknown
    Given A of shop/production has released v1 at abcdef0123456789abcdef0123456789abcdef01
    And B of shop/production has released v2 at abc0002
    And C of shop/production has failed with release v3 at abc0003
    When "alice" requests a rollback of shop/production to <version>
    Then it is refused with "unknown-version"
    And the message is "No release of shop/production has the version or commit "<version>"."

    Examples:
      | fault                          | version |
      | nowhere                        | v8      |
      | of another environment         | v9      |
      | a commit elsewhere             | fff0009 |
      | of a failed deployment         | v3      |
      | a commit of a failure          | abc0003 |
      | too short a commit             | abcdef  |
      | a pattern                      | %       |
      | a long pattern                 | abcdef_ |
      | the end of a commit            | 9abcdef01 |

  @database/request-rollback/current-release-is-refused
  Scenario Outline: The current release by <how> is refused
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abcdef0123456789abcdef0123456789abcdef01
    When "alice" requests a rollback of shop/production to <version>
    Then it is refused with "already-current"
    And the message is "shop/production already serves "<version>"."

    Examples:
      | how     | version |
      | version | v2      |
      | commit  | abcdef0 |

  @database/request-rollback/current-release-is-refused
  Scenario Outline: The current release of an environment that is <status> needs force
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And the health of shop/production is recorded as "<status>"
    When "alice" requests a rollback of shop/production to v2
    Then it is refused with "already-current"
    And the message is "shop/production is <status>, and "v2" is its release already: force brings it back."

    Examples:
      | status  |
      | down    |
      | unknown |

  @database/request-rollback/current-release-comes-back-by-force
  Scenario: A forced rollback to the current release
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    When "alice" requests a rollback of shop/production to v2, forced as S
    Then the answer is "requested"
    And S shows:
      | new_version | v2       |
      | git_commit  | abc0002  |
      | kind        | rollback |
      | force       | true     |

  @database/request-rollback/no-earlier-release-is-refused
  Scenario: With one release only there is nothing to go back to
    Given A of shop/production has released v1 at abc0001
    When "alice" requests a rollback of shop/production
    Then it is refused with "no-earlier-release"
    And the message is "shop/production has no earlier release."

  @database/request-rollback/no-earlier-release-is-refused
  Scenario: With no release at all there is nothing to go back to
    When "alice" requests a rollback of shop/production
    Then it is refused with "no-earlier-release"

  @database/request-rollback/no-earlier-release-is-refused
  Scenario: What came after the current release is no earlier release
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And R of shop/production has rolled back
    When "alice" requests a rollback of shop/production
    Then it is refused with "no-earlier-release"

  @database/request-rollback/breaking-migrations-are-refused
  Scenario: A release that a newer migration leaves behind is refused
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002 with a breaking migration
    And C of shop/production has released v3 at abc0003 with a breaking migration
    And D of shop/production has released v4 at abc0004 with a compatible migration
    When "alice" requests a rollback of shop/production to v1
    Then it is refused with "migration-not-reversible"
    And the message is "Release v3 of shop/production changed the database in a way that v1 may not run on."

  @database/request-rollback/breaking-migrations-are-refused
  Scenario: The release before the current one is refused too
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002 with a breaking migration
    When "alice" requests a rollback of shop/production
    Then it is refused with "migration-not-reversible"

  @database/request-rollback/breaking-migrations-are-refused
  Scenario: A release that never served has changed the database all the same
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And C of shop/production has failed with release v3 at abc0003 and a breaking migration
    When "alice" requests a rollback of shop/production
    Then it is refused with "migration-not-reversible"

  @database/request-rollback/harmless-migrations-are-allowed
  Scenario: Migrations that are compatible, older or elsewhere do not matter
    Given A of shop/production has released v1 at abc0001 with a breaking migration
    And B of shop/production has released v2 at abc0002 with a compatible migration
    And C of shop/staging has released v2 at abc0002 with a breaking migration
    And D of blog/production has released v2 at abc0002 with a breaking migration
    When "alice" requests a rollback of shop/production as R
    Then the answer is "requested"
    And R shows:
      | new_version | v1    |
      | force       | false |

  @database/request-rollback/force-ignores-migrations
  Scenario: A forced rollback goes back all the same
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002 with a breaking migration
    When "alice" requests a rollback of shop/production to v1, forced as R
    Then the answer is "requested"
    And R shows:
      | new_version | v1   |
      | force       | true |
    And tb_deployment_request R has:
      | force | true |

  @database/request-rollback/force-ignores-migrations
  Scenario: What a rollback changed does not bind the release that it went back to
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And C of shop/production has released v3 at abc0003
    And "alice" requests a rollback of shop/production as R
    And "w1" claims R
    And "w1" records a breaking migration to "0001" of R
    And "w1" completes R as success
    When "alice" requests a rollback of shop/production to v1 as S
    Then the answer is "requested"

  @database/request-rollback/wrong-requests-are-refused
  Scenario Outline: A rollback with <fault> is refused
    When fn_request_rollback is asked with:
      | fraise   | environment   | trigger_type | actor |
      | <fraise> | <environment> | <trigger>    | alice |
    Then it is refused with "<code>"
    And the message is "<message>"

    Examples:
      | fault                        | fraise | environment | trigger | code                | message                                                      |
      | an unknown fraise            | chop   | production  | magic   | unknown-fraise      | No fraise is called "chop".                                  |
      | an unknown environment       | shop   | prod        | magic   | unknown-environment | The fraise "shop" has no environment "prod".                 |
      | another fraise's environment | blog   | staging     | manual  | unknown-environment | The fraise "blog" has no environment "staging".              |
      | an unknown trigger           | shop   | production  | magic   | invalid-argument    | The argument "trigger_type" has a value that is not allowed. |

  @database/request-rollback/wrong-requests-are-refused
  Scenario: The refused trigger type is named
    When fn_request_rollback is asked with:
      | fraise | environment | trigger_type |
      | shop   | staging     | magic        |
    Then it is refused with "invalid-argument" of "trigger_type"

  @database/request-rollback/wrong-requests-are-refused
  Scenario: A removed fraise cannot be rolled back
    Given blog has been removed from the registry
    When "alice" requests a rollback of blog/production
    Then it is refused with "unknown-fraise"

  @database/request-rollback/wrong-requests-are-refused
  Scenario: A removed environment cannot be rolled back
    Given shop/staging has been removed from the registry
    When "alice" requests a rollback of shop/staging
    Then it is refused with "unknown-environment"

  @database/request-rollback/trigger-defaults-to-api
  Scenario Outline: A rollback by <trigger> shows as <shown>
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    When fn_request_rollback is asked with:
      | fraise | environment | trigger_type |
      | shop   | production  | <trigger>    |
    Then the answer is "requested"
    And the entity has:
      | triggered_by | <shown> |

    Examples:
      | trigger   | shown     |
      | null      | API       |
      | api       | API       |
      | webhook   | WEBHOOK   |
      | scheduled | SCHEDULED |

  @database/request-rollback/target-is-of-its-environment
  Scenario: The target is the environment's
    Given the registry holds:
      | fraise | type | environment | provider       | target         |
      | shop   | api  | production  | docker-compose | {"port": 8001} |
      | shop   | api  | staging     | local          | {"port": 8002} |
    And A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    When "alice" requests a rollback of shop/production as R
    Then R shows:
      | target | {"provider": "docker-compose", "config": {"port": 8001}} |
    And tb_deployment R has:
      | target_provider | docker-compose |

  @database/request-rollback/supersedes-older-pending-ones
  Scenario: A rollback supersedes the pending one of its environment only
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And C of shop/production is waiting
    And D of shop/staging is waiting
    And E of blog/production is waiting
    When "alice" requests a rollback of shop/production as R
    Then the answer is "requested"
    And the cascade is Deployment C
    And the call wrote exactly:
      | added   | tb_deployment R                | |
      | added   | tb_deployment_request R        | |
      | added   | tb_event deployment.requested  | |
      | added   | tb_event deployment.superseded | |
      | changed | tb_deployment C                | completed_at error_code status superseded_by |
      | changed | tb_deployment_request C        | status |
    And C shows:
      | outcome       | superseded |
      | superseded_by | id of R    |
      | error_code    | superseded |
    And the events of the call are:
      | event_type            | entity_id | payload               |
      | deployment.superseded | id of C   | superseded_by=id of R |
      | deployment.requested  | id of R   |                       |
