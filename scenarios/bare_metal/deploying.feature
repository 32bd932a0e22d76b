@lab-systemd
Feature: Services on real hosts, over SSH

  @deploy/bare-metal/units-on-every-host @deploy/providers/bare-metal
  Scenario Outline: Two versions, one after the other, as <account>
    Given a service "shop" on 3 hosts, deployed to as "<account>"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the deployment command exits with 0
    And version "1.0" serves on hosts 1, 2, 3
    And the unit of "shop" starts with its host
    When version "2.0" is committed
    And "shop/production" is deployed
    Then the last deployment ended as "success"
    And version "2.0" serves on hosts 1, 2, 3
    And version "2.0" was started 1 times on hosts 1, 2, 3

    Examples:
      | account |
      | deploy  |
      | root    |

  @deploy/bare-metal/user-manager
  Scenario: Nobody is root anywhere
    Given a service "shop" of the user manager on 2 hosts
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And version "1.0" serves on hosts 1, 2

  @deploy/bare-metal/variables-stay-secret
  Scenario: Declared variables reach the service and nobody else
    Given a service "shop" on 1 hosts, deployed to as "deploy"
    And "shop/production" has the variable "API_TOKEN" with the value "a \secret% $HOME 'with' quotes"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And the service on host 1 sees "API_TOKEN" with the value "a \secret% $HOME 'with' quotes"
    And "secret%" is in no unit and in no list of processes on host 1

  @deploy/bare-metal/service-comes-back
  Scenario: The process of a service is killed
    Given a service "shop" on 1 hosts, deployed to as "deploy"
    And version "1.0" is deployed to "shop/production"
    When the service of "shop" is killed on host 1
    Then the service of "shop" comes back by itself on host 1

  @deploy/bare-metal/stop-start-logs-health
  Scenario: Stopped, started, looked at
    Given a service "shop" on 2 hosts, deployed to as "deploy"
    And version "1.0" is deployed to "shop/production"
    When the service of "shop/production" is asked for "stop"
    Then nothing serves on hosts 1, 2
    When the service of "shop/production" is asked for "start"
    Then version "1.0" serves on hosts 1, 2
    When the service of "shop/production" is asked for "health"
    Then the answer has "status" with "healthy" in it
    When the service of "shop/production" is asked for "logs"
    Then the answer has "logs" with "service 1.0 starts" in it

  @deploy/bare-metal/releases-kept
  Scenario: Old releases go, on the hosts too
    Given a service "shop" on 1 hosts, deployed to as "deploy"
    And "shop/production" keeps 2 releases
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    And version "3.0" is deployed to "shop/production"
    When version "4.0" is committed
    And "shop/production" is deployed
    Then the last deployment ended as "success"
    And 2 releases of "shop" are kept on host 1
