@thorough
Feature: Many requests for many environments are worked through once and in order

  @observer/queue-many/none-is-lost-doubled-or-out-of-order
  Scenario: Two observers and 500 requests for 20 environments
    Given a service in 20 environments
    And a server, and two observers beside it
    When 25 pushes come, faster than they can be deployed
    Then each of the 500 requests has succeeded or gives way to a newer one
    And no environment has gone back to an older commit, or started one twice
    And every environment serves the last commit, and the log says how it came so
    And every worker had its share and ends well

  @observer/queue-many/none-is-lost-doubled-or-out-of-order
  Scenario: Four processes and 500 requests for 20 environments
    Given a service in 20 environments
    And a server with its observer, and three observers beside it
    When 25 pushes come, faster than they can be deployed
    Then each of the 500 requests has succeeded or gives way to a newer one
    And no environment has gone back to an older commit, or started one twice
    And every environment serves the last commit, and the log says how it came so
    And every worker had its share and ends well
