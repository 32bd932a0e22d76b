@any-database
Feature: A provider can be a program of any language
  The suite brings a program that speaks the exec protocol (spec/exec-provider.md) and
  judges what it was told, and what became of its answers.

  @deploy/exec/deploys-by-the-program @deploy/providers/custom-ones-are-taken
  Scenario: A deployment
    Given a service "shop" for "production" whose provider is a program
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And the program keeps version "1.0"
    And the program was asked for "preflight, prepare, deploy, health_check" in this order
    And "prepare" was about version "1.0" and its files
    And "deploy" was about version "1.0" and its files
    And the status of "shop/production" is "healthy"

  @deploy/exec/request-is-complete @thorough
  Scenario: What it is told
    Given a service "shop" for "production" whose provider is a program
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    When the service of "shop/production" is asked for "logs"
    Then every request was one line that fits the schema of the protocol
    And the fencing token has grown within one scope
    And the secret was told on standard input alone
    And no secret is anywhere in the output, the history or the database

  @deploy/exec/rollback-is-asked-of-it @thorough
  Scenario: A rollback
    Given a service "shop" for "production" whose provider is a program
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    When "shop/production" is rolled back
    Then the last deployment ended as "success"
    And "deploy" was about version "1.0" and its files
    And the program keeps version "1.0"

  @deploy/exec/unhealthy-release-is-taken-back @thorough
  Scenario: A release that it finds unhealthy
    Given a service "shop" for "production" whose provider is a program
    And version "1.0" is deployed to "shop/production"
    And the program does "from 2.0 down" when it is asked for "health_check"
    And version "2.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "rolled_back" because of "health-check-failed"
    And "rollback" was about version "1.0" and its files
    And the program keeps version "1.0"

  @deploy/exec/unsupported-methods-have-substitutes @thorough
  Scenario: It knows no more than it must
    Given a service "shop" for "production" whose provider is a program
    And the program does "unsupported" when it is asked for "preflight"
    And the program does "unsupported" when it is asked for "prepare"
    And the program does "unsupported" when it is asked for "is_prepared"
    And the program does "unsupported" when it is asked for "current_release"
    And the program does "unsupported" when it is asked for "health_check"
    And the program does "unsupported" when it is asked for "rollback"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    When "shop/production" is rolled back to "1.0"
    Then the last deployment ended as "success"
    And "deploy" was about version "1.0" and its files
    And the program keeps version "1.0"

  @deploy/exec/unknown-health-is-no-success @thorough
  Scenario: Nobody can tell whether it is well
    Given a service "shop" for "production" whose provider is a program
    And the program does "unsupported" when it is asked for "health_check"
    And the program does "unsupported" when it is asked for "is_running"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "health-check-failed"

  @deploy/exec/odd-answers-are-told @thorough
  Scenario Outline: Before the cutover it does "<what>"
    Given a service "shop" for "production" whose provider is a program
    And the program does "<what>" when it is asked for "preflight"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "provider-protocol"
    And its message says "preflight"
    And its message says "<said>"
    And the program was never asked for "deploy"

    Examples:
      | what        | said        |
      | words       | line 1      |
      | silent      | exit status |
      | dies        | SIGKILL     |
      | twice       | line 2      |
      | talks on    | line 2      |
      | huge        | line 1      |
      | unknown key | line 1      |
      | bad status  | exit status |

  @deploy/exec/odd-answers-are-told @thorough
  Scenario: At the cutover its answer is none
    Given a service "shop" for "production" whose provider is a program
    And version "1.0" is deployed to "shop/production"
    And the program does "talks on" when it is asked for "deploy"
    And version "2.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "rolled_back" because of "provider-protocol"
    And its message says "deploy"
    And the program keeps version "1.0"

  @deploy/exec/hanging-program-is-ended @thorough
  Scenario: It does not end
    Given a service "shop" for "production" whose provider is a program
    And each call may take 1 second
    And the program does "hangs" when it is asked for "preflight"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "step-timeout"
    And its message says "preflight"

  @deploy/exec/errors-keep-their-code @thorough
  Scenario Outline: Its error "<what>"
    Given a service "shop" for "production" whose provider is a program
    And the program does "<what>" when it is asked for "preflight"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "<code>"
    And its message says "<said>"

    Examples:
      | what     | code             | said                    |
      | fails    | host-unreachable | no way to the host      |
      | own code | provider-failed  | quota-exceeded: no room |

  @deploy/exec/secrets-are-masked @thorough
  Scenario: It repeats a secret wherever it can
    Given a service "shop" for "production" whose provider is a program
    And the program does "tells" when it is asked for "prepare"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "provider-failed"
    And its message says "refused ***"
    And no secret is anywhere in the output, the history or the database

  @deploy/exec/service-commands-are-asked-of-it @thorough
  Scenario: Looked at, stopped and started
    Given a service "shop" for "production" whose provider is a program
    And version "1.0" is deployed to "shop/production"
    When the service of "shop/production" is asked for "logs"
    Then the answer has "logs" with "serving 1.0" in it
    When the service of "shop/production" is asked for "stop"
    Then the service of the program is running: no
    When the service of "shop/production" is asked for "start"
    Then the service of the program is running: yes
    When the service of "shop/production" is asked for "health"
    Then the answer has "status" with "healthy" in it

  @deploy/exec/dead-worker-is-replaced @thorough
  Scenario: The worker dies while the program switches
    Given a service "shop" for "production" whose provider is a program
    And version "1.0" is committed
    And the program does "waits" when it is asked for "deploy"
    And an observer with a lease of 1 seconds
    When a deployment of "shop/production" is requested
    And the program waits
    And the observer is killed
    Then the program that waited is gone
    When the program does "well" when it is asked for "deploy"
    And an observer with a lease of 5 seconds starts
    Then deployment 1 ends as "success"
    And the program keeps version "1.0"
    And the program was asked to deploy 2 times, each with a higher token

  @deploy/exec/frozen-worker-changes-nothing @thorough
  Scenario: The worker is frozen while the program switches, and both wake late
    Given a service "shop" for "production" whose provider is a program
    And version "1.0" is committed
    And the program does "waits" when it is asked for "deploy"
    And an observer with a lease of 1 seconds
    When a deployment of "shop/production" is requested
    And the program waits
    And the observer is frozen
    And the program does "well" when it is asked for "deploy"
    And an observer with a lease of 5 seconds starts
    Then deployment 1 ends as "success"
    When the program may go on
    And the frozen observer goes on
    Then the observer that was frozen stops in time when asked to
    And it has changed nothing that is recorded
    And the program was asked to deploy 2 times, each with a higher token
