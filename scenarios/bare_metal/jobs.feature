@lab-systemd
Feature: Jobs on real hosts are timers of systemd

  @deploy/bare-metal/jobs-are-timers @deploy/bare-metal/jobs-are-shown
  Scenario: A job is scheduled, fires, changes with its release, and goes
    Given a nightly job "chores" on 2 hosts
    And version "1.0" is committed
    When "chores/production" is deployed
    Then the deployment command exits with 0
    And the timer of the job waits on hosts 1, 2
    And the job prints "tick of 1.0" on host 2 when its time comes
    And the job of "chores/production" is listed as ended with 0, and with a next run
    When the job fails on host 2
    Then the job of "chores/production" is listed as ended with 3, and with a next run
    And it is told that the job of "chores/production" failed on host 2
    When the job of "chores" is called something else
    And version "2.0" is committed
    And "chores/production" is deployed
    Then the deployment command exits with 0
    And there is no timer of the job on hosts 1, 2
