Feature: Pushes whose webhook was lost are found
  fn_complete_reconcile takes in which branches and tags a repository has, and requests what should be deployed.

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

  @database/complete-reconcile/lost-pushes-are-requested @smoke
  Scenario: A branch that has moved without a webhook is deployed
    When the look L1 finds in shop:
      | ref_type | name      | commit  |
      | branch   | main      | ABC0002 |
      | branch   | dev       | abc0001 |
      | branch   | release/1 | abc0001 |
    Then the answer is "reconciled"
    And the message is "Deployments requested: 1."
    And the HTTP status is 200
    And the updated fields are none
    And the cascade is Deployment L1:shop/production
    And the metadata is:
      | requested  | 1              |
      | first_look | false          |
      | next_at    | a time to come |
    And the call wrote exactly:
      | added   | tb_deployment L1:shop/production         | |
      | added   | tb_deployment_request L1:shop/production | |
      | added   | tb_event deployment.requested            | |
      | changed | tb_seen_ref shop:branch:main             | commit_sha seen_at |
      | changed | tb_reconcile shop                        | claimed_until completed_at next_at |
    And L1:shop/production shows:
      | triggered_by | SCHEDULED |
      | actor        | reconcile |
      | git_branch   | main      |
      | git_commit   | abc0002   |
      | webhook_id   | null      |
      | force        | false     |
    And shop is due again in 270 to 330 seconds
    And v_reconcile holds:
      | fraise | due   | failures | error | data.completed_at |
      | shop   | false | 0        | null  | a time gone by    |

  @database/complete-reconcile/lost-pushes-are-requested
  Scenario: Nothing has moved
    When the look L1 finds in shop:
      | ref_type | name      | commit  |
      | branch   | main      | abc0001 |
      | branch   | dev       | abc0001 |
      | branch   | release/1 | abc0001 |
    Then the answer is "reconciled"
    And the message is "Deployments requested: 0."
    And the cascade is nothing
    And the metadata has:
      | requested | 0 |
    And the call wrote exactly:
      | changed | tb_reconcile shop | claimed_until completed_at next_at |

  @database/complete-reconcile/lost-pushes-are-requested
  Scenario: New branches and tags that a rule matches are deployed, the last by name, tags after branches
    When the look L1 finds in shop:
      | ref_type | name      | commit  |
      | tag      | v2        | abc0005 |
      | tag      | v1        | abc0004 |
      | branch   | main      | abc0009 |
      | branch   | release/2 | abc0003 |
      | branch   | dev       | abc0002 |
      | branch   | wild      | abc0006 |
    Then the message is "Deployments requested: 2."
    And the cascade is Deployment L1:shop/production, Deployment L1:shop/staging
    And L1:shop/staging shows:
      | git_branch | null    |
      | git_commit | abc0005 |
    And L1:shop/production shows:
      | git_branch | main    |
      | git_commit | abc0009 |
    And the call wrote among others:
      | added   | tb_seen_ref shop:tag:v1           |
      | added   | tb_seen_ref shop:tag:v2           |
      | added   | tb_seen_ref shop:branch:release/2 |
      | added   | tb_seen_ref shop:branch:wild      |
      | removed | tb_seen_ref shop:branch:release/1 |
    When shop is due
    And "w1" asks for a repository
    And the look L2 finds in shop:
      | ref_type | name      | commit  |
      | branch   | release/3 | abc0008 |
      | branch   | release/2 | abc0007 |
      | branch   | release/1 | abc0001 |
    Then L2:shop/staging shows:
      | git_branch | release/3 |
      | git_commit | abc0008   |
    And the call wrote among others:
      | removed | tb_seen_ref shop:tag:v1      |
      | removed | tb_seen_ref shop:branch:main |

  @database/complete-reconcile/lost-pushes-are-requested
  Scenario: A repository that has nothing any more
    When the look L1 finds nothing in shop
    Then the answer is "reconciled"
    And the call wrote exactly:
      | removed | tb_seen_ref shop:branch:main      | |
      | removed | tb_seen_ref shop:branch:dev       | |
      | removed | tb_seen_ref shop:branch:release/1 | |
      | changed | tb_reconcile shop                 | claimed_until completed_at next_at |

  @database/complete-reconcile/lost-pushes-are-requested
  Scenario: A tag is nothing to a rule of branches, nor a branch to one of tags
    When the look L1 finds in shop:
      | ref_type | name      | commit  |
      | tag      | main      | abc0007 |
      | tag      | dev       | abc0007 |
      | branch   | v1        | abc0007 |
      | branch   | main      | abc0001 |
      | branch   | dev       | abc0001 |
      | branch   | release/1 | abc0001 |
    Then the message is "Deployments requested: 0."

  @database/complete-reconcile/what-was-requested-is-not-again
  Scenario Outline: A commit that <what> is not requested again
    Given <what happened>
    When the look L1 finds in shop:
      | ref_type | name      | commit  |
      | branch   | main      | abc0002 |
      | branch   | dev       | abc0001 |
      | branch   | release/1 | abc0001 |
    Then the message is "Deployments requested: 0."
    And the call wrote among others:
      | changed | tb_seen_ref shop:branch:main |

    Examples:
      | what           | what happened                                              |
      | waits          | B of shop/production is waiting at abc0002                 |
      | has failed     | B of shop/production has failed at abc0002                 |
      | has been live  | B of shop/production has released v2 at abc0002            |
      | was meant      | B of shop/production is waiting at ABC00                   |

  @database/complete-reconcile/what-was-requested-is-not-again
  Scenario Outline: A commit is requested though <what>
    Given <what happened>
    When the look L1 finds in shop:
      | ref_type | name      | commit  |
      | branch   | main      | abc0002 |
      | branch   | dev       | abc0001 |
      | branch   | release/1 | abc0001 |
    Then the message is "Deployments requested: 1."

    Examples:
      | what                          | what happened                                |
      | another environment got it    | B of shop/staging is waiting at abc0002      |
      | another fraise got it         | B of blog/production is waiting at abc0002   |
      | a longer one was requested    | B of shop/production is waiting at abc00022  |
      | one without a commit waits    | B of shop/production is waiting              |

  @database/complete-reconcile/what-was-requested-is-not-again
  Scenario: A commit that a rollback left stays held
    Given B of shop/production has released v2 at abc0002
    And R of shop/production has rolled back
    When the look L1 finds in shop:
      | ref_type | name | commit  |
      | branch   | main | abc0002 |
    Then the answer is "reconciled"
    And the message is "Deployments requested: 0."
    And the cascade is nothing

  @database/complete-reconcile/what-a-webhook-told-is-not-lost
  Scenario Outline: A push that a webhook told of is not lost: <what>
    Given a webhook arrives with:
      | branch | commit_sha | repository_keys | event_type | tag   | changes   |
      | <flat> | abc0002    | <keys>          | <type>     | <tag> | <changes> |
    And shop is due
    And nobody looks at shop any more
    And "w1" asks for a repository
    When the look L1 finds in shop:
      | ref_type | name      | commit  |
      | branch   | main      | abc0001 |
      | branch   | dev       | abc0001 |
      | branch   | release/1 | abc0001 |
      | branch   | release/2 | abc0002 |
    Then the message is "Deployments requested: <requested>."

    Examples:
      | what                         | flat      | type | tag       | keys                            | changes                                                                                                                                    | requested |
      | of another branch            | wild      | push | null      | ["forge.example/acme/shop"]     | []                                                                                                                                         | 1         |
      | of a tag of that name        | wild      | tag  | release/2 | ["forge.example/acme/shop"]     | []                                                                                                                                         | 1         |
      | of another repository        | release/2 | push | null      | ["forge.example/acme/blog"]     | []                                                                                                                                         | 1         |

  @database/complete-reconcile/what-a-webhook-told-is-not-lost
  Scenario Outline: What a webhook left out for a reason is not made up for: <what>
    Given the registry holds:
      | fraise | environment | branch         | tag | reconcile | repository | repository_key  | paths |
      | shop   | production  | main           |     | true      | https://s  | <key>           | shop/ |
      | shop   | staging     | dev release/*  | v*  | true      | https://s  | <key>           | shop/ |
    And nobody looks at shop any more
    And shop has been looked at and had:
      | ref_type | name      | commit  |
      | branch   | main      | abc0001 |
    And a webhook arrives with:
      | branch | commit_sha | event_type | tag   | changes   | paths      |
      | <flat> | abc0002    | <type>     | <tag> | <changes> | ["README"] |
    And "w1" asks for a repository
    When the look L1 finds in shop:
      | ref_type | name   | commit  |
      | <found>  | <name> | abc0002 |
    Then the message is "Deployments requested: 0."
    And the call wrote among others:
      | <written> | tb_seen_ref shop:<found>:<name> |

    Examples:
      | what               | key                     | flat | type | tag  | changes                                                                                                                                  | found  | name | written |
      | a push             | forge.example/acme/shop | main | push | null | []                                                                                                                                       | branch | main | changed |
      | a new branch       | forge.example/acme/shop | dev  | push | null | []                                                                                                                                       | branch | dev  | added   |
      | a tag              | forge.example/acme/shop | null | tag  | v1   | []                                                                                                                                       | tag    | v1   | added   |
      | one change of many | forge.example/acme/shop | wild | push | null | [{"event_type": "push", "branch": "wild", "commit_sha": "abc0008"}, {"event_type": "push", "branch": "main", "commit_sha": "abc0002"}] | branch | main | changed |
      | of any repository  |                         | main | push | null | []                                                                                                                                       | branch | main | changed |

  @database/complete-reconcile/never-older-over-newer
  Scenario Outline: A ref of which a webhook tells after the question is left to the next look: <what>
    Given a webhook arrives with:
      | branch | commit_sha | event_type | tag   |
      | <flat> | abc0003    | <type>     | <tag> |
    When the look L1 finds in shop:
      | ref_type | name      | commit  |
      | branch   | main      | abc0002 |
      | branch   | dev       | abc0001 |
      | branch   | release/1 | abc0001 |
      | tag      | v1        | abc0002 |
    Then the message is "Deployments requested: <requested>."
    And v_deployment in order of -pk_deployment holds:
      | fraise | environment   | data.git_commit |
      | shop   | <environment> | <newest>        |
      | shop   | <other>       | <older>         |
      | shop   | production    | abc0001         |

    Examples:
      | what                  | flat | type   | tag  | requested | environment | newest  | other      | older   |
      | a push                | main | push   | null | 1         | staging     | abc0002 | production | abc0003 |
      | a tag                 | null | tag    | v1   | 1         | production  | abc0002 | staging    | abc0003 |
      | the end of no branch  | wild | delete | null | 2         | staging     | abc0002 | production | abc0002 |

  @database/complete-reconcile/never-older-over-newer
  Scenario Outline: A ref that was deleted after the question is not deployed: <what>
    Given a webhook arrives with:
      | branch | tag   | event_type | commit_sha |
      | <flat> | <tag> | delete     | null       |
    When the look L1 finds in shop:
      | ref_type | name      | commit  |
      | <found>  | <name>    | abc0002 |
    Then the message is "Deployments requested: <requested>."

    Examples:
      | what                      | flat | tag  | found  | name | requested |
      | a branch                  | main | null | branch | main | 0         |
      | a tag                     | null | v1   | tag    | v1   | 0         |
      | a tag, branch said, too   | main | v1   | tag    | v1   | 0         |
      | a tag of a branch's name  | null | main | branch | main | 1         |
      | a branch of a tag's name  | v1   | null | tag    | v1   | 1         |

  @database/complete-reconcile/never-older-over-newer
  Scenario: What is left to the next look is found by it
    Given a push to main at abc0003 arrives as d1
    When the look L1 finds in shop:
      | ref_type | name      | commit  |
      | branch   | main      | abc0002 |
      | branch   | dev       | abc0001 |
      | branch   | release/1 | abc0001 |
    Then the call wrote exactly:
      | changed | tb_reconcile shop | claimed_until completed_at next_at |
    When shop is due
    And "w1" asks for a repository
    And the look L2 finds in shop:
      | ref_type | name      | commit  |
      | branch   | main      | abc0004 |
      | branch   | dev       | abc0001 |
      | branch   | release/1 | abc0001 |
    Then the cascade is Deployment L2:shop/production
    And L2:shop/production shows:
      | git_commit | abc0004 |

  @database/complete-reconcile/never-older-over-newer
  Scenario: A new ref that is left to the next look is found by it
    Given a push to release/2 at abc0003 arrives as d1
    When the look L1 finds in shop:
      | ref_type | name      | commit  |
      | branch   | main      | abc0001 |
      | branch   | dev       | abc0001 |
      | branch   | release/1 | abc0001 |
      | branch   | release/2 | abc0002 |
    Then the message is "Deployments requested: 0."
    And the call wrote exactly:
      | changed | tb_reconcile shop | claimed_until completed_at next_at |
    When shop is due
    And "w1" asks for a repository
    And the look L2 finds in shop:
      | ref_type | name      | commit  |
      | branch   | release/2 | abc0004 |
    Then L2:shop/staging shows:
      | git_commit | abc0004 |

  @database/complete-reconcile/never-older-over-newer
  Scenario: An answer from before the push that a webhook told of is left to the next look
    Given the registry holds:
      | fraise | environment | branch | reconcile | repository | paths |
      | shop   | production  | main   | true      | https://s  | shop/ |
    And nobody looks at shop any more
    And shop has been looked at and had:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
    And a webhook arrives with:
      | branch | before  | commit_sha | paths      |
      | main   | abc0002 | abc0003    | ["README"] |
    And "w1" asks for a repository
    When the look L1 finds in shop:
      | ref_type | name | commit  |
      | branch   | main | abc0002 |
    Then the message is "Deployments requested: 0."
    And the call wrote exactly:
      | changed | tb_reconcile shop | as_of claimed_until completed_at next_at |
    When shop is due
    And "w1" asks for a repository
    And the look L2 finds in shop:
      | ref_type | name | commit  |
      | branch   | main | abc0002 |
    Then the message is "Deployments requested: 1."

  @database/complete-reconcile/full-queue-is-looked-at-again
  Scenario: What did not fit into the queue is found by the next look
    Given the registry is synced with the document:
      """
      {"fraises": [{"name": "shop", "type": "api", "repository": "https://s", "reconcile": true, "environments": [{"name": "production", "provider": "local"}, {"name": "staging", "provider": "local"}, {"name": "review", "provider": "local"}]}],
       "branch_mapping": [{"branch": "main", "fraise": "shop", "environment": "production"}, {"branch": "dev", "fraise": "shop", "environment": "staging"}, {"branch": "wild", "fraise": "shop", "environment": "review"}],
       "settings": {"queue_limit": 2, "reconcile_seconds": 1000}}
      """
    And D of shop/staging has failed at abc0000
    And nobody looks at shop any more
    And shop has been looked at and had:
      | ref_type | name | commit  |
      | branch   | main | abc0001 |
      | branch   | dev  | abc0001 |
      | branch   | gone | abc0001 |
    And B of shop/review is waiting at abc0007
    And C of shop/production is waiting at abc0006
    And a push to other at abc0009 arrives as d1
    And "w1" asks for a repository
    When the look L1 finds in shop:
      | ref_type | name | commit  |
      | branch   | main | abc0002 |
      | branch   | dev  | abc0002 |
      | branch   | new  | abc0002 |
    Then the answer is "reconciled"
    And the metadata is:
      | requested  | 1              |
      | first_look | false          |
      | next_at    | a time to come |
    And the cascade is Deployment L1:shop/production
    And the call wrote exactly:
      | added   | tb_deployment L1:shop/production         | |
      | added   | tb_deployment_request L1:shop/production | |
      | changed | tb_deployment C                          | status superseded_by completed_at error_code |
      | changed | tb_deployment_request C                  | status |
      | added   | tb_event deployment.superseded           | |
      | added   | tb_event deployment.requested            | |
      | changed | tb_reconcile shop                        | claimed_until completed_at next_at |
    And shop is due again in 900 to 1100 seconds
    When "w3" claims B
    And shop is due
    And "w1" asks for a repository
    And the look L2 finds in shop:
      | ref_type | name | commit  |
      | branch   | main | abc0002 |
      | branch   | dev  | abc0002 |
      | branch   | new  | abc0002 |
    Then the cascade is Deployment L2:shop/staging
    And the call wrote among others:
      | changed | tb_seen_ref shop:branch:main |
      | removed | tb_seen_ref shop:branch:gone |
