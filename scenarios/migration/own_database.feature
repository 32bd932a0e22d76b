Feature: Fraisier's own database is brought up to date and nothing is lost

  Background:
    Given a registry of one fraise

  @server/database/old-rows-survive @smoke @core
  Scenario: A database of version 0.1 is migrated
    Given a database of version 0.1 with history
    When it is migrated
    Then the database is up to date
    And the old deployment is in the history
    And the old webhook is among the webhooks

  @server/database/old-rows-survive @thorough
  Scenario: What served before is known afterwards
    Given a database of version 0.1 with history
    And it was migrated
    When "db status" is run on it
    Then the database is up to date
    And the service's version is still "1.1"

  @server/database/migrating-again-changes-nothing
  Scenario: Migrating twice
    Given a database of version 0.1 with history
    And it was migrated
    When it is migrated
    Then the database is up to date
    And the old deployment is in the history

  @server/database/is-not-migrated-silently
  Scenario Outline: "<command>" does not touch an older database
    Given a database of version 0.1 with history
    When "<command>" is run on it
    Then it is refused because of "database-outdated"

    Examples:
      | command                |
      | history                |
      | status shop production |
      | webhooks               |

  @server/database/is-not-migrated-silently @thorough
  Scenario: Its state can be asked for
    Given a database of version 0.1 with history
    When "db status" is run on it
    Then the database is at version 1

  @server/database/newer-is-refused
  Scenario Outline: "<command>" does not touch a newer database
    Given an empty database
    And it was migrated
    And a later version has migrated it further
    When "<command>" is run on it
    Then it is refused because of "database-newer"

    Examples:
      | command    |
      | db migrate |
      | history    |

  @server/database/migrations-may-race @thorough
  Scenario: Two processes migrate an old database at once
    Given a database of version 0.1 with history
    When two processes migrate it at once
    Then the database is up to date
    And the old deployment is in the history

  @server/database/migrations-may-race @thorough
  Scenario: Two processes install an empty database at once
    Given an empty database
    When two processes migrate it at once
    Then the database is up to date
    And it has no history
