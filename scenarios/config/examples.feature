@once
Feature: The examples of both product documents are configurations
  What the documents print can be used as it is.

  @config/examples/load-unchanged @smoke
  Scenario Outline: An example is valid
    Given the registry of the <registry>
    When the user runs `config validate --json`
    Then it succeeds
    And the JSON fits "config validate"
    And the JSON has <fraises> at fraises
    And the JSON has <environments> at environments

    Examples:
      | registry         | fraises | environments |
      | product document | 4       | 7            |
      | short form       | 1       | 1            |

  @config/examples/load-unchanged
  Scenario Outline: An example is valid in words
    Given the registry of the <registry>
    When the user runs `config validate`
    Then it succeeds
    And the output has `is valid`

    Examples:
      | registry         |
      | product document |
      | short form       |

  @config/short-form/is-bare-metal-on-this-host
  Scenario: An environment without a target is bare metal on this host
    Given the registry of the short form
    When the user runs `list --json`
    Then it succeeds
    And the JSON has "bare-metal" at fraises.0.environments.0.provider
    And the JSON has ["main"] at fraises.0.environments.0.branches

  @config/environments/branch-routes-webhooks
  Scenario: The branch of an environment is mapped to it
    Given the registry:
      """
      git:
        provider: github
      fraises:
        public_api:
          environments:
            production:
              branch: main
        internal_api:
          git:
            provider: gitlab
            base_url: https://gitlab.mycompany.com
          environments:
            production:
              branch: main
      """
    When the user runs `list --json`
    Then it succeeds
    And the JSON has ["main"] at fraises.0.environments.0.branches
    And the JSON has ["main"] at fraises.1.environments.0.branches
