Feature: What the second product document asks of GraphQL
  Where the two documents agree, its queries are served as printed.

  Background:
    Given a GraphQL server that knows shop and mail

  @graphql/second-document/deployment-history
  Scenario: The query that the second document sends by HTTP
    Given shop/production had these deployments:
      | name | end     | version |
      | A    | success | v1      |
    When GraphQL is asked:
      """
      { deploymentHistory { id status } }
      """
    Then the data is:
      """
      {"deploymentHistory": [{"id": "{A}", "status": "SUCCESS"}]}
      """
