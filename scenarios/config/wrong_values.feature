@once
Feature: A wrong value is refused where it stands
  Types, words, references, schedules and limits are checked when the file is read.

  @config/values/wrong-value-is-refused
  Scenario Outline: A value is wrong
    Given the registry of the product document
    And the registry says `<wrong>` instead of `<right>`
    When the user runs `list`
    Then it is refused as "<code>"
    And the place is "fraises.yaml:<line>: <path>"

    Examples:
      | right                     | wrong                     | code             | line | path                                                              |
      | provider: github          | provider: guthub          | unknown-provider | 7    | git.provider                                                      |
      | provider: github          | provider: gog             | unknown-provider | 7    | git.provider                                                      |
      | server: false             | server: perhaps           | config-invalid   | 23   | git.bitbucket.server                                              |
      | type: api                 | type: apii                | config-invalid   | 30   | fraises.fraisier.type                                             |
      | type: sqlite              | type: sqlight             | config-invalid   | 33   | fraises.fraisier.database.type                                    |
      | strategy: apply           | strategy: aply            | config-invalid   | 35   | fraises.fraisier.database.strategy                                |
      | path: /health             | path: health              | config-invalid   | 55   | fraises.my_api.health_check.path                                  |
      | timeout: 30               | timeout: -1               | config-invalid   | 56   | fraises.my_api.health_check.timeout                               |
      | timeout: 30               | timeout: [30]             | config-invalid   | 56   | fraises.my_api.health_check.timeout                               |
      | provider: coolify         | provider: coolfy          | unknown-provider | 72   | fraises.my_api.environments.staging.target.provider               |
      | project_id: abc123        | project_id:               | config-invalid   | 74   | fraises.my_api.environments.staging.target.project_id             |
      | "0 2 * * *"               | "0 25 * * *"              | config-invalid   | 119  | fraises.backups.environments.production.jobs.daily_backup.schedule |
      | depends_on: daily_backup  | depends_on: daily_bakup   | config-invalid   | 124  | fraises.backups.environments.production.jobs.sync_to_s3.depends_on |
      | environment: development  | environment: developmnt   | config-invalid   | 132  | branch_mapping.dev.environment                                    |
      | fraise: my_api            | fraise: my_app            | config-invalid   | 131  | branch_mapping.dev.fraise                                         |
      | description: My FraiseQL API | type: api              | config-invalid   | 48   | fraises.my_api.type                                               |

  @config/syntax/is-refused
  Scenario Outline: A file that is no configuration
    Given the file fraises.yaml holds `<text>`
    When the user runs `config validate --json`
    Then it is refused as "<code>"

    Examples:
      | text                  | code           |
      | fraises: [            | config-syntax  |
      | a: !!python/name:os x | config-syntax  |
      | fraises: *nothing     | config-syntax  |
      | []                    | config-invalid |
      | fraises: {}           | config-invalid |
      | fraises: {"": {}}     | config-invalid |
      | fraises: {../x: {environments: {p: {}}}} | config-invalid |

  @config/file/missing-is-refused
  Scenario Outline: There is no configuration
    Given there is no registry
    When the user runs `<line>`
    Then it is refused as "config-not-found"

    Examples:
      | line                               |
      | list                               |
      | list --json                        |
      | --config other.yaml list           |
      | config validate --config x/y.yaml  |
      | deploy shop production --json      |

  @config/file/places-are-tried-in-order
  Scenario: The file of the folder config is found
    Given there is no registry
    And the file config/fraises.yaml holds `fraises: {shop: {environments: {production: {}}}}`
    When the user runs `list --flat`
    Then it succeeds
    And the output is:
      """
      shop production bare-metal
      """

  @config/file/places-are-tried-in-order
  Scenario: A file here comes before that of the folder config
    Given there is no registry
    And the file fraises.yaml holds `fraises: {here: {environments: {production: {}}}}`
    And the file config/fraises.yaml holds `fraises: {below: {environments: {production: {}}}}`
    When the user runs `list --flat`
    Then it succeeds
    And the output is:
      """
      here production bare-metal
      """

  @config/file/missing-is-refused @thorough
  Scenario Outline: A path that can be no file is a missing file
    Given the registry of the product document
    When the user runs `--config <path> list`
    Then it is refused as "config-not-found"

    Examples:
      | path      |
      | /dev/zero |
      | fraises.yaml/below |
      | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa |
