@once
Feature: The first steps of a user
  init writes a configuration that is valid and overwrites nothing.

  @cli/init/writes-a-valid-configuration
  Scenario Outline: A template is valid as it is written
    Given there is no registry
    And the variable FRAISIER_WEBHOOK_SECRET is not set
    And the user ran `init --template <template>`
    When the user runs `config validate --json`
    Then it succeeds
    And the JSON has 1 at fraises
    And the folder has the file .env.example

    Examples:
      | template |
      | local    |
      | api      |
      | worker   |

  @cli/init/writes-a-valid-configuration @cli/json/shapes-are-as-specified @thorough
  Scenario: init says what it wrote
    Given there is no registry
    When the user runs `init --directory new/place --json`
    Then it succeeds
    And the JSON fits "init"
    And the folder has the file new/place/fraises.yaml

  @cli/init/overwrites-nothing
  Scenario Outline: A file in the way is kept
    Given there is no registry
    And the file <name> holds `mine`
    When the user runs `init <option>`
    Then it is refused as "file-exists"
    And the file <name> still holds `mine`

    Examples:
      | name         | option |
      | fraises.yaml | --json |
      | .env.example |        |

  @cli/init/overwrites-nothing @thorough
  Scenario: A file in the way is replaced when that is asked for
    Given there is no registry
    And the file fraises.yaml holds `mine`
    When the user runs `init --force`
    Then it succeeds

  @cli/db/default-is-beside-the-configuration
  Scenario: The database is beside the configuration when nobody names another
    Given a registry of one service
    And the variable FRAISIER_DATABASE_URL is not set
    When the user runs `db init --json`
    Then it succeeds
    And the JSON fits "db init"
    And the JSON has "sqlite" at dialect
    And the folder has the file .fraisier/fraisier.db
