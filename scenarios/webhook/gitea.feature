@forges @any-database
Feature: Gitea's webhooks become deployments
  It also sends the headers of Gogs and GitHub, and a signature with SHA-1; none of them counts.

  Background:
    Given every forge is known
    And a server is running
    And "gitea" delivers

  @webhook/gitea/good-push-is-accepted @core
  Scenario: A push of a mapped branch requests a deployment of its commit
    When a push of "main" at "5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed" is delivered as "gitea-good"
    Then it is accepted for "gitea/production"
    And one deployment of "gitea/production" waits, of commit "5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed" by "alice"

  @webhook/gitea/good-push-is-accepted @thorough
  Scenario Outline: <what> of a mapped branch is a push of it
    When the "<what>" of "main" is delivered
    Then it is accepted for "gitea/production"

    Examples:
      | what            |
      | branch-creation |

  @webhook/gitea/bad-signature-is-rejected
  Scenario: Signed with another secret
    When a push signed with another secret is delivered
    Then the request is refused with 401 and "bad-signature"
    And nothing changed

  @webhook/gitea/bad-signature-is-rejected @thorough
  Scenario: Signed with the secret of another forge
    When a push signed with the secret of another forge is delivered
    Then the request is refused with 401 and "bad-signature"
    And nothing changed

  @webhook/gitea/bad-signature-is-rejected @thorough
  Scenario: Changed after it was signed
    When a push with the signature of another body is delivered
    Then the request is refused with 401 and "bad-signature"
    And nothing changed

  @webhook/gitea/bad-signature-is-rejected @thorough
  Scenario Outline: The signature "<value>" is none
    When a push with the signature "<value>" is delivered
    Then the request is refused with 401 and "bad-signature"
    And nothing changed

    Examples:
      | value                                                                   |
      | 0000000000000000000000000000000000000000000000000000000000000000        |
      | sha256=0000000000000000000000000000000000000000000000000000000000000000 |
      | sha1=0000000000000000000000000000000000000000                           |
      | sha256=                                                                 |
      | ünlesbar                                                                |

  @webhook/gitea/missing-signature-is-rejected @thorough
  Scenario: No signature at all
    When a push without a signature is delivered
    Then the request is refused with 401 and "missing-signature"
    And nothing changed

  @webhook/gitea/missing-signature-is-rejected @thorough
  Scenario Outline: The signature in <header> does not count
    When a push with only the header "<header>" for a signature is delivered
    Then the request is refused with 401 and "missing-signature"
    And nothing changed

    Examples:
      | header              |
      | X-Hub-Signature     |
      | X-Hub-Signature-256 |

  @webhook/gitea/secrets-can-be-replaced @thorough
  Scenario: Signed with the secret that is being replaced
    When a push signed with the secret that is being replaced is delivered
    Then it is accepted for "gitea/production"

  @webhook/gitea/redelivery-deploys-once @thorough
  Scenario: The same id gets the first answer, however the push is written
    Given a push of "main" at "0a0a0a0a0b0b0b0b0c0c0c0c0d0d0d0d0e0e0e0e" was delivered as "gitea-again"
    When that push is delivered as "gitea-again", written otherwise
    Then both deliveries got the same answer
    And nothing changed

  @webhook/gitea/same-body-is-the-same-delivery @thorough
  Scenario: The same body under another id is the same delivery
    Given a push of "main" at "1a1a1a1a1b1b1b1b1c1c1c1c1d1d1d1d1e1e1e1e" was delivered as "gitea-replayed"
    When the same body comes again with another id
    Then both deliveries got the same answer
    And nothing changed

  @webhook/gitea/refs-are-told-apart @thorough
  Scenario Outline: <what> of <name>
    When the "<what>" of "<name>" is delivered
    Then it is ignored because of "<reason>"

    Examples:
      | what             | name | reason         |
      | tag              | main | tag-not-mapped |
      | tag              | v1.0 | tag-not-mapped |
      | annotated-tag    | main | tag-not-mapped |
      | branch-deletion  | main | branch-deleted |
      | tag-deletion     | v1.0 | branch-deleted |
      | push-of-deletion | main | branch-deleted |

  @webhook/gitea/other-repository-is-ignored @thorough
  Scenario: The mapped branch of a repository that no fraise comes from
    When a push of another repository is delivered
    Then it is ignored because of "other-repository"

  @webhook/gitea/other-branch-is-ignored @thorough
  Scenario Outline: A push of the branch <name>
    When a push of "<name>" is delivered
    Then it is ignored because of "branch-not-mapped"

    Examples:
      | name         |
      | feature/main |
      | mains        |
      | MAIN         |

  @webhook/gitea/other-events-are-ignored @thorough
  Scenario Outline: <what> deploys nothing
    When the "<what>" of "main" is delivered
    Then it is ignored because of "<reason>"

    Examples:
      | what                  | reason            |
      | issue                 | event-not-handled |
      | branch-creation-event | event-not-handled |
      | tag-creation-event    | event-not-handled |

  @webhook/gitea/form-body-is-taken @thorough
  Scenario: A form is signed as the JSON that it holds
    When the "push" of "main" is delivered as a form
    Then it is accepted for "gitea/production"

  @webhook/gitea/malformed-body-is-a-client-error @thorough
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
