@once
Feature: Rules of routing are checked when the file is read

  Background:
    Given the registry:
      """
      fraises:
        shop:
          paths: [services/shop/, "lib/*.py"]
          reconcile: true
          git: {repository: acme/shop}
          environments:
            live: {branch: main, tag: "v?.*", paths: ["*"]}
      branch_mapping:
        "release/*": {fraise: shop, environment: live}
      tag_mapping:
        nightly: [{fraise: shop, environment: live}]
      """

  @config/routing/patterns-tags-and-paths-are-taken
  Scenario: Patterns, tags and files
    When the user runs `config validate`
    Then it succeeds

  @config/routing/wrong-rule-is-refused
  Scenario Outline: A rule that could never be followed: <wrong>
    Given the registry says `<wrong>` instead of `<right>`
    When the user runs `config validate`
    Then it is refused as "config-invalid"
    And the place is "fraises.yaml:<line>: <path>"
    And the hint is <hint>

    Examples:
      | right                 | wrong                | line | path                                   | hint                       |
      | tag: "v?.*"           | tag: "v[12]"         | 7    | fraises.shop.environments.live.tag     | a pattern knows "*"        |
      | branch: main          | branch: refs/heads/m | 7    | fraises.shop.environments.live.branch  | write the name alone: m    |
      | [services/shop/,      | [/services/shop/,    | 3    | fraises.shop.paths[0]                  | services/shop/             |
      | "lib/*.py"            | ../lib               | 3    | fraises.shop.paths[1]                  | lib                        |
      | nightly: [{fraise: s  | nightly: [{fraise: z | 11   | tag_mapping.nightly[0].fraise          | did you mean "shop"?       |

  @config/routing/wrong-rule-is-refused @thorough
  Scenario: The same rule in two ways of writing
    Given the registry says `tag_mapping: {"${NONE:-nightly}": {fraise: shop, environment: live},` instead of `tag_mapping:`
    And the registry says `  nightly: [{fraise: shop, environment: live}] }` instead of `  nightly: [{fraise: shop, environment: live}]`
    When the user runs `config validate`
    Then it is refused as "config-invalid"
    And the place is "fraises.yaml:11: tag_mapping.nightly"

  @config/git/relatives-are-gitea
  Scenario Outline: Gitea's relative <name> is a forge
    Given the registry says `git: {provider: <name>, repository: acme/shop}` instead of `git: {repository: acme/shop}`
    When the user runs `config validate`
    Then it succeeds

    Examples:
      | name    |
      | forgejo |
      | gogs    |
