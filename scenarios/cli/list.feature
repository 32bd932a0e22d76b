@once
Feature: The registry is listed
  The tree of the product document, a flat form for scripts, and JSON.

  @cli/list/tree-is-as-documented @smoke
  Scenario: The tree in a pipe is the one of the product document
    Given the registry of the product document
    When the user runs `list`
    Then it succeeds
    And the output is:
      """
      Fraisier - Fraise Registry
      ├── fraisier (api) - Fraisier deployment orchestrator
      │   └── production → bare-metal (deploy.example.com)
      ├── my_api (api) - My FraiseQL API
      │   ├── development → docker-compose
      │   ├── staging → coolify
      │   ├── production-eu → scaleway (fr-par)
      │   └── production-us → aws (us-east-1)
      ├── my_worker (worker) - Background job processor
      │   └── production → coolify
      └── backups (scheduled) - Database backup jobs
          └── production
              ├── daily_backup (0 2 * * *)
              └── sync_to_s3 (0 */6 * * *)
      """

  @cli/list/flat-is-one-line-each
  Scenario: The flat form is one line an environment
    Given the registry of the product document
    When the user runs `list --flat`
    Then it succeeds
    And the output is:
      """
      fraisier production bare-metal
      my_api development docker-compose
      my_api staging coolify
      my_api production-eu scaleway
      my_api production-us aws
      my_worker production coolify
      backups production bare-metal
      """

  @cli/json/shapes-are-as-specified @cli/global-options/are-taken-anywhere
  Scenario Outline: The list as JSON
    Given the registry of the product document
    When the user runs `<line>`
    Then it succeeds
    And the JSON fits "list"
    And the JSON has "fr-par" at fraises.1.environments.2.detail
    And the JSON has "0 2 * * *" at fraises.3.environments.0.jobs.0.schedule

    Examples:
      | line          |
      | list --json   |
      | --json list   |

  @cli/list/shows-tags-and-paths
  Scenario: Tags and paths of an environment are listed
    Given the registry:
      """
      fraises:
        shop:
          type: api
          environments:
            production: {tag: "v*", paths: [services/shop/, "*.sql"], target: {provider: local, command: [sleep, "100"]}}
            staging: {target: {provider: local, command: [sleep, "100"]}}
      """
    When the user runs `list`
    Then the output has `production → local, tags v*, paths services/shop/ *.sql`
    When the user runs `list --json`
    Then the JSON fits "list"
    And the JSON has "v*" at fraises.0.environments.0.tags.0
    And the JSON has ["services/shop/", "*.sql"] at fraises.0.environments.0.paths
    And the JSON has null at fraises.0.environments.1.paths

  @cli/list/needs-no-database @thorough
  Scenario: Listing opens no database
    Given the registry of the product document
    And the variable FRAISIER_DATABASE_URL is "postgresql://nobody@127.0.0.1:1/none"
    When the user runs `list`
    Then it succeeds
    And the folder has no database
    And nothing changed

  @cli/text/foreign-text-cannot-harm-the-terminal
  Scenario: Control characters of a description do not reach the terminal
    Given the registry of the product document
    And the registry says `"\e[31mred\a\nsecond line 🍓"` instead of `My FraiseQL API`
    When the user runs `list`
    Then it succeeds
    And the output has `├── my_api (api) - red�`
    And the output lacks `second line`
