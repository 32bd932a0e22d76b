Feature: Branches lead where the registry says

  @webhook/branches/fast-forward-deploys-both
  Scenario: The same commit first on dev, then on main
    Given branches "dev" and "main" deploy "shop" to "development" and "production"
    And a server is running
    And a push of "dev" at "00112233445566778899aabbccddeeff00112233" was delivered as "one"
    When a push of "main" at "00112233445566778899aabbccddeeff00112233" is delivered as "two"
    Then it is accepted for "shop/production"
    And the waiting deployment of "shop/development" is of commit "00112233445566778899aabbccddeeff00112233" by "alice"
    And the waiting deployment of "shop/production" is of commit "00112233445566778899aabbccddeeff00112233" by "alice"

  @webhook/branches/names-are-compared-exactly @thorough
  Scenario Outline: The branch <branch> is mapped
    Given pushes of "<branch>" deploy "shop" to "production"
    And a server is running
    When a push of "<branch>" is delivered
    Then it is accepted for "shop/production"

    Examples:
      | branch        |
      | feature/a/b   |
      | süß           |
      | release-1.2.x |

  @webhook/branches/names-are-compared-exactly
  Scenario Outline: The branch <branch> is not main
    Given pushes of "main" deploy "shop" to "production"
    And a server is running
    When a push of "<branch>" is delivered
    Then it is ignored because of "branch-not-mapped"

    Examples:
      | branch          |
      | MAIN            |
      | main/           |
      | refs/heads/main |
      | maın            |
