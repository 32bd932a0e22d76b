@lab-systemd
Feature: Scripts run on real hosts, over SSH

  @deploy/bare-metal/script-runs-on-the-first-host
  Scenario: A pipeline on two hosts succeeds, and later fails
    Given a pipeline "load" on 2 hosts
    And version "1.0" is committed
    When "load/production" is deployed
    Then the last deployment ended as "success"
    And the output of the command says "loaded 1.0 of load on"
    And the script has run for "1.0" on host 1
    And the script has never run on host 2
    And version "1.0" of "load" is current on hosts 1, 2
    When version "2.0" that is "bad" is committed
    And "load/production" is deployed
    Then the last deployment ended as "failed" because of "script-failed"
    And its message says "row 7 is bad"
    And the script has run for "1.0, 2.0" on host 1
    And version "1.0" of "load" is current on hosts 1, 2
