@any-database
Feature: processWebhook takes what any forge signed
  GraphQL brings no headers: the payload's shape tells the event, and its forge the signature.

  @webhook/graphql/takes-every-forge @forges @thorough
  Scenario Outline: A push of <forge>
    Given every forge is known
    And a server is running
    And "<forge>" delivers
    When processWebhook brings the "push" of "main", rightly signed
    Then the response has "accepted" at data.processWebhook.code
    And the response has "<provider>" at data.processWebhook.event.provider
    And the response has "push" at data.processWebhook.event.eventType
    And the response has "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334" at data.processWebhook.event.commitSha
    And the response has "<forge>" at data.processWebhook.event.deployments.0.fraise

    Examples:
      | forge           | provider  |
      | bitbucket-cloud | BITBUCKET |
      | gitlab          | GITLAB    |
      | gitea           | GITEA     |
      | forgejo         | GITEA     |
      | gogs            | GITEA     |

  @webhook/graphql/takes-every-forge @strict-forges @thorough
  Scenario Outline: A push of <forge> where it has to be signed
    Given every forge is known, GitLab signs and Bitbucket is a server
    And a server is running
    And "<forge>" delivers
    When processWebhook brings the "push" of "main", rightly signed
    Then the response has "accepted" at data.processWebhook.code
    And the response has "<forge>" at data.processWebhook.event.deployments.0.fraise
    When processWebhook brings the "push" of "main", signed with another secret
    Then the response has "bad-signature" at data.processWebhook.code

    Examples:
      | forge            |
      | gitlab-signed    |
      | bitbucket-server |

  @webhook/graphql/gate-checks-the-signature @forges @thorough
  Scenario Outline: A push of <forge>, <how>
    Given every forge is known
    And a server is running
    And "<forge>" delivers
    When processWebhook brings the "push" of "main", <how>
    Then the response has "<code>" at data.processWebhook.code
    And nothing changed

    Examples:
      | forge           | how                        | code              |
      | gitlab          | signed with another secret | bad-signature     |
      | gitlab          | unsigned                   | missing-signature |
      | gitea           | signed with another secret | bad-signature     |
      | gitea           | unsigned                   | missing-signature |
      | bitbucket-cloud | signed with another secret | bad-signature     |
      | bitbucket-cloud | unsigned                   | missing-signature |

  @webhook/graphql/tells-events-by-their-shape @forges @thorough
  Scenario Outline: The <what> of <name> at <forge>
    Given every forge is known
    And a server is running
    And "<forge>" delivers
    When processWebhook brings the "<what>" of "<name>", rightly signed
    Then the response has "ignored" at data.processWebhook.code
    And the response has "<reason>" at data.processWebhook.event.ignoredReason

    Examples:
      | forge            | what               | name | reason            |
      | gitlab           | tag                | main | tag-not-mapped    |
      | gitlab           | branch-deletion    | main | branch-deleted    |
      | gitlab           | issue              | main | event-not-handled |
      | gitea            | tag                | main | tag-not-mapped    |
      | gitea            | branch-deletion    | main | branch-deleted    |
      | gitea            | tag-creation-event | v1.0 | event-not-handled |
      | bitbucket-cloud  | tag                | main | tag-not-mapped    |
      | bitbucket-cloud  | branch-deletion    | main | branch-deleted    |
      | bitbucket-server | tag                | main | tag-not-mapped    |
      | bitbucket-server | branch-deletion    | main | branch-deleted    |
      | bitbucket-server | ping               | main | ping              |
