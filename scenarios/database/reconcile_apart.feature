Feature: Repositories are looked at apart from each other
  Several fraises are reconciled at the same time; what one look asks and finds is nothing to the others.

  Background:
    Given the registry holds:
      | fraise | environment | branch | tag | reconcile | repository |
      | blog   | production  | trunk  | w*  | true      | https://b  |
      | shop   | production  | main   | v*  | true      | https://s  |
      | shop   | review      | dev    |     | true      | https://s  |
      | tail   | production  | tip    | x*  | true      | https://t  |
      | tail   | review      |        | y*  | true      | https://t  |

  @database/claim-reconcile/hands-out-what-is-due
  Scenario Outline: What is asked of <fraise> is its own
    Given <fraise> has been due for 5 minutes
    When "w1" asks for a repository
    Then the entity is the fraise <fraise>
    And the metadata has:
      | fraise     | <fraise>     |
      | repository | <repository> |
      | branches   | <branches>   |
      | tags       | <tags>       |
    And tb_reconcile <fraise> has:
      | worker      | w1      |
      | as_of       | 0       |
      | asked_rules | <rules> |
    And the call wrote exactly:
      | changed | tb_reconcile <fraise> | claim worker claimed_until asked_as_of asked_rules |

    Examples:
      | fraise | repository | branches        | tags         | rules                                                                                         |
      | blog   | https://b  | ["trunk"]       | ["w*"]       | [["branch", "trunk", "production"], ["tag", "w*", "production"]]                              |
      | shop   | https://s  | ["dev", "main"] | ["v*"]       | [["branch", "dev", "review"], ["branch", "main", "production"], ["tag", "v*", "production"]] |
      | tail   | https://t  | ["tip"]         | ["x*", "y*"] | [["branch", "tip", "production"], ["tag", "x*", "production"], ["tag", "y*", "review"]]      |

  @database/claim-reconcile/one-at-a-time
  Scenario: The answer to an older claim stays what it was
    Given fn_claim_reconcile is asked with:
      | worker | command_id |
      | w1     | c1         |
    And nobody looks at blog any more
    And fn_claim_reconcile is asked with:
      | worker | command_id |
      | w2     | c2         |
    When fn_claim_reconcile is asked with:
      | worker | command_id |
      | w1     | c1         |
    Then the entity is the fraise blog
    And the metadata has:
      | fraise | blog |
      | claim  | 1    |

  @database/complete-reconcile/lost-pushes-are-requested
  Scenario Outline: A look at <fraise> leaves what is known of the others
    Given tail has been looked at and had:
      | ref_type | name | commit  |
      | branch   | tip  | abc0001 |
    And shop has been looked at and had:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
    And blog has been looked at and had:
      | ref_type | name  | commit  |
      | branch   | trunk | abc0001 |
    And "w1" asks for a repository
    And "w2" asks for a repository
    And "w3" asks for a repository
    When the look L1 finds in <fraise>:
      | ref_type | name     | commit  |
      | branch   | <branch> | abc0002 |
    Then the cascade is Deployment L1:<fraise>/production
    And the metadata has:
      | requested  | 1     |
      | first_look | false |
    And <fraise> is due again in 270 to 330 seconds
    And the call wrote exactly:
      | added   | tb_deployment L1:<fraise>/production         | |
      | added   | tb_deployment_request L1:<fraise>/production | |
      | added   | tb_event deployment.requested                | |
      | changed | tb_seen_ref <fraise>:branch:<branch>         | commit_sha seen_at |
      | changed | tb_reconcile <fraise>                        | claimed_until completed_at next_at |
    And the branches are known at:
      | blog:trunk | <blog> |
      | shop:main  | <shop> |
      | tail:tip   | <tail> |

    Examples:
      | fraise | branch | blog    | shop    | tail    |
      | blog   | trunk  | abc0002 | abc0001 | abc0001 |
      | shop   | main   | abc0001 | abc0002 | abc0001 |
      | tail   | tip    | abc0001 | abc0001 | abc0002 |

  @database/complete-reconcile/first-look
  Scenario Outline: Whether it is the first look at <fraise> is its own matter
    Given <looked> has been looked at and had:
      | ref_type | name | commit  |
      | branch   | else | abc0001 |
    And "w1" asks for a repository
    And "w2" asks for a repository
    And "w3" asks for a repository
    When the look L1 finds nothing in <fraise>
    Then the metadata has:
      | first_look | <first> |
    And <fraise> is due again in 270 to 330 seconds

    Examples:
      | looked | fraise | first |
      | shop   | blog   | true  |
      | shop   | shop   | false |
      | shop   | tail   | true  |
      | blog   | shop   | true  |

  @database/complete-reconcile/first-look
  Scenario: The first look deploys what only another fraise ever got
    Given A of tail/review has released v1 at abc0001
    And shop has been due for 5 minutes
    And "w1" asks for a repository
    When the look L1 finds in shop:
      | ref_type | name | commit  |
      | branch   | dev  | abc0002 |
    Then the cascade is Deployment L1:shop/review

  @database/complete-reconcile/lost-pushes-are-requested
  Scenario: A rule of another fraise is none of this one
    Given shop has been looked at and had:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
    And "w1" asks for a repository
    When the look L1 finds in shop:
      | ref_type | name  | commit  |
      | branch   | main  | abc0001 |
      | branch   | trunk | abc0002 |
      | tag      | x1    | abc0003 |
    Then the message is "Deployments requested: 0."

  @database/complete-reconcile/what-a-webhook-told-is-not-lost
  Scenario: What a webhook told of and nothing came of is no lost push, however new the environment
    Given the registry holds:
      | fraise | environment | branch | paths | reconcile | repository |
      | shop   | production  | main   |       | true      | https://s  |
      | shop   | review      | dev    | lib/  | true      | https://s  |
    And shop has been looked at and had:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
    And a webhook arrives with:
      | event_type | branch | commit_sha | paths   |
      | push       | dev    | abc0002    | ["doc"] |
    And "w1" asks for a repository
    When the look L1 finds in shop:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
      | branch   | dev  | abc0002 |
    Then the metadata has:
      | requested  | 0     |
      | first_look | false |

  @database/complete-reconcile/what-a-webhook-told-is-not-lost
  Scenario: What a webhook told of before the last look says nothing of a move after it
    Given the registry holds:
      | fraise | environment | branch | paths | reconcile | repository |
      | shop   | production  | main   |       | true      | https://s  |
      | shop   | review      | dev    | lib/  | true      | https://s  |
    And a webhook arrives with:
      | event_type | branch | commit_sha | paths   |
      | push       | dev    | abc0002    | ["doc"] |
    And shop has been looked at and had:
      | ref_type | name | commit  |
      | branch   | dev  | abc0003 |
    And a push to other at abc0009 arrives as d2
    And "w1" asks for a repository
    When the look L1 finds in shop:
      | ref_type | name | commit  |
      | branch   | dev  | abc0002 |
    Then the cascade is Deployment L1:shop/review

  @database/claim-reconcile/turned-off-and-on
  Scenario: Turning one fraise off leaves what is known of another
    Given tail has been looked at and had:
      | ref_type | name | commit  |
      | branch   | tip  | abc0001 |
    And shop has been looked at and had:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
    When the registry is synced with:
      | fraise | environment | branch | tag | reconcile | repository |
      | blog   | production  | trunk  | w*  | true      | https://b  |
      | shop   | production  | main   | v*  | false     | https://s  |
      | tail   | production  | tip    | x*  | true      | https://t  |
    Then the call wrote among others:
      | removed | tb_seen_ref shop:branch:main |
    And the branches are known at:
      | tail:tip | abc0001 |

  @database/complete-reconcile/never-older-over-newer
  Scenario: A branch that is gone is forgotten, whatever came after the question
    Given shop has been looked at and had:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
      | branch   | old  | abc0001 |
    And "w1" asks for a repository
    And a push to old at abc0009 arrives as d1
    When the look L1 finds in shop:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
    Then the call wrote exactly:
      | removed | tb_seen_ref shop:branch:old | |
      | changed | tb_reconcile shop           | claimed_until completed_at next_at |

  @database/complete-reconcile/full-queue-is-looked-at-again
  Scenario: What fits into the full queue does not make the rest of it known
    Given the registry is synced with the document:
      """
      {"fraises": [{"name": "shop", "type": "api", "repository": "https://s", "reconcile": true, "environments": [{"name": "production", "provider": "local"}, {"name": "review", "provider": "local"}]}],
       "branch_mapping": [{"branch": "main", "fraise": "shop", "environment": "production"}, {"branch": "dev", "fraise": "shop", "environment": "review"}],
       "settings": {"queue_limit": 1}}
      """
    And A of shop/production has released v1 at abc0001
    And D of shop/review has failed at abc0001
    And shop has been looked at and had:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
      | branch   | dev  | abc0001 |
    And B of shop/review is waiting at abc0007
    And "w1" asks for a repository
    When the look L1 finds in shop:
      | ref_type | name | commit  |
      | branch   | main | abc0002 |
      | branch   | dev  | abc0002 |
    Then the cascade is Deployment L1:shop/review
    And the branches are known at:
      | shop:main | abc0001 |
      | shop:dev  | abc0001 |

  @database/complete-reconcile/what-a-webhook-told-is-not-lost
  Scenario: When another repository was asked says nothing of what a webhook told
    Given the registry holds:
      | fraise | environment | branch | paths | reconcile | repository |
      | shop   | production  | main   | lib/  | true      | https://s  |
      | tail   | production  | main   |       | true      | https://t  |
    And tail has been looked at and had:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
    And shop has been looked at and had:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
    And shop has been due for 5 minutes
    And "w1" asks for a repository
    And a webhook arrives with:
      | event_type | branch | commit_sha | paths   |
      | push       | main   | abc0002    | ["doc"] |
    And "w2" asks for a repository
    When the look L1 finds in shop:
      | ref_type | name | commit  |
      | branch   | main | abc0002 |
    Then the message is "Deployments requested: 0."
    And the branches are known at:
      | shop:main | abc0002 |
      | tail:main | abc0001 |
