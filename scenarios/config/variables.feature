@once
Feature: Environment variables and secrets
  ${NAME} expands everywhere, an unset one is an error, and no secret is ever shown.

  @config/variables/unset-is-refused
  Scenario Outline: An unset variable is refused with its line
    Given the registry of the product document
    And the variable FRAISIER_WEBHOOK_SECRET is not set
    When the user runs `<line>`
    Then it is refused as "unset-variable"
    And the place is "fraises.yaml:11: git.github.webhook_secret"
    And the hint is export FRAISIER_WEBHOOK_SECRET

    Examples:
      | line                   |
      | config validate        |
      | config validate --json |
      | list                   |

  @config/variables/expand-everywhere
  Scenario Outline: A variable expands to what it would mean if it were written
    Given the registry:
      """
      fraises:
        ${NAME}:
          description: ${TEXT:-A shop} of ${NAME}
          environments:
            production:
              target:
                provider: local
                command: run ${NAME}
                port: ${PORT}
      """
    And the variable NAME is "<name>"
    And the variable PORT is "8080"
    When the user runs `list`
    Then it succeeds
    And the output has `<name> (api) - A shop of <name>`

    Examples:
      | name |
      | shop |
      | my-shop.v2 |

  @config/variables/malformed-is-refused
  Scenario Outline: A reference that is none is refused
    Given the registry of the product document
    And the registry says `<wrong>` instead of `My FraiseQL API`
    When the user runs `config validate`
    Then it is refused as "config-invalid"
    And the place is "fraises.yaml:48: fraises.my_api.description"

    Examples:
      | wrong    |
      | "${}"    |
      | "${1X}"  |
      | "a ${B"  |

  @config/secrets/are-never-shown
  Scenario Outline: Secrets are hidden when the configuration is shown
    Given the registry of the product document
    And the registry says `endpoint: https://bob:hunter22@coolify.example.com` instead of `endpoint: https://coolify.example.com`
    And the registry says `api_key: key-of-coolify` instead of `project_id: abc123`
    When the user runs `<line>`
    Then it succeeds
    And the output has `***`
    And the output has `myapi_db_prod_us`
    And the output lacks `correct-horse-battery`
    And the output lacks `hunter22`
    And the output lacks `key-of-coolify`

    Examples:
      | line               |
      | config show        |
      | config show --json |

  @config/secrets/are-never-shown
  Scenario Outline: A secret in the wrong place is not part of the complaint
    Given the registry of the product document
    And the registry says `<wrong>` instead of `<right>`
    And the variable API_TOKEN is "hunter22hunter"
    When the user runs `<line>`
    Then it is refused as "<code>"
    And the output lacks `hunter22`
    And the complaint lacks `hunter22`

    Examples:
      | right              | wrong                    | line        | code             |
      | provider: coolify  | provider: ${API_TOKEN}   | list        | unknown-provider |
      | provider: coolify  | provider: ${API_TOKEN}   | list --json | unknown-provider |
      | type: sqlite       | type: ${API_TOKEN}       | list --json | config-invalid   |
      | project_id: abc123 | x${API_TOKEN}: abc123    | list        | unknown-key      |
      | project_id: abc123 | x${API_TOKEN}: abc123    | list --json | unknown-key      |
