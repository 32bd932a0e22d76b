@thorough @any-database
Feature: The database of a fraise gets the schema of the release

  @deploy/databases/apply @deploy/databases/migrations-are-applied-once @deploy/databases/head-is-recorded @postgresql
  Scenario: Two releases, one of them with a migration
    Given a service "shop" for "production"
    And "shop" has a PostgreSQL database of its own
    And its database has "backward_compatible: true"
    And migration 1 makes the table "item"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And its step "migrate" is "skipped" and says "pending"
    And migration 1 was applied once
    And the database has the table "item"
    And the release of version "1.0" records migration 1

  @deploy/databases/failure-leaves-the-old-release @deploy/databases/backup-before-migrating @postgresql
  Scenario: A migration fails
    Given a service "shop" for "production"
    And "shop" has a PostgreSQL database of its own
    And version "1.0" is deployed to "shop/production"
    And migration 1 makes the table "item"
    And migration 2 is no SQL
    And version "2.0" is committed
    When "shop/production" is deployed
    Then the deployment command exits with 1
    And the last deployment ended as "failed" because of "migration-failed"
    And its message names a backup that is there
    And "shop/production" serves version "1.0"
    And the database has the table "item"

  @deploy/databases/backup-before-migrating
  Scenario: A backup of an SQLite database
    Given a service "shop" for "production"
    And "shop" has an SQLite database with a row of its own
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And its backup is a whole database of "sqlite"

  @deploy/databases/backup-before-migrating @deploy/databases/address-is-given-to-the-service @postgresql
  Scenario: A backup of a PostgreSQL database, whose password nobody sees
    Given a service "shop" for "production"
    And "shop" has a PostgreSQL database of its own
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And its backup is a whole database of "postgresql"
    And the service of "shop/production" has the address of its database
    And no secret is anywhere in the output, the history or the database

  @deploy/databases/rebuild-of-production-is-refused @postgresql
  Scenario Outline: A production database is to be rebuilt
    Given a service "shop" for "<environment>"
    And "shop" has a PostgreSQL database of its own
    And its database has "strategy: rebuild"
    And the database has a table "precious"
    And the schema makes the table "item"
    And version "1.0" is committed
    When "shop/<environment>" is deployed
    Then the deployment command exits with 4
    And the last deployment ended as "failed" because of "rebuild-refused"
    And the database has the table "precious"

    Examples:
      | environment   |
      | production    |
      | prod-eu       |

  @deploy/databases/rebuild-of-production-is-refused @postgresql
  Scenario: A production database is rebuilt by force
    Given a service "shop" for "production"
    And "shop" has a PostgreSQL database of its own
    And its database has "strategy: rebuild, backup: true"
    And the database has a table "precious"
    And the schema makes the table "item"
    And version "1.0" is committed
    When "shop/production" is deployed with "--force"
    Then the last deployment ended as "success"
    And its backup is a whole database of "postgresql"
    And the database has the table "item"
    And the database has no table "precious"

  @deploy/databases/rebuild @deploy/databases/seed @postgresql
  Scenario: A database for development
    Given a service "shop" for "development"
    And "shop" has a PostgreSQL database of its own
    And its database has "strategy: rebuild, seed: {tables: [item], count: 4}"
    And the database has a table "left_over"
    And the schema makes the table "item"
    And version "1.0" is committed
    When "shop/development" is deployed
    Then the last deployment ended as "success"
    And the database has no table "left_over"
    And the table "item" has 4 rows

  @deploy/databases/absent-tool-is-skipped @postgresql
  Scenario: What goes without saying lacks its tool
    Given a service "shop" for "production"
    And "shop" has a PostgreSQL database of its own
    And version "1.0" is committed
    When "shop/production" is deployed where "pg_dump" is not installed
    Then the last deployment ended as "success"
    And its step "backup" is "skipped" and says "pg_dump is not installed"

  @deploy/databases/tool-asked-for-is-needed @postgresql
  Scenario: What was asked for lacks its tool
    Given a service "shop" for "production"
    And "shop" has a PostgreSQL database of its own
    And its database has "backup: true"
    And version "1.0" is committed
    When "shop/production" is deployed where "pg_dump" is not installed
    Then the last deployment ended as "failed" because of "tool-missing"
    And its step "preflight" is "failed" and says "pg_dump"

  @deploy/databases/own-database-is-never-touched
  Scenario: The fraise names Fraisier's own database, to be rebuilt
    Given a service "shop" for "development"
    And the database of "shop" is that of Fraisier
    And its database has "strategy: rebuild"
    And version "1.0" is committed
    When "shop/development" is deployed
    Then the last deployment ended as "failed" because of "preflight-failed"
    And the records of Fraisier are all there

  @deploy/databases/own-database-is-never-touched @postgresql
  Scenario Outline: The fraise names Fraisier's own database in other words, to be <changed>
    Given a service "shop" for "development"
    And the database of "shop" is that of Fraisier under another name
    And its database has "strategy: <strategy>"
    And migration 1 makes the table "item"
    And version "1.0" is committed
    When "shop/development" is deployed
    Then the last deployment ended as "failed" because of "<code>"
    And the records of Fraisier are all there
    And Fraisier's database has no table "item"
    And Fraisier's database has no table "tb_confiture"

    Examples:
      | changed  | strategy | code             |
      | rebuilt  | rebuild  | preflight-failed |
      | migrated | apply    | migration-failed |

  @deploy/databases/own-database-is-never-touched
  Scenario: The fraise names Fraisier's own database, as Fraisier itself does
    Given a service "shop" for "production"
    And the database of "shop" is that of Fraisier
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And its step "backup" is "skipped" and says "Fraisier's own database"
    And the records of Fraisier are all there

  @deploy/databases/schema-is-versioned @postgresql
  Scenario: A database with pgGit
    Given a service "shop" for "production"
    And "shop" has a PostgreSQL database of its own
    And its database has "backward_compatible: true"
    And the database answers to pgGit
    And migration 1 makes the table "item"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And pgGit has a commit that names migration 1

  @deploy/databases/migrations-are-applied-once @deploy/databases/head-is-recorded @postgresql
  Scenario: The worker is killed in the middle of a migration
    Given a service "shop" for "production"
    And "shop" has a PostgreSQL database of its own
    And its database has "backward_compatible: true"
    And migration 1 makes the table "item" slowly
    And version "1.0" is committed
    And an observer with a lease of 2 seconds
    When a deployment of "shop/production" is requested
    And migration 1 is being applied
    And the observer is killed
    And the lease runs out
    And an observer with a lease of 30 seconds starts
    Then deployment 1 ends as "success"
    And migration 1 was applied once
    And the release of version "1.0" records migration 1
    And "shop/production" serves version "1.0"

  @deploy/databases/incompatible-migrations-hold-the-code @postgresql
  Scenario: An unhealthy release behind a migration that the old code cannot live with
    Given a service "shop" for "production"
    And "shop" has a PostgreSQL database of its own
    And its database has "backward_compatible: false"
    And version "1.0" is deployed to "shop/production"
    And migration 1 makes the table "item"
    And version "2.0" that is "unhealthy" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "failed" because of "health-check-failed"
    And its message says "was not brought back"
    And "shop/production" serves version "2.0"

  @deploy/databases/incompatible-migrations-hold-the-code @postgresql
  Scenario Outline: A rollback behind a migration that <does>
    Given a service "shop" for "production"
    And "shop" has a PostgreSQL database of its own
    And the database has a table "old_item"
    And version "1.0" is deployed to "shop/production"
    And migration 1 <does>
    And version "2.0" is deployed to "shop/production"
    When "shop/production" is rolled back
    Then the deployment command exits with <status>
    And "shop/production" serves version "<version>"

    Examples:
      | does                              | status | version |
      | makes the table "item"            | 0      | 1.0     |
      | drops a column of "old_item"      | 4      | 2.0     |

  @deploy/databases/rebuild @postgresql
  Scenario: A rollback of a database that is rebuilt
    Given a service "shop" for "development"
    And "shop" has a PostgreSQL database of its own
    And its database has "strategy: rebuild"
    And the schema makes the table "item"
    And version "1.0" is deployed to "shop/development"
    And the schema makes the table "other_item"
    And version "2.0" is deployed to "shop/development"
    When "shop/development" is rolled back
    Then the last deployment ended as "success"
    And the database has the table "item"
    And the database has no table "other_item"

  @deploy/databases/doctor-says-what-would-be-refused
  Scenario: Doctor looks at a production database that is to be rebuilt
    Given a service "shop" for "production"
    And its database has "url: postgresql://db.example.com/shop, strategy: rebuild"
    And version "1.0" is committed
    When the user runs `doctor --json`
    Then it is refused as "doctor-findings"
    And doctor finds the problem "is not rebuilt"
    And doctor finds it at "shop/production"
