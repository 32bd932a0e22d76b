Feature: Rules say what a webhook deploys
  Names and patterns of branches and tags, the forge of a fraise, its repository and its paths.

  @database/routing/patterns
  Scenario Outline: A push to <branch> is one for <pattern>: <reaches>
    Given the registry holds:
      | fraise | environment | branch    |
      | shop   | production  | <pattern> |
      | shop   | staging     | wild*?x   |
    When a push to <branch> at abc0001 arrives as d1
    Then the answer is "<outcome>"
    And the entity has:
      | ignored_reason | <reason> |

    Examples:
      | pattern    | branch        | reaches | outcome  | reason            |
      | release/*  | release/1     | yes     | accepted | null              |
      | release/*  | release/1/2   | yes     | accepted | null              |
      | release/*  | release/      | yes     | accepted | null              |
      | release/*  | release       | no      | ignored  | branch-not-mapped |
      | release/*  | my/release/1  | no      | ignored  | branch-not-mapped |
      | release/*  | Release/1     | no      | ignored  | branch-not-mapped |
      | *          | any/thing     | yes     | accepted | null              |
      | v?         | v1            | yes     | accepted | null              |
      | v?         | v12           | no      | ignored  | branch-not-mapped |
      | v?         | v             | no      | ignored  | branch-not-mapped |
      | *-rc?      | 1.0-rc1       | yes     | accepted | null              |
      | 50%_\\*    | 50%_\\off     | yes     | accepted | null              |
      | 50%*       | 501off        | no      | ignored  | branch-not-mapped |
      | a_b*       | axb1          | no      | ignored  | branch-not-mapped |
      | a.b*       | axb1          | no      | ignored  | branch-not-mapped |
      | main       | mainly        | no      | ignored  | branch-not-mapped |
      | main       | MAIN          | no      | ignored  | branch-not-mapped |

  @database/routing/every-rule-that-matches-applies
  Scenario: Names and patterns that match all apply, each environment once
    Given the registry holds:
      | fraise | environment | branch                | tag |
      | blog   | production  | dev                   | *   |
      | shop   | production  | release/1             |     |
      | shop   | staging     | release/* *1 release/1 |    |
      | shop   | review      | *                     |     |
    When a push to release/1 at abc0001 arrives as d1
    Then the answer is "accepted"
    And the message is "Deployments requested: 3."
    And the call wrote exactly:
      | added | tb_webhook_event d1                      | |
      | added | tb_deployment d1:shop/production         | |
      | added | tb_deployment_request d1:shop/production | |
      | added | tb_deployment d1:shop/staging            | |
      | added | tb_deployment_request d1:shop/staging    | |
      | added | tb_deployment d1:shop/review             | |
      | added | tb_deployment_request d1:shop/review     | |
      | added | tb_event deployment.requested            | |
      | added | tb_event deployment.requested            | |
      | added | tb_event deployment.requested            | |
      | added | tb_event webhook.received                | |
    And the events of the call are:
      | event_type           | environment | entity_id                |
      | deployment.requested | production  | id of d1:shop/production |
      | deployment.requested | staging     | id of d1:shop/staging    |
      | deployment.requested | review      | id of d1:shop/review     |
      | webhook.received     | null        | id of d1                 |

  @database/routing/tags-deploy-where-mapped
  Scenario Outline: The tag <tag> deploys what has a rule for it
    Given the registry holds:
      | fraise | environment | branch | tag    |
      | blog   | production  | v1 *   |        |
      | shop   | production  | main   | v1     |
      | shop   | staging     | main   | v* hot |
    When a webhook arrives with:
      | event_type | branch   | tag   | commit_sha |
      | tag        | <branch> | <tag> | abc0001    |
    Then the answer is "<outcome>"
    And the entity has:
      | ignored_reason | <reason> |
    And v_deployment holds:
      | fraise | environment | data.git_commit | data.git_branch |
      | shop   | staging     | abc0001         | null            |

    Examples:
      | tag | branch | outcome  | reason |
      | v2  | null   | accepted | null   |
      | hot | main   | accepted | null   |

  @database/routing/tags-deploy-where-mapped
  Scenario: A tag that is called like a branch is nothing to the rules of branches, nor a branch to those of tags
    Given the registry holds:
      | fraise | environment | branch | tag |
      | shop   | production  | main * |     |
      | shop   | staging     |        | v1  |
    When a webhook arrives with:
      | event_type | branch | tag  | delivery_id |
      | tag        | null   | main | d1          |
    Then the answer is "ignored"
    And the entity has:
      | ignored_reason | tag-not-mapped |
    When a push to v1 at abc0001 arrives as d2
    Then the answer is "accepted"
    And v_deployment holds:
      | environment |
      | production  |

  @database/routing/every-change-counts
  Scenario: Each of a webhook's changes deploys what follows it
    Given the registry holds:
      | fraise | environment | branch | tag |
      | shop   | production  | main   |     |
      | shop   | staging     | dev    |     |
      | shop   | review      |        | v*  |
      | blog   | production  | gone   |     |
    When a webhook arrives with:
      | branch | commit_sha | changes                                                                                                                                                                                                                                                                   |
      | else   | abc0009    | [{"event_type": "delete", "branch": "gone"}, {"event_type": "push", "branch": "main", "commit_sha": "abc0001"}, {"event_type": "push", "branch": "dev", "tag": "v2", "commit_sha": "abc0002"}, {"event_type": "tag", "branch": "gone", "tag": "v1", "commit_sha": "abc0003"}] |
    Then the answer is "accepted"
    And the message is "Deployments requested: 3."
    And v_deployment holds:
      | fraise | environment | data.git_commit | data.git_branch |
      | shop   | production  | abc0001         | main            |
      | shop   | staging     | abc0002         | dev             |
      | shop   | review      | abc0003         | null            |
    And the entity has:
      | changes | [{"event_type": "delete", "branch": "gone"}, {"event_type": "push", "branch": "main", "commit_sha": "abc0001"}, {"event_type": "push", "branch": "dev", "tag": "v2", "commit_sha": "abc0002"}, {"event_type": "tag", "branch": "gone", "tag": "v1", "commit_sha": "abc0003"}] |
      | branch  | else |

  @database/routing/every-change-counts
  Scenario: Of several changes that reach an environment the last is deployed
    Given the registry holds:
      | fraise | environment | branch   |
      | shop   | production  | main hot |
      | blog   | production  | main     |
    When a webhook arrives with:
      | changes                                                                                                                                                                    |
      | [{"event_type": "push", "branch": "hot", "commit_sha": "abc0003"}, {"event_type": "push", "branch": "main", "commit_sha": "abc0002"}, {"event_type": "delete", "branch": "hot"}] |
    Then the answer is "accepted"
    And v_deployment holds:
      | fraise | data.git_commit | data.git_branch |
      | shop   | abc0002         | main            |
      | blog   | abc0002         | main            |

  @database/routing/every-change-counts
  Scenario Outline: A webhook whose changes are <changes> is about its own branch
    Given the registry holds:
      | fraise | environment | branch |
      | shop   | production  | main   |
    When a webhook arrives with:
      | changes   |
      | <changes> |
    Then the answer is "accepted"
    And the entity has:
      | changes | [] |

    Examples:
      | changes |
      | []      |
      | null    |

  @database/routing/every-change-counts
  Scenario Outline: Changes of which none deploys anything are ignored because of <reason>
    Given the registry holds:
      | fraise | environment | branch | tag |
      | shop   | production  | main   | v*  |
    When a webhook arrives with:
      | changes                    |
      | [<first>, <second>] |
    Then the answer is "ignored"
    And the entity has:
      | ignored_reason | <reason> |

    Examples:
      | first                                                               | second                                                           | reason            |
      | {"event_type": "delete", "branch": "main"}                          | {"event_type": "delete", "tag": "v1"}                            | branch-deleted    |
      | {"event_type": "tag", "tag": "hot", "commit_sha": "abc0001"}        | {"event_type": "delete", "branch": "main"}                       | tag-not-mapped    |
      | {"event_type": "push", "branch": "dev", "commit_sha": "abc0001"}    | {"event_type": "tag", "tag": "hot", "commit_sha": "abc0001"}     | branch-not-mapped |

  @database/routing/bad-changes-are-refused
  Scenario Outline: A change that is <fault> is refused with the whole webhook
    Given the usual registry
    When a webhook arrives with:
      | changes                                                                       |
      | [{"event_type": "push", "branch": "main", "commit_sha": "abc0001"}, <change>] |
    Then it is refused with "invalid-argument" of "event"
    And nothing was written

    Examples:
      | fault                   | change                                                        |
      | of an unknown type      | {"event_type": "merge", "branch": "main", "commit_sha": "abc0001"} |
      | a ping                  | {"event_type": "ping"}                                        |
      | something else          | {"event_type": "other"}                                       |
      | a push without a branch | {"event_type": "push", "tag": "v1", "commit_sha": "abc0001"}  |
      | a push of no branch     | {"event_type": "push", "branch": "", "commit_sha": "abc0001"} |
      | a push without a commit | {"event_type": "push", "branch": "main"}                      |
      | a push of no commit     | {"event_type": "push", "branch": "main", "commit_sha": ""}    |
      | a tag without a name    | {"event_type": "tag", "branch": "main", "commit_sha": "abc0001"} |
      | a tag of no name        | {"event_type": "tag", "tag": "", "commit_sha": "abc0001"}     |
      | a tag without a commit  | {"event_type": "tag", "tag": "v1"}                            |
      | a tag of no commit      | {"event_type": "tag", "tag": "v1", "commit_sha": ""}          |
      | no object               | "push"                                                        |
      | nothing                 | null                                                          |

  @database/routing/bad-changes-are-refused
  Scenario Outline: Changes that are <changes> are refused
    Given the usual registry
    When a webhook arrives with:
      | changes   |
      | <changes> |
    Then it is refused with "invalid-argument" of "event"
    And nothing was written

    Examples:
      | changes  |
      | "push"   |
      | {}       |

  @database/routing/only-provider
  Scenario Outline: A fraise of <only> is deployed by <provider> as <hook>: <outcome>
    Given the registry holds:
      | fraise | environment | branch | only_provider | repository_key |
      | blog   | production  | main   |               | elsewhere      |
      | shop   | production  | main   | <only>        |                |
    When a webhook arrives with:
      | provider   | hook   |
      | <provider> | <hook> |
    Then the answer is "<outcome>"
    And the entity has:
      | ignored_reason | <reason> |

    Examples:
      | only    | provider  | hook    | outcome  | reason           |
      | gitlab  | gitlab    | default | accepted | null             |
      | gitlab  | GitLab    | default | accepted | null             |
      | mine    | custom    | mine    | accepted | null             |
      | custom  | custom    | mine    | accepted | null             |

  @database/routing/only-provider
  Scenario Outline: A fraise of <only> is left out by <provider> as <hook>
    Given the registry holds:
      | fraise | environment | branch | only_provider |
      | shop   | production  | main   | <only>        |
    When a webhook arrives with:
      | provider   | hook   |
      | <provider> | <hook> |
    Then the answer is "ignored"
    And the entity has:
      | ignored_reason | other-provider |

    Examples:
      | only   | provider | hook    |
      | gitlab | github   | default |
      | gitlab | github   | gitlab  |
      | mine   | custom   | yours   |
      | gitlab | custom   | mine    |

  @database/routing/paths
  Scenario Outline: An environment for <paths> is deployed by a push that touched <touched>
    Given the registry holds:
      | fraise | environment | branch | paths   |
      | shop   | production  | main   | <paths> |
    When a webhook arrives with:
      | paths     |
      | <touched> |
    Then the answer is "accepted"

    Examples:
      | paths         | touched                        |
      |               | ["README"]                     |
      |               | []                             |
      | shop/         | null                           |
      | shop/         | ["README", "shop/main.py"]     |
      | shop/         | ["shop/a/b.py"]                |
      | other/ shop/* | ["shop/a/b.py"]                |
      | *.py          | ["shop/a/b.py"]                |
      | README        | ["README"]                     |
      | */lib/        | ["shop/lib/a"]                 |
      | app/[id].ts   | ["app/[id].ts"]                |

  @database/routing/paths
  Scenario Outline: An environment for <paths> is left out by a push that touched <touched>
    Given the registry holds:
      | fraise | environment | branch | paths   | repository_key          |
      | shop   | production  | main   | <paths> | forge.example/acme/shop |
    When a webhook arrives with:
      | paths     |
      | <touched> |
    Then the answer is "ignored"
    And the entity has:
      | ignored_reason | paths-not-touched |
      | deployments    | []                |

    Examples:
      | paths         | touched                 |
      | shop/         | []                      |
      | shop/         | ["shop"]                |
      | shop/         | ["shopping/main.py"]    |
      | shop/         | ["my/shop/main.py"]     |
      | shop          | ["shop/main.py"]        |
      | other/ README | ["readme", "other"]     |
      | app/[id].ts   | ["app/i.ts"]            |

  @database/routing/paths
  Scenario: Environments for other paths are left out and the rest deployed
    Given the registry holds:
      | fraise | environment | branch | paths |
      | blog   | production  | main   | blog/ |
      | shop   | production  | main   | shop/ |
      | shop   | staging     | main   |       |
    When a webhook arrives with:
      | paths          |
      | ["shop/a.py"] |
    Then the answer is "accepted"
    And v_deployment holds:
      | fraise | environment |
      | shop   | production  |
      | shop   | staging     |

  @database/routing/one-reason
  Scenario Outline: Of targets that are left out the one that came furthest gives the reason: <reason>
    Given the registry holds:
      | fraise | environment | branch | only_provider | repository_key | paths |
      | blog   | production  | main   | <provider>    |                |       |
      | shop   | production  | main   |               | <key>          |       |
      | tail   | production  | main   |               |                | <paths> |
      | else   | production  | dev    |               |                |       |
    And A of tail/production has released v1 at abc0000
    And B of tail/production has released v2 at abc0001
    And R of tail/production has rolled back
    When a webhook arrives with:
      | paths      |
      | ["README"] |
    Then the answer is "ignored"
    And the entity has:
      | ignored_reason | <reason> |

    Examples:
      | provider | key  | paths  | reason            |
      | gitlab   | x/y  | shop/  | paths-not-touched |
      | gitlab   | x/y  | README | held              |

  @database/routing/one-reason
  Scenario Outline: Where no target has the right <what> the reason is <reason>
    Given the registry holds:
      | fraise | environment | branch | only_provider | repository_key |
      | blog   | production  | main   | gitlab        | <blog>         |
      | shop   | production  | main   | <shop>        | x/y            |
    When a push to main at abc0001 arrives as d1
    Then the answer is "ignored"
    And the entity has:
      | ignored_reason | <reason> |

    Examples:
      | what       | blog                    | shop   | reason           |
      | forge      | forge.example/acme/shop | gitlab | other-provider   |
      | repository |                         |        | other-repository |

  @database/routing/one-reason
  Scenario: A full queue is the reason even where another target is held
    Given the registry is synced with the document:
      """
      {"fraises": [{"name": "shop", "type": "api", "environments": [{"name": "production", "provider": "local"}, {"name": "staging", "provider": "local"}, {"name": "review", "provider": "local"}]}],
       "branch_mapping": [{"branch": "main", "fraise": "shop", "environment": "production"}, {"branch": "main", "fraise": "shop", "environment": "staging"}],
       "settings": {"queue_limit": 1}}
      """
    And A of shop/staging has released v1 at abc0000
    And B of shop/staging has released v2 at abc0001
    And R of shop/staging has rolled back
    And C of shop/review is waiting
    When a push to main at abc0001 arrives as d1
    Then the answer is "ignored"
    And the entity has:
      | ignored_reason | queue-full |

  @database/routing/event-is-kept
  Scenario: The event is kept as it came
    Given the usual registry
    When a webhook arrives with:
      | paths      | changes                                                              |
      | ["README"] | [{"event_type": "push", "branch": "main", "commit_sha": "abc0001"}] |
    Then the answer is "accepted"
    And tb_webhook_event d1 has:
      | event            | {"event_type": "push", "native_event": "push", "branch": "main", "tag": null, "commit_sha": "abc0001", "before": "abc0000", "sender": "carol", "repository": "acme/shop", "repository_keys": ["forge.example/acme/shop"], "paths": ["README"], "changes": [{"event_type": "push", "branch": "main", "commit_sha": "abc0001"}]} |
      | fk_replayed_from | null |
      | replayed_by      | null |
      | payload          | {"raw": true} |
