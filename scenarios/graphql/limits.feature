Feature: Documents that would cost too much
  What a client sends is bounded before anything is executed.

  Background:
    Given a GraphQL server that knows shop and mail

  @graphql/limits/deep-documents-are-refused
  Scenario: A document that is nested deeper than anything needs
    When GraphQL is asked:
      """
      { __schema { types { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { name } } } } } } } } } } } } } } } } } } }
      """
    Then there is an error "graphql-validation-failed"

  @graphql/limits/deep-documents-are-refused
  Scenario: A document that is nested as tools nest it
    When GraphQL is asked:
      """
      { __type(name: "Fraise") { name ofType { name ofType { name ofType { name ofType { name ofType { name } } } } } } }
      """
    Then the data is:
      """
      {"__type": {"name": "Fraise", "ofType": null}}
      """

  @graphql/limits/repeated-fields-are-refused
  Scenario: A field that is asked for again and again
    When GraphQL is asked for "fraises" 300 times in one document
    Then there is an error "graphql-validation-failed"

  @graphql/limits/repeated-fields-are-refused
  Scenario: A field that is asked for a few times
    When GraphQL is asked:
      """
      { a: fraise(name: "shop") { name } b: fraise(name: "mail") { name } c: fraise(name: "shop") { kind } }
      """
    Then the data is:
      """
      {"a": {"name": "shop"}, "b": {"name": "mail"}, "c": {"kind": "api"}}
      """
