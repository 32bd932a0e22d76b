Feature: Nobody guesses which branch is meant

  @deploy/exact-commit/guesses-no-branch @thorough
  Scenario Outline: Only <what> lead to the environment
    Given this routing:
      """
      fraises:
        shop:
          git: {repository: acme/shop}
          environments:
            production: {<rule>, target: {provider: local, command: [./shop]}}
      """
    When the user runs `deploy shop production --no-wait`
    Then it is refused as "preflight-failed"
    And the hint is --branch NAME
    When the user runs `deploy shop production --no-wait --branch release/1.x`
    Then it succeeds

    Examples:
      | what     | rule                 |
      | patterns | branch: "release/*"  |
      | tags     | tag: "v*"            |
