@any-database
Feature: A server's life

  Background:
    Given a registry of one fraise

  @server/start/follows-the-start-contract @smoke @core
  Scenario: One line, then nothing more, and a good end
    Given a server is running
    When the server is asked to stop
    Then it has stopped with status 0 and one line on standard output

  @server/start/follows-the-start-contract @thorough
  Scenario: A server with an observer stops as well
    Given a server with an observer is running
    When the server is asked to stop
    Then it has stopped with status 0 and one line on standard output

  @server/start/picks-a-free-port @thorough
  Scenario: Two servers at once
    When a server is started
    Then two servers run on two ports

  @server/start/weak-secret-is-refused
  Scenario: The webhook secret protects nothing
    Given the webhook secret is too short
    Then the server does not start and says "insecure-secret"

  @server/start/weak-secret-is-refused @thorough
  Scenario Outline: <secret> as <key>
    Given the registry has <secret> as <key>
    Then the server does not start and says "insecure-secret"

    Examples:
      | key                          | secret                                    |
      | git.github.webhook_secret    | ""                                        |
      | git.github.webhook_secret    | "$${WEBHOOK_SECRET_OF_MINE}"              |
      | git.github.webhook_secret    | ["a-secret-that-is-long-enough", "short"] |
      | git.gitlab.secret_token      | "fifteen-letters"                         |
      | git.gitlab.signing_secret    | "whsec_tooshort"                          |
      | git.gitea.webhook_secret     | "                    "                    |
      | git.bitbucket.webhook_secret | "$WEBHOOK_SECRET_OF_MINE"                 |
      | server.token                 | "fifteen-letters"                         |
      | server.token                 | ""                                        |

  @server/health/is-not-held-up
  Scenario: Health while a deployment sleeps
    Given a server with an observer is running
    When a deployment that sleeps has begun
    Then the server answers /health at once, again and again
    And the build has not gone on meanwhile
