Feature: A deployment is requested
  fn_request_deployment queues a deployment, or says why not.

  Background:
    Given the usual registry

  @database/request-deployment/request-is-queued @smoke
  Scenario: A request makes a pending request and a pending deployment
    When fn_request_deployment is asked with:
      | fraise | environment | dry_run | force | trigger_type | git_branch | git_commit | actor |
      | shop   | production  | false   | true  | manual       | main       | abc0001    | alice |
    Then the answer is "requested"
    And the message is "A deployment of shop/production is requested."
    And the HTTP status is 200
    And the updated fields are none
    And the cascade is nothing
    And the metadata is empty
    And the entity is what v_deployment shows
    And the entity has:
      | fraise          | shop       |
      | environment     | production |
      | kind            | deploy     |
      | status          | PENDING    |
      | outcome         | pending    |
      | triggered_by    | MANUAL     |
      | actor           | alice      |
      | git_commit      | abc0001    |
      | git_branch      | main       |
      | force           | true       |
      | attempt         | 0          |
      | worker          | null       |
      | old_version     | null       |
      | new_version     | null       |
      | completed_at    | null       |
      | webhook_id      | null       |
      | steps           | []         |
    And the call wrote exactly:
      | added | tb_deployment_request ?       | |
      | added | tb_deployment ?               | |
      | added | tb_event deployment.requested | |
    And the events of the call are:
      | event_type           | entity_type | fraise | environment | payload                                                                              |
      | deployment.requested | Deployment  | shop   | production  | kind=deploy; trigger_type=manual; git_branch=main; git_commit=abc0001; actor=alice |

  @database/request-deployment/request-is-queued
  Scenario: The request row says who asked for what
    When "alice" requests a deployment of shop/staging at abc0001 as A
    Then the answer is "requested"
    And the entity is Deployment A
    And tb_deployment_request A has:
      | fraise           | shop    |
      | environment      | staging |
      | requested_by     | alice   |
      | requested_at     | a time  |
      | trigger_type     | manual  |
      | status           | pending |
      | force            | false   |
      | git_branch       | null    |
      | git_commit       | abc0001 |
      | target_provider  | local   |
      | fk_webhook_event | null    |
    And tb_deployment A has:
      | fraise          | shop    |
      | environment     | staging |
      | kind            | deploy  |
      | target_provider | local   |
      | git_commit      | abc0001 |
      | started_at      | null    |
      | fk_release      | null    |

  @database/request-deployment/target-is-of-its-environment
  Scenario: The target is copied from the environment that was asked for
    Given the registry holds:
      | fraise | type | environment | provider       | target         |
      | shop   | api  | production  | docker-compose | {"port": 8001} |
      | shop   | api  | staging     | local          | {"port": 8002} |
      | blog   | api  | staging     | bare-metal     | {"port": 8003} |
    When "alice" requests a deployment of shop/staging as A
    Then the answer is "requested"
    And tb_deployment_request A has:
      | target_provider | local          |
      | target_config   | {"port": 8002} |
    And A shows:
      | target | {"provider": "local", "config": {"port": 8002}} |

  @database/request-deployment/trigger-defaults-to-api
  Scenario: Without a trigger type it is api, and nothing is forced
    When fn_request_deployment is asked with:
      | fraise | environment |
      | shop   | production  |
    Then the answer is "requested"
    And the entity has:
      | triggered_by | API   |
      | force        | false |
      | actor        | null  |
      | git_commit   | null  |
      | git_branch   | null  |

  @database/request-deployment/every-trigger-type-is-taken
  Scenario Outline: The trigger type <trigger> is taken
    When "alice" requests a deployment of shop/production at abc0001 by <trigger> as A
    Then the answer is "requested"
    And A shows:
      | triggered_by | <shown> |

    Examples:
      | trigger   | shown     |
      | webhook   | WEBHOOK   |
      | manual    | MANUAL    |
      | api       | API       |
      | scheduled | SCHEDULED |

  @database/request-deployment/dry-run-writes-nothing
  Scenario: A dry run says what would happen and writes nothing
    Given A of shop/production is waiting
    When fn_request_deployment is asked with:
      | fraise | environment | dry_run | actor |
      | shop   | production  | true    | alice |
    Then the answer is "dry-run" and nothing changed
    And the message is "Dry run: shop/production would be deployed."
    And the answer has no entity
    And A is "pending"

  @database/request-deployment/wrong-requests-are-refused
  Scenario Outline: A request with <fault> is refused
    When fn_request_deployment is asked with:
      | fraise   | environment   | trigger_type | git_commit | dry_run   |
      | <fraise> | <environment> | <trigger>    | <commit>   | <dry_run> |
    Then it is refused with "<code>"
    And the message is "<message>"

    Examples:
      | fault                        | fraise | environment | trigger | commit                                                            | dry_run | code                | message                                                      |
      | an unknown fraise            | chop   | production  | manual  | null                                                              | false   | unknown-fraise      | No fraise is called "chop".                                  |
      | an unknown fraise, dry       | chop   | production  | manual  | null                                                              | true    | unknown-fraise      | No fraise is called "chop".                                  |
      | an unknown environment       | shop   | prod        | manual  | null                                                              | false   | unknown-environment | The fraise "shop" has no environment "prod".                 |
      | another fraise's environment | blog   | staging     | manual  | null                                                              | false   | unknown-environment | The fraise "blog" has no environment "staging".              |
      | an unknown trigger           | shop   | production  | magic   | null                                                              | false   | invalid-argument    | The argument "trigger_type" has a value that is not allowed. |
      | a commit of 3 digits         | shop   | production  | manual  | abc                                                               | false   | invalid-argument    | The argument "git_commit" has a value that is not allowed.   |
      | a commit of 65 digits        | shop   | production  | manual  | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | false   | invalid-argument    | The argument "git_commit" has a value that is not allowed.   |
      | a commit that is not hex     | shop   | production  | manual  | abc000g                                                           | false   | invalid-argument    | The argument "git_commit" has a value that is not allowed.   |
      | an empty commit              | shop   | production  | manual  | (empty)                                                           | false   | invalid-argument    | The argument "git_commit" has a value that is not allowed.   |
      | fraise before trigger        | chop   | production  | magic   | null                                                              | false   | unknown-fraise      | No fraise is called "chop".                                  |
      | environment before trigger   | shop   | prod        | magic   | null                                                              | false   | unknown-environment | The fraise "shop" has no environment "prod".                 |
      | trigger before commit        | shop   | production  | magic   | zzz                                                               | false   | invalid-argument    | The argument "trigger_type" has a value that is not allowed. |

  @database/request-deployment/wrong-requests-are-refused
  Scenario Outline: The refusal of <argument> names it
    When fn_request_deployment is asked with:
      | fraise | environment | trigger_type | git_commit |
      | shop   | production  | <trigger>    | <commit>   |
    Then it is refused with "invalid-argument" of "<argument>"

    Examples:
      | argument     | trigger | commit |
      | trigger_type | magic   | null   |
      | git_commit   | api     | zzz    |

  @database/request-deployment/commit-length
  Scenario Outline: A commit of <digits> hex digits is taken
    When "alice" requests a deployment of shop/production at <commit> as A
    Then the answer is "requested"
    And A shows:
      | git_commit | <commit> |

    Examples:
      | digits | commit                                                           |
      | 4      | abcd                                                             |
      | 6      | abc123                                                           |
      | 40     | abcdef0123456789abcdef0123456789abcdef01                         |
      | 64     | abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789 |

  @database/request-deployment/removed-ones-are-unknown
  Scenario: A removed fraise is unknown
    Given blog has been removed from the registry
    When "alice" requests a deployment of blog/production
    Then it is refused with "unknown-fraise"

  @database/request-deployment/removed-ones-are-unknown
  Scenario: A removed environment is unknown
    Given shop/staging has been removed from the registry
    When "alice" requests a deployment of shop/staging
    Then it is refused with "unknown-environment"

  @database/request-deployment/supersedes-older-pending-ones
  Scenario: A newer request supersedes the pending one of its environment only
    Given A of shop/production is waiting
    And B of shop/staging is waiting
    And C of blog/production is waiting
    When "alice" requests a deployment of shop/production at abc0002 as D
    Then the answer is "requested"
    And the cascade is Deployment A
    And the call wrote exactly:
      | added   | tb_deployment D                | |
      | added   | tb_deployment_request D        | |
      | added   | tb_event deployment.requested  | |
      | added   | tb_event deployment.superseded | |
      | changed | tb_deployment A                | completed_at error_code status superseded_by |
      | changed | tb_deployment_request A        | status |
    And tb_deployment_request A has:
      | status | superseded |
    And A shows:
      | outcome       | superseded |
      | status        | FAILED     |
      | superseded_by | id of D    |
      | completed_at  | a time     |
      | error_code    | superseded |
    And the events of the call are:
      | event_type            | entity_type | entity_id | fraise | environment | payload                                                                                |
      | deployment.superseded | Deployment  | id of A   | shop   | production  | superseded_by=id of D                                                                  |
      | deployment.requested  | Deployment  | id of D   | shop   | production  | kind=deploy; trigger_type=manual; git_branch=null; git_commit=abc0002; actor=alice |

  @database/request-deployment/supersedes-older-pending-ones
  Scenario: What runs or has ended is not superseded
    Given A of shop/production has failed
    And B of shop/production has released v1 at abc0001
    And C of shop/production is running under "w1"
    When "alice" requests a deployment of shop/production at abc0002 as D
    Then the answer is "requested"
    And the cascade is nothing
    And the call wrote exactly:
      | added | tb_deployment D               | |
      | added | tb_deployment_request D       | |
      | added | tb_event deployment.requested | |

  @database/request-deployment/held-commits-are-refused
  Scenario Outline: Automation by <trigger> may not bring a held commit back
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And R of shop/production has rolled back
    When "bot" requests a deployment of shop/production at <commit> by <trigger>
    Then it is refused with "deployment-held"
    And the message is "A rollback left commit <commit> of shop/production."

    Examples:
      | trigger   | commit  |
      | webhook   | abc0002 |
      | scheduled | abc0002 |
      | webhook   | ABC0002 |
      | webhook   | abc000  |

  @database/request-deployment/held-commits-are-refused
  Scenario Outline: A held commit does not stop <who>
    Given A of shop/production has released v1 at abc0001
    And B of shop/production has released v2 at abc0002
    And R of shop/production has rolled back
    When "bot" requests a deployment of <place> at <commit> by <trigger><force> as D
    Then the answer is "requested"

    Examples:
      | who                 | place           | commit  | trigger   | force    |
      | a person            | shop/production | abc0002 | manual    |          |
      | a caller of the API | shop/production | abc0002 | api       |          |
      | a forced webhook    | shop/production | abc0002 | webhook   | , forced |
      | a forced schedule   | shop/production | abc0002 | scheduled | , forced |
      | another commit      | shop/production | abc0003 | webhook   |          |
      | a longer commit     | shop/production | abc00022 | webhook   |          |
      | another environment | shop/staging    | abc0002 | webhook   |          |
      | another fraise      | blog/production | abc0002 | scheduled |          |

  @database/request-deployment/webhook-is-linked
  Scenario: The webhook behind a request is linked
    Given a push to main at abc0001 arrives as d1
    And a push to other at abc0001 arrives as d2
    When fn_request_deployment is asked with:
      | fraise | environment | trigger_type | webhook_id |
      | shop   | production  | webhook      | id of d1   |
    Then the answer is "requested"
    And the entity has:
      | webhook_id | id of d1 |
