@strict-forges @any-database
Feature: GitLab's signed webhooks become deployments
  The signed form (Standard Webhooks) covers the id and the time, too.
  Where a signing secret is set, the token alone is not enough.

  Background:
    Given every forge is known, GitLab signs and Bitbucket is a server
    And a server is running
    And "gitlab-signed" delivers

  @webhook/gitlab-signed/good-push-is-accepted @core
  Scenario: A push of a mapped branch requests a deployment of its commit
    When a push of "main" at "5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed" is delivered as "gitlab-signed-good"
    Then it is accepted for "gitlab-signed/production"
    And one deployment of "gitlab-signed/production" waits, of commit "5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed" by "alice"

  @webhook/gitlab-signed/good-push-is-accepted @thorough
  Scenario Outline: <what> of a mapped branch is a push of it
    When the "<what>" of "main" is delivered
    Then it is accepted for "gitlab-signed/production"

    Examples:
      | what            |
      | branch-creation |

  @webhook/gitlab-signed/bad-signature-is-rejected
  Scenario: Signed with another secret
    When a push signed with another secret is delivered
    Then the request is refused with 401 and "bad-signature"
    And nothing changed

  @webhook/gitlab-signed/bad-signature-is-rejected @thorough
  Scenario: Signed with the secret of another forge
    When a push signed with the secret of another forge is delivered
    Then the request is refused with 401 and "bad-signature"
    And nothing changed

  @webhook/gitlab-signed/bad-signature-is-rejected @thorough
  Scenario: Changed after it was signed
    When a push with the signature of another body is delivered
    Then the request is refused with 401 and "bad-signature"
    And nothing changed

  @webhook/gitlab-signed/bad-signature-is-rejected @thorough
  Scenario Outline: The signature "<value>" is none
    When a push with the signature "<value>" is delivered
    Then the request is refused with 401 and "bad-signature"
    And nothing changed

    Examples:
      | value                                                            |
      | v1,                                                              |
      | v1,ünlesbar                                                      |
      | v1,AAAA                                                          |
      | v1a,AAAA                                                         |
      | AAAA                                                             |
      | 0000000000000000000000000000000000000000000000000000000000000000 |
      | v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=                  |

  @webhook/gitlab-signed/missing-signature-is-rejected @thorough
  Scenario: No signature at all
    When a push without a signature is delivered
    Then the request is refused with 401 and "missing-signature"
    And nothing changed

  @webhook/gitlab-signed/token-is-not-enough
  Scenario: The token of the classic form
    When a push with the plain token of the other form is delivered
    Then the request is refused with 401 and "missing-signature"
    And nothing changed

  @webhook/gitlab-signed/signature-is-of-now @thorough
  Scenario Outline: Signed <seconds> seconds <when>
    When a push that was signed <seconds> seconds <when> is delivered
    Then the request is refused with 401 and "bad-signature"
    And nothing changed

    Examples:
      | seconds | when  |
      | 400     | ago   |
      | 400     | ahead |

  @webhook/gitlab-signed/signature-is-of-now @thorough
  Scenario: Signed a little ago
    When a push that was signed 120 seconds ago is delivered
    Then it is accepted for "gitlab-signed/production"

  @webhook/gitlab-signed/secrets-can-be-replaced @thorough
  Scenario: Signed with the secret that is being replaced
    When a push signed with the secret that is being replaced is delivered
    Then it is accepted for "gitlab-signed/production"

  @webhook/gitlab-signed/redelivery-deploys-once @thorough
  Scenario: The same id gets the first answer, however the push is written
    Given a push of "main" at "0a0a0a0a0b0b0b0b0c0c0c0c0d0d0d0d0e0e0e0e" was delivered as "gitlab-signed-again"
    When that push is delivered as "gitlab-signed-again", written otherwise
    Then both deliveries got the same answer
    And nothing changed

  @webhook/gitlab-signed/replay-is-rejected @thorough
  Scenario: The same body with another id
    When a push of "main" at "00112233445566778899aabbccddeeff00112233" is delivered as "gitlab-signed-replayed"
    Then it is accepted for "gitlab-signed/production"
    When the same body comes again with another id
    Then the request is refused with 401 and "bad-signature"
    And nothing changed

  @webhook/gitlab-signed/refs-are-told-apart @thorough
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

  @webhook/gitlab-signed/other-repository-is-ignored @thorough
  Scenario: The mapped branch of a repository that no fraise comes from
    When a push of another repository is delivered
    Then it is ignored because of "other-repository"

  @webhook/gitlab-signed/other-branch-is-ignored @thorough
  Scenario Outline: A push of the branch <name>
    When a push of "<name>" is delivered
    Then it is ignored because of "branch-not-mapped"

    Examples:
      | name         |
      | feature/main |
      | mains        |
      | MAIN         |

  @webhook/gitlab-signed/other-events-are-ignored @thorough
  Scenario Outline: <what> deploys nothing
    When the "<what>" of "main" is delivered
    Then it is ignored because of "<reason>"

    Examples:
      | what  | reason            |
      | issue | event-not-handled |

  @webhook/gitlab-signed/malformed-body-is-a-client-error @thorough
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
