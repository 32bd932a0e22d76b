Feature: Backups are whole, and as many as they should be

  @deploy/types/backup @deploy/types/backup-retention-is-true @thorough
  Scenario: Each deployment makes one, also of a release that is the current one
    Given backups "dumps" of a database with 3 rows, of which 2 are kept
    And the backups of "dumps" are brought elsewhere
    And version "1.0" is deployed to "dumps/production"
    When "dumps/production" is deployed
    And "dumps/production" is deployed
    Then the last deployment ended as "success"
    And there are 2 backups with 3 rows each
    And the newest backups are those that are left

  @deploy/types/failed-backup-takes-none @thorough
  Scenario: The database cannot be read any more
    Given backups "dumps" of a database with 3 rows, of which 1 are kept
    And version "1.0" is deployed to "dumps/production"
    When the database is damaged
    And "dumps/production" is deployed
    Then the last deployment ended as "failed" because of "backup-failed"
    And there are 1 backups with 3 rows each
