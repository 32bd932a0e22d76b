@schemathesis @thorough
Feature: Requests that nobody thought of
  Documents made from the schema, some of them broken, with values right and wrong.

  @graphql/fuzzing/answers-fit-the-schema
  Scenario Outline: Every answer fits the schema
    Given a GraphQL server that knows shop and mail
    When GraphQL is asked <count> <kind> made from its schema
    Then every answer fits, and at least <executed> have data

    Examples:
      | count | kind      | executed |
      | 200   | queries   | 40       |
      | 100   | mutations | 10       |
