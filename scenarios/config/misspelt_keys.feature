@once
Feature: A misspelt key never means nothing
  A letter dropped, doubled or swapped is found with its line and the right word.

  @config/keys/unknown-key-is-refused
  Scenario Outline: A key of the product document is misspelt
    Given the registry of the product document
    And the registry says `<wrong>` instead of `<right>`
    When the user runs `config validate`
    Then it is refused as "unknown-key"
    And the place is "fraises.yaml:<line>: <path>"
    And the hint is "<meant>"

    Examples:
      | right            | wrong             | line | path                                                                | meant          |
      | git:             | gti:              | 6    | gti                                                                 | git            |
      | provider: github | providr: github   | 7    | git.providr                                                         | provider       |
      | webhook_secret:  | webhook_secrett:  | 11   | git.github.webhook_secrett                                          | webhook_secret |
      | secret_token:    | secrte_token:     | 15   | git.gitlab.secrte_token                                             | secret_token   |
      | server:          | sever:            | 23   | git.bitbucket.sever                                                 | server         |
      | fraises:         | fraise:           | 25   | fraise                                                              | fraises        |
      | type: api        | tpye: api         | 30   | fraises.fraisier.tpye                                               | type           |
      | description:     | descripttion:     | 31   | fraises.fraisier.descripttion                                       | description    |
      | strategy:        | startegy:         | 35   | fraises.fraisier.database.startegy                                  | strategy       |
      | environments:    | enviroments:      | 36   | fraises.fraisier.enviroments                                        | environments   |
      | target:          | taget:            | 38   | fraises.fraisier.environments.production.taget                      | target         |
      | systemd_service: | systemd_srevice:  | 41   | fraises.fraisier.environments.production.target.systemd_srevice     | systemd_service |
      | timeout:         | timeoout:         | 56   | fraises.my_api.health_check.timeoout                                | timeout        |
      | instance_type:   | instnace_type:    | 83   | fraises.my_api.environments.production-eu.target.instnace_type      | instance_type  |
      | schedule:        | shedule:          | 119  | fraises.backups.environments.production.jobs.daily_backup.shedule   | schedule       |
      | depends_on:      | depend_on:        | 124  | fraises.backups.environments.production.jobs.sync_to_s3.depend_on   | depends_on     |
      | branch_mapping:  | branch_maping:    | 129  | branch_maping                                                       | branch_mapping |

  @config/keys/unknown-key-is-refused
  Scenario Outline: A key of the short form is misspelt
    Given the registry of the short form
    And the registry says `<wrong>` instead of `<right>`
    When the user runs `config validate --json`
    Then it is refused as "unknown-key"
    And the place is "fraises.yaml:<line>: fraises.my_api.environments.production.<path>"
    And the hint is "<meant>"

    Examples:
      | right        | wrong         | line | path            | meant        |
      | name:        | nmae:         | 12   | nmae            | name         |
      | branch: main | brannch: main | 13   | brannch         | branch       |
      | app_path:    | ap_path:      | 14   | ap_path         | app_path     |
      | health_check: | healthcheck: | 16   | healthcheck     | health_check |
      | url:         | ulr:          | 17   | health_check.ulr | url         |

  @config/names/misspelt-definition-is-refused
  Scenario: A name that the branch mapping uses is misspelt where it is defined
    Given the registry of the product document
    And the registry says `  my_ap:` instead of `  my_api:`
    When the user runs `config validate`
    Then it is refused as "config-invalid"
    And the hint is "my_ap"

  @config/problems/all-are-reported @smoke
  Scenario: Every problem of a file is reported at once
    Given the registry of the product document
    And the registry says `region: 5` instead of `region: fr-par`
    And the registry says `provider: colify` instead of `provider: coolify`
    And the registry says `tiemout:` instead of `timeout:`
    When the user runs `config validate --json`
    Then it is refused as "unknown-key"
    And it names 3 problems
    And the JSON has "unknown-provider" at error.problems.1.code
    And the JSON has 82 at error.problems.2.line
