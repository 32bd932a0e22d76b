Feature: A worker says which release it is
  fn_record_release ties the deployment to an exact commit and version.

  Background:
    Given the usual registry
    And Z of blog/production has failed
    And Y of blog/production is running under "w9"

  @database/record-release/release-is-recorded @smoke
  Scenario: A release is recorded
    Given "w9" records release "v8" of Y at eee0008
    And A of shop/production is running under "w1"
    When "w1" records release "v1" of A at abc0001
    Then the answer is "recorded"
    And the message is "Release v1 of shop/production is recorded."
    And the HTTP status is 200
    And the updated fields are none
    And the metadata is empty
    And the entity is what v_release shows
    And the entity has:
      | fraise          | shop           |
      | environment     | production     |
      | version         | v1             |
      | git_commit      | abc0001        |
      | artifact_digest | sha256:feed    |
      | config          | {"port": 8000} |
      | migration_head  | 0007           |
      | deployment_id   | id of A        |
      | created_at      | a time         |
      | deployed_at     | null           |
      | retired_at      | null           |
      | current         | false          |
    And the call wrote exactly:
      | changed | tb_deployment A               | fk_release new_version |
      | added   | tb_release v1 shop/production | |
      | added   | tb_event release.recorded     | |
    And A shows:
      | new_version | v1      |
      | git_commit  | abc0001 |
    And the events of the call are:
      | event_type       | entity_type | fraise | environment | payload                                             |
      | release.recorded | Release     | shop   | production  | version=v1; git_commit=abc0001; deployment_id=id of A |

  @database/record-release/release-is-recorded
  Scenario: The commit that was asked for as a branch becomes exact
    Given A of shop/production is waiting
    And "w1" claims A
    When "w1" records release "v1" of A at abcdef0123456789abcdef0123456789abcdef01
    Then the answer is "recorded"
    And A shows:
      | git_commit | abcdef0123456789abcdef0123456789abcdef01 |
    And Y shows:
      | git_commit  | abc0001 |
      | new_version | null    |

  @database/record-release/second-call-changes-nothing
  Scenario: A second call with the same commit changes nothing
    Given A of shop/production is running under "w1"
    And "w1" records release "v1" of A at abc0001
    When "w1" records release "v1" of A at abc0001
    Then the answer is "recorded" and nothing changed
    And the entity is what v_release shows
    And the entity has:
      | version       | v1      |
      | deployment_id | id of A |

  @database/record-release/current-commit-is-unchanged
  Scenario: The commit that the environment already serves is unchanged
    Given "w9" records release "v8" of Y at eee0008
    And "w9" completes Y as success
    And A of shop/production has released v1 at abc0001
    And X of shop/staging has released v9 at fff0009
    And B of shop/production is waiting at abc0001
    And "w1" claims B
    When "w1" records release "v2" of B at abc0001
    Then the answer is "unchanged"
    And the message is "shop/production already serves abc0001."
    And the entity has:
      | version       | v1      |
      | deployment_id | id of A |
    And the call wrote exactly:
      | changed | tb_deployment B | fk_release new_version |
    And B shows:
      | new_version | v1      |
      | git_commit  | abc0001 |

  @database/record-release/current-commit-is-unchanged
  Scenario: A branch that leads to the current commit is unchanged too
    Given A of shop/production has released v1 at abc0001
    And B of shop/production is waiting
    And "w1" claims B
    When "w1" records release "v2" of B at abc0001
    Then the answer is "unchanged"
    And the call wrote exactly:
      | changed | tb_deployment B | fk_release git_commit new_version |
    And B shows:
      | git_commit | abc0001 |

  @database/record-release/current-commit-is-unchanged
  Scenario: Asked again, an unchanged release changes nothing
    Given A of shop/production has released v1 at abc0001
    And B of shop/production is waiting at abc0001
    And "w1" claims B
    And "w1" records release "v2" of B at abc0001
    When "w1" records release "v2" of B at abc0001
    Then the answer is "unchanged" and nothing changed
    And the message is "shop/production already serves abc0001."
    And the entity has:
      | version | v1 |

  @database/record-release/wrong-calls-are-refused
  Scenario Outline: Another commit than the recorded one is refused for a deployment that is <what>
    Given A of shop/production has released v1 at abc0001
    And B of shop/production is waiting at <first>
    And "w1" claims B
    And "w1" records release "v2" of B at <first>
    When "w1" records release "v3" of B at <second>
    Then it is refused with "invalid-argument" of "git_commit"

    Examples:
      | what      | first   | second  |
      | recorded  | abc0002 | abc0003 |
      | unchanged | abc0001 | abc0003 |

  @database/record-release/current-commit-is-unchanged
  Scenario: A forced deployment of the current commit is recorded
    Given A of shop/production has released v1 at abc0001
    And "alice" requests a deployment of shop/production at abc0001, forced as B
    And "w1" claims B
    When "w1" records release "v2" of B at abc0001
    Then the answer is "recorded"
    And the call wrote exactly:
      | changed | tb_deployment B               | fk_release new_version |
      | added   | tb_release v2 shop/production | |
      | added   | tb_event release.recorded     | |

  @database/record-release/current-commit-is-unchanged
  Scenario Outline: A current commit in an environment that is <health> is <outcome>
    Given A of shop/production has released v1 at abc0001
    And X of shop/staging has released v9 at fff0009
    And the health of shop/production is recorded as "<health>"
    And B of shop/production is waiting at abc0001
    And "w1" claims B
    When "w1" records release "v2" of B at abc0001
    Then the answer is about "<outcome>"

    Examples:
      | health   | outcome   |
      | down     | recorded  |
      | degraded | unchanged |
      | unknown  | unchanged |
      | healthy  | unchanged |

  @database/record-release/current-commit-is-unchanged
  Scenario: Another commit than the current one is recorded
    Given A of shop/production has released v1 at abc0001
    And B of shop/production is waiting at abc0002
    And "w1" claims B
    When "w1" records release "v2" of B at abc0002
    Then the answer is "recorded"

  @database/record-release/current-commit-is-unchanged
  Scenario: A commit that an older release had is recorded
    Given A of shop/production has released v1 at abc0001
    And C of shop/production has released v2 at abc0002
    And B of shop/production is waiting at abc0001
    And "w1" claims B
    When "w1" records release "v1" of B at abc0001
    Then the answer is "recorded"
    And the call wrote exactly:
      | changed | tb_deployment B               | fk_release new_version |
      | added   | tb_release v1 shop/production | |
      | added   | tb_event release.recorded     | |

  @database/record-release/current-commit-is-unchanged
  Scenario: The commit that another environment serves is recorded
    Given X of shop/staging has released v1 at abc0001
    And A of shop/production has released v0 at abc0000
    And B of shop/production is waiting at abc0001
    And "w1" claims B
    When "w1" records release "v1" of B at abc0001
    Then the answer is "recorded"
    And the entity has:
      | environment | production |

  @database/record-release/rollback-points-at-its-target
  Scenario: A rollback points at its target release and makes none
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And "alice" requests a rollback of shop/production as R
    And "w1" claims R
    When "w1" records release "v1" of R at abc0001
    Then the answer is "recorded" and nothing changed
    And the entity has:
      | version       | v1      |
      | deployment_id | id of A |

  @database/record-release/rollback-points-at-its-target
  Scenario: A rollback stays with its target whatever its worker says
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And "alice" requests a rollback of shop/production as R
    And "w1" claims R
    When "w1" records release "v7" of R at abc0007
    Then the answer is "recorded" and nothing changed
    And the message is "Release v1 of shop/production is recorded."
    And the entity has:
      | version | v1 |

  @database/record-release/second-call-changes-nothing
  Scenario: What was recorded while the environment was down stays recorded
    Given A of shop/production has released v1 at abc0001
    And the health of shop/production is recorded as "down"
    And B of shop/production is waiting at abc0001
    And "w1" claims B
    And "w1" records release "v2" of B at abc0001
    And the health of shop/production is recorded as "healthy"
    When "w1" records release "v2" of B at abc0001
    Then the answer is "recorded" and nothing changed
    And the entity has:
      | version | v2 |

  @database/record-release/lost-lease-is-refused
  Scenario: A worker whose lease was taken over is refused
    Given A of shop/production is running under "w1"
    And the lease of shop/production has expired
    And "w2" claims A
    When "w1" records release "v1" of A at abc0001
    Then it is refused with "lease-lost"
    And the message is "Another worker has taken shop/production over."

  @database/record-release/lost-lease-is-refused
  Scenario: A released lease is refused
    Given A of shop/production is running under "w1"
    And the lease of shop/production has been released
    When "w1" records release "v1" of A at abc0001
    Then it is refused with "lease-lost"

  @database/record-release/wrong-calls-are-refused
  Scenario Outline: A release with <fault> is refused
    Given A of shop/production is running under "w1"
    When fn_record_release is asked with:
      | deployment_id | fencing_token | version   | git_commit | config |
      | <deployment>  | <token>       | <version> | <commit>   | {}     |
    Then it is refused with "<code>"

    Examples:
      | fault                  | deployment                           | token | version | commit  | code                |
      | an unknown deployment  | 00000000-0000-4000-8000-000000000000 | 1     | v1      | abc0001 | unknown-deployment  |
      | an id that is no UUID  | nonsense                             | 1     | v1      | abc0001 | unknown-deployment  |
      | an ended deployment    | id of Z                              | 2     | v1      | abc0001 | deployment-finished |
      | an older token         | id of A                              | 0     | v1      | abc0001 | lease-lost          |
      | a token of elsewhere   | id of A                              | 2     | v1      | abc0001 | lease-lost          |
      | lease before arguments | id of A                              | 7     | (empty) | abc0001 | lease-lost          |
      | an empty version       | id of A                              | 1     | (empty) | abc0001 | invalid-argument    |
      | no version             | id of A                              | 1     | null    | abc0001 | invalid-argument    |
      | no commit              | id of A                              | 1     | v1      | null    | invalid-argument    |
      | a commit of 6 digits   | id of A                              | 1     | v1      | abc000  | invalid-argument    |
      | a commit of 65 digits  | id of A                              | 1     | v1      | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | invalid-argument |
      | a commit not in hex    | id of A                              | 1     | v1      | abc000z | invalid-argument    |

  @database/record-release/wrong-calls-are-refused
  Scenario Outline: The refusal of a release names <argument>
    Given A of shop/production is running under "w1"
    When fn_record_release is asked with:
      | deployment_id | fencing_token | version   | git_commit | config |
      | id of A       | 1             | <version> | <commit>   | {}     |
    Then it is refused with "invalid-argument" of "<argument>"
    And the message is "The argument "<argument>" has a value that is not allowed."

    Examples:
      | argument   | version | commit |
      | version    | (empty) | abc    |
      | git_commit | v1      | abc    |

  @database/record-release/wrong-calls-are-refused
  Scenario: A waiting deployment has no lease to record under
    Given A of shop/production is running under "w1"
    And B of shop/production is waiting
    When fn_record_release is asked with:
      | deployment_id | fencing_token | version | git_commit | config |
      | id of B       | 1             | v1      | abc0001    | {}     |
    Then it is refused with "lease-lost"
