Feature: A worker is told which repository to ask
  fn_claim_reconcile hands out the fraise that has been due longest; one worker at a time.

  Background:
    Given the registry holds:
      | fraise | environment | branch    | tag | reconcile | repository                     |
      | blog   | production  | main      |     | false     | https://forge.example/blog.git |
      | shop   | production  | main      | v*  | true      | https://forge.example/shop.git |
      | shop   | staging     | dev main  | v1  | true      | https://forge.example/shop.git |
      | shop   | review      | feature/* |     | true      | https://forge.example/shop.git |

  @database/claim-reconcile/hands-out-what-is-due @smoke
  Scenario: What is reconciled is due at once and says what to ask for
    Given a push to wild at abc0001 arrives as d1
    When "w1" asks for a repository
    Then the answer is "claimed"
    And the message is "w1 looks at the repository of shop."
    And the HTTP status is 200
    And the updated fields are none
    And the cascade is nothing
    And the entity is what v_fraise shows
    And the entity has:
      | name | shop |
    And the metadata is:
      | fraise        | shop                           |
      | repository    | https://forge.example/shop.git |
      | branches      | ["dev", "feature/*", "main"]   |
      | tags          | ["v*", "v1"]                   |
      | claim         | 1                              |
      | claimed_until | a time to come                 |
      | as_of         | a number                       |
    And the claim is as of d1
    And the look at shop may last 120 seconds
    And the call wrote exactly:
      | changed | tb_reconcile shop | claim worker claimed_until asked_as_of asked_rules |

  @database/claim-reconcile/hands-out-what-is-due
  Scenario: Without webhooks nothing is as of any
    When "w1" asks for a repository
    Then the claim is as of nothing

  @database/claim-reconcile/one-at-a-time
  Scenario: What is claimed is nobody else's until the claim expires
    Given "w1" asks for a repository
    When "w2" asks for a repository
    Then the answer is "nothing-to-claim" and nothing changed
    And the message is "No repository is due."
    And the metadata is empty
    And nothing was written
    And v_reconcile holds:
      | fraise | due   |
      | shop   | false |
    When nobody looks at shop any more
    And "w2" asks for a repository
    Then the answer is "claimed"
    And the metadata has:
      | claim | 2 |

  @database/claim-reconcile/hands-out-what-is-due
  Scenario: The fraise that has been due longest comes first
    Given the registry holds:
      | fraise | environment | branch | reconcile | repository  |
      | blog   | production  | main   | true      | https://b   |
      | shop   | production  | main   | true      | https://s   |
      | tail   | production  | main   | true      | https://t   |
    And blog has been due for 1 minutes
    And shop has been due for 2 minutes
    And tail has been due for 2 minutes
    And shop has been due for 3 minutes
    When "w1" asks for a repository
    Then the metadata has:
      | fraise     | shop      |
      | repository | https://s |
      | branches   | ["main"]  |
      | tags       | []        |
    When "w1" asks for a repository
    Then the metadata has:
      | fraise | tail |
    When "w1" asks for a repository
    Then the metadata has:
      | fraise | blog |
    And the call wrote exactly:
      | changed | tb_reconcile blog | claim worker claimed_until asked_as_of asked_rules |

  @database/claim-reconcile/only-what-can-be-asked
  Scenario Outline: A fraise <what> is never due
    Given the registry holds:
      | fraise | environment | branch   | reconcile   | repository   |
      | shop   | production  | <branch> | <reconcile> | <repository> |
      | blog   | production  | main     | false       | https://b    |
    When "w1" asks for a repository
    Then the answer is "nothing-to-claim" and nothing changed
    And the message is "No repository is due."

    Examples:
      | what                       | branch | reconcile | repository |
      | that is not reconciled     | main   | false     | https://s  |
      | without a repository       | main   | true      |            |
      | without a rule             |        | true      | https://s  |

  @database/claim-reconcile/only-what-can-be-asked
  Scenario: A tag is a rule, too
    Given the registry holds:
      | fraise | environment | tag | reconcile | repository |
      | shop   | production  | v*  | true      | https://s  |
    When "w1" asks for a repository
    Then the metadata has:
      | branches | []     |
      | tags     | ["v*"] |

  @database/claim-reconcile/only-what-can-be-asked
  Scenario: An empty address is no repository
    When the registry is synced with the document:
      """
      {"fraises": [{"name": "shop", "type": "api", "repository": "", "reconcile": true, "environments": [{"name": "production", "provider": "local"}]}],
       "branch_mapping": [{"branch": "main", "fraise": "shop", "environment": "production"}]}
      """
    And "w1" asks for a repository
    Then the answer is "nothing-to-claim" and nothing changed

  @database/claim-reconcile/turned-off-and-on
  Scenario: What is turned off is forgotten, and begins anew when it is turned on again
    Given shop has been looked at and had:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
    And a push to wild at abc0009 arrives as d1
    When the registry is synced with:
      | fraise | environment | branch | reconcile | repository |
      | blog   | production  | main   | true      | https://b  |
      | shop   | production  | main   | false     | https://s  |
    Then the call wrote among others:
      | added   | tb_reconcile blog |
    And v_reconcile holds:
      | fraise |
      | blog   |
    And blog was looked at as of d1
    And tb_reconcile blog has:
      | claim        | 0    |
      | rules        | null |
      | completed_at | null |
    When the registry is synced with:
      | fraise | environment | branch | reconcile | repository |
      | blog   | production  | main   | true      | https://b  |
      | shop   | production  | main   | true      | https://s  |
    Then the call wrote among others:
      | added | tb_reconcile shop |
    And tb_reconcile shop has:
      | completed_at | null |
    And blog was looked at as of d1

  @database/claim-reconcile/turned-off-and-on
  Scenario: A sync leaves alone what is reconciled before and after it
    Given shop has been looked at and had:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
    When the registry is synced with:
      | fraise | environment | branch | reconcile | repository |
      | blog   | production  | main   | true      | https://b  |
      | shop   | production  | main   | true      | https://s  |
    Then the answer is "synced"
    And tb_seen_ref shop:branch:main has:
      | commit_sha | abc0001 |
    And v_reconcile holds:
      | fraise | data.completed_at |
      | shop   | a time            |
      | blog   | null              |

  @database/claim-reconcile/turned-off-and-on
  Scenario: A document that is refused or unchanged changes nothing of it
    Given shop has been looked at and had:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
    When the registry is synced with the document:
      """
      {"fraises": [{"name": "blog", "type": "lambda", "reconcile": true, "environments": []}], "branch_mapping": []}
      """
    Then it is refused with "invalid-argument" of "registry"
    And nothing was written

  @database/claim-reconcile/turned-off-and-on
  Scenario: A fraise that is absent is not reconciled
    When the registry is synced with:
      | fraise | environment | branch | reconcile | repository |
      | blog   | production  | main   | true      | https://b  |
    Then v_reconcile holds:
      | fraise | data.repository | data.failures | data.error | data.next_at   |
      | blog   | https://b       | 0             | null       | a time gone by |

  @database/claim-reconcile/no-name-is-refused
  Scenario Outline: A worker without a name is refused: <name>
    When somebody without a name asks for a repository: <name>
    Then it is refused with "invalid-argument" of "worker"
    And nothing was written

    Examples:
      | name    |
      | (empty) |
      | null    |

  @database/views/reconcile
  Scenario: What is reconciled has its columns and keys
    Given "w1" asks for a repository
    When the look L1 at shop ends with "away"
    Then v_reconcile has the columns: id fraise repository due next_at completed_at failures error pk_reconcile
    And every data of v_reconcile has the keys: id fraise repository next_at completed_at failures error
    And v_reconcile holds:
      | fraise | repository                     | due   | failures | error | data.failures | data.error |
      | shop   | https://forge.example/shop.git | false | 1        | away  | 1             | away       |
