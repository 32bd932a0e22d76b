Feature: What receivers of webhooks were seen to get wrong

  @webhook/behaviours/push-while-one-runs-is-not-lost @thorough
  Scenario: Two pushes while a deployment runs
    Given a service "shop" for "production"
    And the next builds wait
    And version "1.0" is committed
    And version "2.0" is committed
    And version "3.0" is committed
    And a server with an observer is running
    When the push of version "1.0" is delivered
    And the build has begun to wait
    And the push of version "2.0" is delivered
    And the push of version "3.0" is delivered
    And the build may go on
    Then "shop/production" serves version "3.0"
    And the push of version "2.0" was superseded by that of "3.0"

  @webhook/behaviours/deployments-hold-no-push-up @thorough
  Scenario: Pushes and health while a deployment runs
    Given a service "shop" for "production"
    And the next builds wait
    And version "1.0" is committed
    And a server with an observer is running
    When the push of version "1.0" is delivered
    And the build has begun to wait
    And 25 pushes of other branches are delivered, and health is asked for
    Then all of them were answered while the build still waits

  @webhook/behaviours/own-failure-is-no-acceptance @thorough
  Scenario: The delivery comes again after the server could not keep it
    Given pushes of "main" deploy "shop" to "production"
    And a server is running
    When the database fails at every webhook
    And a push of "main" at "00112233445566778899aabbccddeeff00112233" is delivered as "lost"
    And the database works again
    And a push of "main" at "00112233445566778899aabbccddeeff00112233" is delivered as "lost"
    Then delivery "lost" was refused first as the server's fault, then accepted

  @webhook/behaviours/weak-secrets-open-nothing @thorough @once
  Scenario Outline: The secret of <forge> is <value>
    Given a registry of one fraise
    And the secret of "<forge>" is <value>
    Then the server does not start and says "insecure-secret"

    Examples:
      | forge                    | value                          |
      | github.webhook_secret    | ""                             |
      | github.webhook_secret    | "$FRAISIER_WEBHOOK_SECRET"     |
      | github.webhook_secret    | "fifteen letters"              |
      | github.webhook_secret    | ["a-secret-of-the-suite", ""]  |
      | gitlab.secret_token      | "                    "         |
      | gitlab.secret_token      | "$GITLAB_SECRET_TOKEN"         |
      | gitlab.signing_secret    | "whsec_c2hvcnQ="               |
      | gitea.webhook_secret     | "short"                        |
      | bitbucket.webhook_secret | ["a-secret-of-the-suite", "x"] |
