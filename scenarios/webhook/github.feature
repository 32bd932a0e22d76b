Feature: GitHub's webhooks become deployments
  A push is verified, stored and queued in one transaction; nothing else changes.

  Background:
    Given pushes of "main" deploy "shop" to "production, staging"
    And a server is running

  @webhook/github/good-push-is-accepted @smoke @core
  Scenario: A push of a mapped branch requests a deployment for each target
    When a push of "main" is delivered
    Then it is accepted for "shop/production, shop/staging"
    And exactly these changed:
      | table                 | added |
      | tb_webhook_event      | 1     |
      | tb_deployment_request | 2     |
      | tb_deployment         | 2     |
      | tb_event              | 3     |

  @webhook/github/commit-of-the-event-is-asked-for @core @thorough
  Scenario: The deployment is of the commit that the event names, by its sender
    When a push of "main" at "00112233445566778899aabbccddeeff00112233" is delivered as "one"
    Then the waiting deployment of "shop/production" is of commit "00112233445566778899aabbccddeeff00112233" by "alice"

  @webhook/github/redelivery-deploys-once @core
  Scenario: A redelivery gets the first answer and changes nothing
    Given a push of "main" at "00112233445566778899aabbccddeeff00112233" was delivered as "one"
    When a push of "main" at "00112233445566778899aabbccddeeff00112233" is delivered as "one"
    Then both deliveries got the same answer
    And nothing changed

  @webhook/github/newer-push-supersedes @core @thorough
  Scenario: Of two pushes that wait the newer is deployed
    Given a push of "main" at "00112233445566778899aabbccddeeff00112233" was delivered as "one"
    When a push of "main" at "ffeeddccbbaa99887766554433221100ffeeddcc" is delivered as "two"
    Then it is accepted for "shop/production, shop/staging"
    And the waiting deployment of "shop/staging" is of commit "ffeeddccbbaa99887766554433221100ffeeddcc" by "alice"

  @webhook/github/other-branch-is-ignored @thorough
  Scenario: A push of a branch that is not mapped
    When a push of "feature/main" is delivered
    Then it is ignored because of "branch-not-mapped"
    And exactly these changed:
      | table            | added |
      | tb_webhook_event | 1     |
      | tb_event         | 1     |

  @webhook/github/tag-is-no-branch
  Scenario: A tag that is called like a mapped branch
    When a push is delivered where ref is "refs/tags/main"
    Then it is ignored because of "tag-not-mapped"

  @webhook/github/deletion-deploys-nothing
  Scenario: The mapped branch is deleted
    When the deletion of the branch "main" is delivered
    Then it is ignored because of "branch-deleted"

  @webhook/github/other-repository-is-ignored
  Scenario: The mapped branch of a repository that is not the fraise's
    When a push of another repository is delivered
    Then it is ignored because of "other-repository"

  @webhook/github/other-events-are-ignored
  Scenario Outline: The event <event> deploys nothing
    When the event "<event>" is delivered
    Then it is ignored because of "<reason>"

    Examples:
      | event        | reason            |
      | ping         | ping              |
      | star         | event-not-handled |
      | pull_request | event-not-handled |

  @webhook/github/form-body-is-taken @thorough
  Scenario: GitHub's form content type carries the same push
    When a push is delivered as a form
    Then it is accepted for "shop/production, shop/staging"
