@any-database @thorough
Feature: A server of several processes
  What is asked is answered by any of them, and one that dies is no loss.

  @server/workers/one-that-dies-is-replaced
  Scenario: One is killed while others are asked
    Given a registry of one fraise
    And a server of 2 processes is running
    When one of its processes is killed
    Then the server answers /health at once, again and again
    And the server has 2 processes again, one of them new
    When the server is asked to stop
    Then it has stopped with status 0, and its processes with it
