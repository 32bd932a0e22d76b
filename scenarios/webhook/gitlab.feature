@forges @any-database
Feature: GitLab's webhooks become deployments
  A token in a header proves the sender, not the body: so a changed body is not told.

  Background:
    Given every forge is known
    And a server is running
    And "gitlab" delivers

  @webhook/gitlab/good-push-is-accepted @core
  Scenario: A push of a mapped branch requests a deployment of its commit
    When a push of "main" at "5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed" is delivered as "gitlab-good"
    Then it is accepted for "gitlab/production"
    And one deployment of "gitlab/production" waits, of commit "5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed" by "alice"

  @webhook/gitlab/good-push-is-accepted @thorough
  Scenario Outline: <what> of a mapped branch is a push of it
    When the "<what>" of "main" is delivered
    Then it is accepted for "gitlab/production"

    Examples:
      | what            |
      | branch-creation |

  @webhook/gitlab/bad-signature-is-rejected
  Scenario: Signed with another secret
    When a push signed with another secret is delivered
    Then the request is refused with 401 and "bad-signature"
    And nothing changed

  @webhook/gitlab/bad-signature-is-rejected @thorough
  Scenario: Signed with the secret of another forge
    When a push signed with the secret of another forge is delivered
    Then the request is refused with 401 and "bad-signature"
    And nothing changed

  @webhook/gitlab/bad-signature-is-rejected @thorough
  Scenario Outline: The signature "<value>" is none
    When a push with the signature "<value>" is delivered
    Then the request is refused with 401 and "bad-signature"
    And nothing changed

    Examples:
      | value                                                                   |
      | ***                                                                     |
      | ünlesbar                                                                |
      | sha256=0000000000000000000000000000000000000000000000000000000000000000 |
      | 0000000000000000000000000000000000000000000000000000000000000000        |

  @webhook/gitlab/missing-signature-is-rejected @thorough
  Scenario: No signature at all
    When a push without a signature is delivered
    Then the request is refused with 401 and "missing-signature"
    And nothing changed

  @webhook/gitlab/secrets-can-be-replaced @thorough
  Scenario: Signed with the secret that is being replaced
    When a push signed with the secret that is being replaced is delivered
    Then it is accepted for "gitlab/production"

  @webhook/gitlab/redelivery-deploys-once @thorough
  Scenario: The same id gets the first answer, however the push is written
    Given a push of "main" at "0a0a0a0a0b0b0b0b0c0c0c0c0d0d0d0d0e0e0e0e" was delivered as "gitlab-again"
    When that push is delivered as "gitlab-again", written otherwise
    Then both deliveries got the same answer
    And nothing changed

  @webhook/gitlab/same-body-is-the-same-delivery @thorough
  Scenario: The same body under another id is the same delivery
    Given a push of "main" at "1a1a1a1a1b1b1b1b1c1c1c1c1d1d1d1d1e1e1e1e" was delivered as "gitlab-replayed"
    When the same body comes again with another id
    Then both deliveries got the same answer
    And nothing changed

  @webhook/gitlab/redelivery-deploys-once @thorough
  Scenario: Where GitLab gives no id the body tells a redelivery
    Given a push of "main" was delivered without an id
    When a push of "main" is delivered without an id
    Then both deliveries got the same answer
    And it is accepted for "gitlab/production"
    And nothing changed

  @webhook/gitlab/refs-are-told-apart @thorough
  Scenario Outline: <what> of <name>
    When the "<what>" of "<name>" is delivered
    Then it is ignored because of "<reason>"

    Examples:
      | what            | name | reason         |
      | tag             | main | tag-not-mapped |
      | tag             | v1.0 | tag-not-mapped |
      | annotated-tag   | main | tag-not-mapped |
      | branch-deletion | main | branch-deleted |
      | tag-deletion    | v1.0 | branch-deleted |

  @webhook/gitlab/other-repository-is-ignored @thorough
  Scenario: The mapped branch of a repository that no fraise comes from
    When a push of another repository is delivered
    Then it is ignored because of "other-repository"

  @webhook/gitlab/other-branch-is-ignored @thorough
  Scenario Outline: A push of the branch <name>
    When a push of "<name>" is delivered
    Then it is ignored because of "branch-not-mapped"

    Examples:
      | name         |
      | feature/main |
      | mains        |
      | MAIN         |

  @webhook/gitlab/other-events-are-ignored @thorough
  Scenario Outline: <what> deploys nothing
    When the "<what>" of "main" is delivered
    Then it is ignored because of "<reason>"

    Examples:
      | what        | reason            |
      | issue       | event-not-handled |
      | system-push | event-not-handled |

  @webhook/gitlab/malformed-body-is-a-client-error @thorough
  Scenario Outline: A body that is <what>
    When a signed body that is <what> is delivered
    Then the request is refused with 400 and "malformed-payload"
    And nothing changed

    Examples:
      | what           |
      | nothing        |
      | null           |
      | an array       |
      | a number       |
      | half an object |
      | no UTF-8       |
      | deep nesting   |
      | an empty push  |
