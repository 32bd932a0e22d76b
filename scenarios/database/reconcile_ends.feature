Feature: A look at a repository ends
  fn_complete_reconcile remembers what was seen first, asks again after failures, and refuses what is not a look's.

  Background:
    Given the registry holds:
      | fraise | environment | branch         | tag | reconcile | repository | repository_key          |
      | shop   | production  | main           |     | true      | https://s  | forge.example/acme/shop |
      | shop   | staging     | dev release/*  | v*  | true      | https://s  | forge.example/acme/shop |
      | blog   | production  | main           |     | false     | https://b  | forge.example/acme/blog |
    And A of shop/production has released v1 at abc0001
    And shop has been looked at and had:
      | ref_type | name      | commit  |
      | branch   | main      | abc0001 |
      | branch   | dev       | abc0001 |
      | branch   | release/1 | abc0001 |
    And "w1" asks for a repository

  @database/complete-reconcile/first-look
  Scenario Outline: The first look deploys where nothing ever was and one name is the only rule: <what>
    Given the registry holds:
      | fraise | environment | branch   | tag   | reconcile | repository |
      | shop   | production  | main     |       | false     | https://s  |
      | shop   | staging     | dev      |       | false     | https://s  |
      | shop   | review      | <branch> | <tag> | false     | https://s  |
    And the registry holds:
      | fraise | environment | branch   | tag   | reconcile | repository |
      | shop   | production  | main     |       | true      | https://s  |
      | shop   | staging     | zzz      |       | true      | https://s  |
      | shop   | review      | <branch> | <tag> | true      | https://s  |
    And "w1" asks for a repository
    When the look L1 finds in shop:
      | ref_type | name | commit  |
      | branch   | main | abc0002 |
      | branch   | dev  | abc0002 |
      | tag      | v1   | abc0003 |
    Then the message is "Deployments requested: <requested>."
    And the metadata has:
      | first_look | true |
    And the call wrote among others:
      | added | tb_seen_ref shop:branch:main |
      | added | tb_seen_ref shop:branch:dev  |
      | added | tb_seen_ref shop:tag:v1      |

    Examples:
      | what                      | branch  | tag  | requested |
      | a branch                  | dev     |      | 1         |
      | a tag                     |         | v1   | 1         |
      | a pattern of one branch   | de*     |      | 0         |
      | a pattern of one letter   | de?     |      | 0         |
      | two branches              | dev xyz |      | 0         |
      | a branch and a tag        | dev     | v1   | 0         |

  @database/complete-reconcile/first-look
  Scenario: After the first look what is new is a lost push
    Given the registry holds:
      | fraise | environment | branch | tag | reconcile | repository |
      | tail   | production  | w*     | v*  | true      | https://t  |
      | shop   | production  | main   |     | false     | https://s  |
    And tail has been looked at and had:
      | ref_type | name | commit  |
      | tag      | v1   | abc0001 |
    And "w1" asks for a repository
    When the look L1 finds in tail:
      | ref_type | name | commit  |
      | tag      | v1   | abc0001 |
      | tag      | v2   | abc0002 |
    Then the metadata has:
      | requested  | 1     |
      | first_look | false |
    And L1:tail/production shows:
      | git_commit | abc0002 |

  @database/complete-reconcile/first-look
  Scenario: When the rules have changed what was never seen is only remembered, and what has moved is deployed
    Given the registry holds:
      | fraise | environment | branch        | reconcile | repository | repository_key          |
      | shop   | production  | main          | true      | https://s  | forge.example/acme/shop |
      | shop   | staging     | dev release/* | true      | https://s  | forge.example/acme/shop |
      | shop   | review      | old*          | true      | https://s  | forge.example/acme/shop |
    And nobody looks at shop any more
    And "w1" asks for a repository
    When the look L1 finds in shop:
      | ref_type | name      | commit  |
      | branch   | main      | abc0002 |
      | branch   | release/9 | abc0009 |
      | branch   | old/1     | abc0009 |
    Then the metadata has:
      | requested  | 1    |
      | first_look | true |
    And the cascade is Deployment L1:shop/production
    And the call wrote among others:
      | added | tb_seen_ref shop:branch:old/1 |
    When shop is due
    And "w1" asks for a repository
    And the look L2 finds in shop:
      | ref_type | name      | commit  |
      | branch   | main      | abc0002 |
      | branch   | old/1     | abc0009 |
      | branch   | old/2     | abc0010 |
    Then the metadata has:
      | requested  | 1     |
      | first_look | false |
    And the cascade is Deployment L2:shop/review

  @database/complete-reconcile/first-look
  Scenario: A new environment for a branch that is known is deployed for the first time
    Given the registry holds:
      | fraise | environment | branch | reconcile | repository |
      | shop   | production  | main   | true      | https://s  |
      | shop   | review      | main   | true      | https://s  |
    And nobody looks at shop any more
    And "w1" asks for a repository
    When the look L1 finds in shop:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
    Then the cascade is Deployment L1:shop/review

  @database/complete-reconcile/failures-are-retried-later
  Scenario Outline: A repository that could not be asked <failures> times is due again later and later
    Given shop could not be asked <failures> times
    When the look L1 at shop ends with "no route to host"
    Then the answer is "postponed"
    And the message is "The repository of shop could not be asked."
    And the HTTP status is 200
    And the cascade is nothing
    And the metadata is:
      | failures | <then>         |
      | next_at  | a time to come |
    And shop is due again in <least> to <most> seconds
    And v_reconcile holds:
      | fraise | failures | error            | due   |
      | shop   | <then>   | no route to host | false |
    And tb_seen_ref shop:branch:main has:
      | commit_sha | abc0001 |

    Examples:
      | failures | then | least | most |
      | 0        | 1    | 540   | 660  |
      | 1        | 2    | 1080  | 1320 |
      | 2        | 3    | 2160  | 2640 |
      | 3        | 4    | 3240  | 3960 |
      | 60       | 61   | 3240  | 3960 |

  @database/complete-reconcile/failures-are-retried-later
  Scenario Outline: A look that is asked for each <seconds> seconds fails every <least> to <most>
    Given the registry is synced with the document:
      """
      {"fraises": [{"name": "shop", "type": "api", "repository": "https://s", "reconcile": true, "environments": [{"name": "production", "provider": "local"}]}],
       "branch_mapping": [{"branch": "main", "fraise": "shop", "environment": "production"}], "settings": {"reconcile_seconds": <seconds>}}
      """
    And shop could not be asked <failures> times
    When the look L1 at shop ends with "away"
    Then shop is due again in <least> to <most> seconds

    Examples:
      | seconds | failures | least | most   |
      | 86400   | 0        | 77760 | 95040  |
      | 1       | 10       | 1843  | 2253   |
      | 1       | 11       | 3240  | 3960   |

  @database/complete-reconcile/failures-are-retried-later
  Scenario: A look that succeeds forgets the failures
    Given shop could not be asked 5 times
    When the look L1 finds in shop:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
    Then the answer is "reconciled"
    And v_reconcile holds:
      | fraise | failures | error |
      | shop   | 0        | null  |
    And shop is due again in 270 to 330 seconds

  @database/complete-reconcile/refusals
  Scenario Outline: A look <what> is refused
    Given a push to wild at abc0001 arrives as d0
    When the look L1 at shop ends with the arguments:
      | fraise   | claim   | refs   | error   |
      | <fraise> | <claim> | <refs> | <error> |
    Then it is refused with "<code>"
    And the message is "<message>"
    And nothing was written

    Examples:
      | what                       | fraise | claim | refs | error   | code             | message                                                 |
      | at an unknown fraise       | chop   | 2     | []   | null    | unknown-fraise   | No fraise is called "chop".                             |
      | with an older claim        | shop   | 1     | []   | null    | lease-lost       | The repository of shop is no longer this worker's.      |
      | with a claim to come       | shop   | 3     | []   | null    | lease-lost       | The repository of shop is no longer this worker's.      |
      | without a claim            | shop   | null  | []   | away    | lease-lost       | The repository of shop is no longer this worker's.      |
      | at one that is not asked   | blog   | 2     | []   | null    | lease-lost       | The repository of blog is no longer this worker's.      |
      | that found and failed not  | shop   | 2     | null | null    | invalid-argument | The argument "refs" has a value that is not allowed.    |
      | that failed with no text   | shop   | 2     | null | (empty) | invalid-argument | The argument "refs" has a value that is not allowed.    |
      | that found an object       | shop   | 2     | {}   | null    | invalid-argument | The argument "refs" has a value that is not allowed.    |

  @database/complete-reconcile/refusals
  Scenario Outline: A look that found <what> is refused
    When the look L1 at shop ends with the arguments:
      | refs                                                              |
      | [{"ref_type": "branch", "name": "dev", "commit": "abc1"}, <ref>] |
    Then it is refused with "invalid-argument" of "refs"
    And nothing was written

    Examples:
      | what                       | ref                                                             |
      | a ref of an unknown type   | {"ref_type": "note", "name": "main", "commit": "abc0001"}       |
      | a ref of no type           | {"name": "main", "commit": "abc0001"}                           |
      | a ref of no name           | {"ref_type": "branch", "commit": "abc0001"}                     |
      | a ref of an empty name     | {"ref_type": "branch", "name": "", "commit": "abc0001"}         |
      | a ref of no commit         | {"ref_type": "branch", "name": "main"}                          |
      | a commit of 3 digits       | {"ref_type": "branch", "name": "main", "commit": "abc"}         |
      | a commit of 65 digits      | {"ref_type": "branch", "name": "main", "commit": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"} |
      | a commit that is not hex   | {"ref_type": "branch", "name": "main", "commit": "abc000g"}     |
      | a text                     | "main"                                                          |
      | nothing                    | null                                                            |
      | a ref twice                | {"ref_type": "branch", "name": "dev", "commit": "abc1"}         |

  @database/complete-reconcile/refusals
  Scenario: A tag and a branch may have the same name, and commits 4 to 64 digits
    When the look L1 at shop ends with the arguments:
      | refs                                                                                                             |
      | [{"ref_type": "branch", "name": "x", "commit": "abc1"}, {"ref_type": "tag", "name": "x", "commit": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}] |
    Then the answer is "reconciled"

  @database/complete-reconcile/refusals
  Scenario: A look is handed over once, its claim may have run out
    Given nobody looks at shop any more
    And the look L1 finds nothing in shop
    When the look L2 finds nothing in shop
    Then it is refused with "lease-lost"
    And nothing was written

  @database/complete-reconcile/refusals
  Scenario Outline: A look at a fraise that is <what> meanwhile is refused
    Given the registry holds:
      | fraise   | environment | branch | reconcile   | repository |
      | <fraise> | production  | main   | <reconcile> | https://s  |
    When the look L1 finds nothing in shop
    Then it is refused with "<code>"
    And nothing was written

    Examples:
      | what            | fraise | reconcile | code           |
      | not asked       | shop   | false     | lease-lost     |
      | removed         | blog   | true      | unknown-fraise |

  @database/complete-reconcile/lost-pushes-are-requested
  Scenario: A look at one repository says nothing of another one
    Given the registry holds:
      | fraise | environment | branch | tag | reconcile | repository |
      | shop   | production  | main   |     | true      | https://s  |
      | tail   | production  | main   | v*  | true      | https://t  |
    And tail has been looked at and had:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
      | branch   | old  | abc0001 |
    And nobody looks at shop any more
    And shop has been looked at and had:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
    And shop has been due for 5 minutes
    And "w1" asks for a repository
    And "w2" asks for a repository
    When the look L1 finds in shop:
      | ref_type | name | commit  |
      | branch   | main | abc0002 |
    Then the cascade is Deployment L1:shop/production
    And the call wrote exactly:
      | added   | tb_deployment L1:shop/production         | |
      | added   | tb_deployment_request L1:shop/production | |
      | added   | tb_event deployment.requested            | |
      | changed | tb_seen_ref shop:branch:main             | commit_sha seen_at |
      | changed | tb_reconcile shop                        | claimed_until completed_at next_at |

  @database/complete-reconcile/first-look
  Scenario Outline: The first look deploys nothing of a ref <what>
    Given the registry holds:
      | fraise | environment | branch | reconcile | repository |
      | shop   | production  | main   | true      | https://s  |
      | shop   | review      | dev    | true      | https://s  |
    And nobody looks at shop any more
    And "w1" asks for a repository
    And a webhook arrives with:
      | event_type | branch   | commit_sha |
      | delete     | <branch> | null       |
    When the look L1 finds in shop:
      | ref_type | name   | commit  |
      | branch   | <name> | abc0002 |
    Then the metadata has:
      | requested  | 0    |
      | first_look | true |

    Examples:
      | what                                 | branch | name |
      | that a webhook tells has just gone   | dev    | dev  |
      | that is not there any more           | wild   | else |
