@lab-systemd
Feature: What goes wrong on real hosts

  @deploy/bare-metal/first-failure-stops-and-all-go-back @deploy/providers/several-hosts
  Scenario: The new release is not well on the second of three hosts
    Given a service "shop" on 3 hosts, deployed to as "deploy"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" that is unhealthy on host 2 is committed
    When "shop/production" is deployed
    Then the deployment command exits with 1
    And it is told "health-check-failed" about host 2
    And the last deployment ended as "rolled_back" because of "health-check-failed"
    And version "1.0" serves on hosts 1, 2, 3
    And version "2.0" was started 1 times on hosts 1, 2
    And version "2.0" was started 0 times on hosts 3
    And version "1.0" was started 2 times on hosts 1, 2
    And version "1.0" was started 1 times on hosts 3

  @deploy/bare-metal/first-release-is-stopped
  Scenario: The first release is not well
    Given a service "shop" on 2 hosts, deployed to as "deploy"
    And version "1.0" that is "unhealthy" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "health-check-failed"
    And nothing serves on hosts 1, 2
    And the status of "shop/production" is "down"

  @deploy/bare-metal/rollback
  Scenario: Back to the release before
    Given a service "shop" on 2 hosts, deployed to as "deploy"
    And "shop/production" has the variable "COLOUR" with the value "blue"
    And version "1.0" is deployed to "shop/production"
    When "shop/production" gets the variable "COLOUR" with the value "red"
    And version "2.0" is committed
    And "shop/production" is deployed
    Then the service on host 2 sees "COLOUR" with the value "red"
    When "shop/production" is rolled back
    Then the deployment command exits with 0
    And version "1.0" serves on hosts 1, 2
    And the service on host 2 sees "COLOUR" with the value "blue"

  @deploy/bare-metal/strict-host-keys
  Scenario: Another host answers
    Given a service "shop" on 2 hosts, deployed to as "deploy"
    And "shop/production" expects another host behind the address of host 2
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the deployment command exits with 5
    And it is told "host-unreachable" about host 2
    And nothing serves on hosts 1, 2

  @deploy/bare-metal/host-down-before
  Scenario: A host is down before anything is touched
    Given a service "shop" on 2 hosts, deployed to as "deploy"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is committed
    When host 2 is cut off
    And "shop/production" is deployed
    Then the deployment command exits with 5
    And it is told "host-unreachable" about host 2
    And version "1.0" serves on hosts 1
    When host 2 is reachable again
    And "shop/production" is deployed
    Then the last deployment ended as "success"
    And version "2.0" serves on hosts 1, 2

  @deploy/bare-metal/foreign-unit-is-not-overwritten
  Scenario: There is a unit of somebody else
    Given a service "shop" on 1 hosts, deployed to as "deploy"
    And the unit of "shop" is written by somebody else
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "preflight-failed"
    And the unit of "shop" is still that of somebody else

  @deploy/bare-metal/foreign-unit-is-restarted
  Scenario: A unit of somebody else is what serves
    Given a service "shop" on 1 hosts, deployed to as "deploy"
    And the unit of "shop" is written by somebody else
    And "shop/production" has no command
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And version "1.0" serves on hosts 1
    When version "2.0" is committed
    And "shop/production" is deployed
    Then version "2.0" serves on hosts 1
    And the unit of "shop" is still that of somebody else

  @deploy/bare-metal/taken-port-is-refused
  Scenario: Another program has the port
    Given a service "shop" on 1 hosts, deployed to as "deploy"
    And another program has the port of the service on host 1
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "preflight-failed"
    And its message says "has the port"
