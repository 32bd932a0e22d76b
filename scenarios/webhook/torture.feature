@thorough
Feature: No push is lost or doubled, whatever happens to the server
  `make torture` does the same with 10,000 pushes.

  @webhook/torture/accepted-pushes-are-stored-once
  @webhook/torture/newest-push-is-deployed
  Scenario Outline: The server is killed while pushes come through <connections> connections
    When 600 pushes of 4 branches come through <connections> connections while the server is killed 3 times
    Then every push was accepted, and is stored once with its deployment
    And each environment serves its newest push

    Examples:
      | connections |
      | 8           |
      | 64          |

  @webhook/torture/hostile-clients-leave-nothing-behind @once
  Scenario: Huge bodies, slow connections and wrong signatures
    Given pushes of "main" deploy "shop" to "production"
    And a server is running
    When bodies of 200 MiB, 250 slow connections and 3000 wrong signatures come
    Then the server's memory is within 30 MiB of what it was
    And none of it was accepted, and nothing is stored
    And health was answered with 200 all the time
    When a push of "main" is delivered
    Then it is accepted for "shop/production"
