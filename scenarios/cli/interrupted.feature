@thorough @any-database
Feature: A command that is interrupted leaves nothing behind
  Ctrl-C, the end of a terminal, and a reader that goes away.

  @cli/deploy/interrupted-is-not-stuck
  Scenario Outline: A running deployment ends with the command that carries it out
    Given a service "shop" for "production"
    And version "1.0" is committed
    And the next builds wait
    When the user starts `deploy shop production`
    And the build has begun to wait
    And the user interrupts it with <signal>
    Then it ends as "interrupted" and its deployment as "failed"

    Examples:
      | signal  |
      | SIGINT  |
      | SIGTERM |
      | SIGHUP  |

  @cli/deploy/interrupted-is-not-stuck
  Scenario: A deployment that waits behind another one is taken back
    Given a service "shop" for "production"
    And version "1.0" is committed
    And the next builds wait
    When the user starts `deploy shop production`
    And the build has begun to wait
    And the user starts `deploy shop production`
    And its deployment is requested
    And the user interrupts it with SIGINT
    Then it ends as "interrupted" and its deployment as "cancelled"

  @cli/deploy/interrupted-is-not-stuck
  Scenario: What an observer will carry out stays in the queue
    Given a service "shop" for "production"
    And version "1.0" is committed
    And the next builds wait
    And an observer with a lease of 30 seconds
    When a deployment of "shop/production" is requested
    And the build has begun to wait
    And the user starts `deploy shop production`
    And its deployment is requested
    And the user interrupts it with SIGINT
    Then it ends as "interrupted" and its deployment as "pending"

  @cli/output/lost-reader-changes-nothing
  Scenario Outline: Nobody reads the output
    Given a registry of one service
    When nobody reads what `<line>` prints
    Then it succeeds

    Examples:
      | line           |
      | list           |
      | list --json    |
      | history        |
      | --help         |
      | completion zsh |

  @cli/output/lost-reader-changes-nothing
  Scenario: A deployment goes on when its reader has gone
    Given a service "shop" for "production"
    And version "1.0" is committed
    When nobody reads what `deploy shop production` prints
    Then it succeeds
    And "shop/production" serves version "1.0"
