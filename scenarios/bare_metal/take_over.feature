@lab-systemd
Feature: A rollout over real hosts outlives its worker

  @deploy/bare-metal/killed-worker-is-taken-over
  Scenario: The worker is killed between the first host and the last
    Given a service "shop" on 3 hosts, deployed to as "deploy"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" that is "slow 2" is committed
    And an observer with a lease of 1 seconds
    When a deployment of "shop/production" is requested
    And version "2.0" has begun to start on host 2
    And the observer is killed
    And an observer with a lease of 5 seconds starts
    Then deployment 1 ends as "success"
    And version "2.0" serves on hosts 1, 2, 3
    And version "2.0" was started 1 times on hosts 1, 2, 3

  @deploy/bare-metal/frozen-worker-switches-nothing
  Scenario: The worker was frozen, and wakes when another has finished
    Given a service "shop" on 3 hosts, deployed to as "deploy"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" that is "slow 2" is committed
    And an observer with a lease of 1 seconds
    When a deployment of "shop/production" is requested
    And version "2.0" has begun to start on host 1
    And the observer is frozen
    And an observer with a lease of 5 seconds starts
    Then deployment 1 ends as "success"
    When version "3.0" is committed
    And a deployment of "shop/production" is requested
    Then deployment 2 ends as "success"
    When the frozen observer goes on
    Then the observer that was frozen stops in time when asked to
    And it has changed nothing that is recorded
    And version "3.0" serves on hosts 1, 2, 3
    And version "3.0" was started 1 times on hosts 1, 2, 3

  @deploy/bare-metal/lost-host-is-told @thorough
  Scenario: A host is lost in the middle of a rollout
    Given a service "shop" on 2 hosts, deployed to as "deploy"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" that is "slow 2" is committed
    And an observer with a lease of 30 seconds
    When a deployment of "shop/production" is requested
    And version "2.0" has begun to start on host 1
    And host 2 is cut off
    Then deployment 1 ends as "failed" because host 2 is gone
    And version "1.0" serves on hosts 1
