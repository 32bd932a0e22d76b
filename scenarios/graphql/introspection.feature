Feature: A server that does not show its schema
  An operator may hide what can be asked.

  @graphql/documents/introspection-can-be-off
  Scenario: Introspection is refused, everything else answered
    Given GraphQL is served with {introspection: false}
    And a GraphQL server that knows shop and mail
    When GraphQL is asked:
      """
      { __schema { queryType { name } } }
      """
    Then there is an error "graphql-introspection-off"
    When GraphQL is asked:
      """
      { ...A } fragment A on Query { ... { shown: __type(name: "Fraise") { name } } }
      """
    Then there is an error "graphql-introspection-off"
    When GraphQL is asked:
      """
      { __typename fraise(name: "shop") { __typename } }
      """
    Then the data is:
      """
      {"__typename": "Query", "fraise": {"__typename": "Fraise"}}
      """
