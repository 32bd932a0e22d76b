@any-database
Feature: Jobs run by the clock

  @deploy/types/scheduled @deploy/types/jobs-are-shown @thorough
  Scenario: A release puts its jobs in force
    Given a fraise "backups" with jobs:
      | name         | schedule    | depends_on   | exit |
      | daily_backup | 0 2 * * *   | -            | 0    |
      | sync_to_s3   | 0 */6 * * * | daily_backup | 0    |
      | report       | -           | daily_backup | 0    |
    And version "1.0" is committed
    When "backups/production" is deployed
    Then the last deployment ended as "success"
    And its steps are:
      | step      | state     |
      | preflight | succeeded |
      | fetch     | succeeded |
      | build     | succeeded |
      | switch    | succeeded |
    And the job "daily_backup" of "backups/production" has a next run
    And the job "sync_to_s3" of "backups/production" has a next run
    And the job "report" of "backups/production" has no next run
    And "backups/production" has the jobs "daily_backup, sync_to_s3, report"

  @deploy/types/scheduled @deploy/types/jobs-are-shown @thorough
  Scenario: Jobs run in their order, and not after a failure
    Given a fraise "backups" with jobs:
      | name   | schedule  | depends_on | exit |
      | dump   | * * * * * | -          | 0    |
      | report | -         | dump       | 3    |
      | never  | -         | report     | 0    |
    And version "1.0" is deployed to "backups/production"
    When the job "report" of "backups/production" has ended with 3
    Then the jobs of "backups/production" have run in the order "dump, report"
    When the service of "backups/production" is asked for "logs"
    Then the answer has "logs" with "job report: ended with exit status 3" in it

  @deploy/types/scheduled @thorough
  Scenario: Jobs that are gone, and jobs that are stopped
    Given a fraise "backups" with jobs:
      | name  | schedule  | depends_on | exit |
      | daily | 0 2 * * * | -          | 0    |
      | old   | 0 3 * * * | -          | 0    |
    And version "1.0" is deployed to "backups/production"
    When the job "old" is taken out of "backups"
    And version "2.0" is committed
    And "backups/production" is deployed
    Then "backups/production" has the jobs "daily"
    And the job "daily" of "backups/production" has a next run
    When the service of "backups/production" is asked for "stop"
    Then the job "daily" of "backups/production" has no next run
    When the service of "backups/production" is asked for "start"
    Then the job "daily" of "backups/production" has a next run
