@thorough @any-database
Feature: A pipeline runs its script once for every deployment

  @deploy/types/etl
  Scenario: The script runs before the release is the current one
    Given a pipeline "load" whose script "succeeds"
    And version "1.0" is committed
    When "load/production" is deployed
    Then the last deployment ended as "success"
    And its steps are:
      | step      | state     |
      | preflight | succeeded |
      | fetch     | succeeded |
      | build     | succeeded |
      | run       | succeeded |
      | switch    | succeeded |
    And the output of the command says "loaded 3 rows of load"
    And the script has run for "1.0"

  @deploy/types/etl
  Scenario: The script fails
    Given a pipeline "load" whose script "succeeds"
    And version "1.0" is deployed to "load/production"
    And the script "fails"
    And version "2.0" is committed
    When "load/production" is deployed
    Then the last deployment ended as "failed" because of "script-failed"
    And its message says "ended with exit status 3"
    And its message says "row 7 is bad"
    And the current version of "load/production" is that of "1.0"

  @deploy/types/etl @thorough
  Scenario: The script prints a secret
    Given a pipeline "load" whose script "prints a secret and fails"
    And a secret of "load" is declared
    And version "1.0" is committed
    When "load/production" is deployed
    Then it is told "script-failed"
    And no secret is anywhere in the output, the history or the database

  @deploy/types/etl-is-never-repeated-blindly @thorough
  Scenario: The observer is killed while the script runs
    Given a pipeline "load" whose script "waits"
    And version "1.0" is committed
    And an observer with a lease of 1 seconds
    When a deployment of "load/production" is requested
    And the script has begun to wait
    And the observer is killed
    And the script may go on
    And an observer with a lease of 5 seconds starts
    Then deployment 1 ends as "failed"
    And the last deployment ended as "failed" because of "script-failed"
    And its message says "not run again"
    And the script has run for "1.0"

  @deploy/types/etl-is-never-repeated-blindly @thorough
  Scenario: The same, but the script may be repeated
    Given a pipeline "load" whose script "waits"
    And the script of "load" may be repeated
    And version "1.0" is committed
    And an observer with a lease of 1 seconds
    When a deployment of "load/production" is requested
    And the script has begun to wait
    And the observer is killed
    And the script may go on
    And an observer with a lease of 5 seconds starts
    Then deployment 1 ends as "success"
    And the script has run for "1.0, 1.0"

  @deploy/types/etl-runs-for-a-release-once @thorough
  Scenario: The same commit again, by force, and a rollback
    Given a pipeline "load" whose script "succeeds"
    And version "1.0" is deployed to "load/production"
    And version "2.0" is deployed to "load/production"
    When "load/production" is deployed
    Then the script has run for "1.0, 2.0"
    When "load/production" is deployed with "--force"
    Then the script has run for "1.0, 2.0, 2.0"
    When "load/production" is rolled back to "1.0"
    Then the last deployment ended as "success"
    And the current version of "load/production" is that of "1.0"
    And the script has run for "1.0, 2.0, 2.0"
