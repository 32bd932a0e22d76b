Feature: What would make a deployment fail is found before it fails

  @cli/doctor/touches-nothing
  Scenario: All is well
    Given a registry of one service
    And the folder is remembered
    When the user runs `doctor --json`
    Then it succeeds
    And the JSON fits "doctor"
    And doctor finds no problem
    And doctor finds the ok "the repository can be read"
    And doctor finds the warning "no observer is alive"
    And the folder is as it was
    And nothing changed

  @cli/doctor/touches-nothing @once @thorough
  Scenario: There is no database yet
    Given a registry of one service
    And the folder is remembered
    When the user runs `doctor --json --database sqlite:///none.db`
    Then it succeeds
    And the folder is as it was

  @cli/doctor/says-what-would-fail @thorough
  Scenario: The branch was never pushed
    Given a registry of one service
    And the registry says `branch: release` instead of `branch: main`
    When the user runs `doctor --json`
    Then it is refused as "doctor-findings"
    And doctor finds the problem "release"
    And doctor finds it at "shop/production"

  @cli/doctor/says-what-would-fail @once @thorough
  Scenario: The repository is gone
    Given a registry of one service
    And the repository is gone
    When the user runs `doctor --json`
    Then it is refused as "doctor-findings"
    And doctor finds the problem "the repository cannot be read"

  @cli/doctor/says-what-would-fail @once @thorough
  Scenario: The port is taken
    Given a registry of one service
    And a stranger listens on the port of "shop/production"
    When the user runs `doctor --json`
    Then it is refused as "doctor-findings"
    And doctor finds the problem "is taken"
    And doctor finds it at "shop/production"

  @cli/doctor/says-what-would-fail @once @thorough
  Scenario: The secret of the webhooks is too short
    Given a registry of one service
    And the registry says `webhook_secret: short #` instead of `webhook_secret: `
    When the user runs `doctor --json`
    Then it is refused as "doctor-findings"
    And doctor finds the problem "the webhook secret"

  @cli/doctor/says-what-would-fail @once @thorough
  Scenario: The database cannot be reached
    Given a registry of one service
    When the user runs `doctor --json --database postgresql://nobody@127.0.0.1:1/none`
    Then it is refused as "doctor-findings"
    And doctor finds the problem "cannot be reached"

  @cli/doctor/says-what-would-fail @once @thorough
  Scenario: The configuration is wrong
    Given a registry of one service
    And the registry says `descripton:` instead of `description:`
    When the user runs `doctor --json`
    Then it is refused as "doctor-findings"
    And doctor finds the problem "descripton"
    And doctor finds it at "fraises.shop.descripton"

  @cli/doctor/asks-the-provider @once @thorough
  Scenario: The provider has something to say
    Given a service "shop" for "production" whose provider is a program
    And version "1.0" is committed
    And the program does "fails" when it is asked for "preflight"
    When the user runs `doctor --json`
    Then it is refused as "doctor-findings"
    And doctor finds the problem "no way to the host"

  @cli/doctor/looks-at-what-it-is-asked-for @once @thorough
  Scenario Outline: Asked for <words>
    Given a registry of one service in two environments
    When the user runs `doctor <words> --json`
    Then <ending>
    And doctor says nothing about "<other>"

    Examples:
      | words           | ending                             | other           |
      | shop production | it succeeds                        | shop/staging    |
      | shop staging    | it is refused as "doctor-findings" | shop/production |

  @cli/doctor/looks-at-what-it-is-asked-for @once
  Scenario: Asked for what is not there
    Given a registry of one service
    When the user runs `doctor shp --json`
    Then it is refused as "unknown-fraise"

  @cli/doctor/shows-no-secret @once @thorough
  Scenario: A password in an address
    Given a registry of one service
    And the address of the repository holds a password
    When the user runs `doctor`
    Then the exit status is 1
    And the output has `✗ the repository cannot be read`
    And the password is nowhere in the output
