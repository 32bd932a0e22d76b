@schemathesis @thorough @forges
Feature: The HTTP surfaces are what their document says
  Schemathesis asks every operation of spec/openapi.yaml, with data that fits and data that
  does not, and with signed pushes of every forge in which one value was replaced.

  @webhook/document/answers-are-as-written
  Scenario: Every operation, rightly and wrongly
    Given every forge is known
    And a server is running
    When every operation of the HTTP document is asked for, rightly and wrongly
    Then every answer is one that the document tells of
    And at least 400 requests were sent, to all 7 operations
    And of each operation some were taken
