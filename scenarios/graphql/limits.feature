Feature: Documents that would cost too much
  What a client sends is bounded before anything is executed, and each limit has its code.

  @graphql/limits/deep-documents-are-refused @stateless @once
  Scenario: A document that is nested deeper than anything needs
    Given a GraphQL server that knows shop and mail
    When GraphQL is asked:
      """
      { __schema { types { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { name } } } } } } } } } } } } } } } } } } }
      """
    Then there is an error "graphql-too-deep"
    When GraphQL is asked:
      """
      { __schema { types { ...A } } } fragment A on __Type { ofType { ofType { ofType { ofType { ...B } } } } }
      fragment B on __Type { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { name } } } } } } } } } }
      """
    Then there is an error "graphql-too-deep"
    When GraphQL is asked:
      """
      { __type(name: "Fraise") { name ofType { name ofType { name ofType { name ofType { name ofType { name } } } } } } }
      """
    Then the data is:
      """
      {"__type": {"name": "Fraise", "ofType": null}}
      """

  @graphql/limits/repeated-fields-are-refused @stateless @once
  Scenario: A field that is asked for again and again
    Given a GraphQL server that knows shop and mail
    When GraphQL is asked for the same "__typename" 300 times in one document
    Then there is an error "graphql-too-complex"
    When GraphQL is asked for the same "__typename" 20 times in one document
    Then the data is:
      """
      {"__typename": "Query"}
      """

  @graphql/limits/aliases-are-bounded @stateless @once
  Scenario: A field under a hundred names and one
    Given a GraphQL server that knows shop and mail
    When GraphQL is asked for "__typename" 101 times in one document
    Then there is an error "graphql-too-many-aliases"
    When GraphQL is asked for "__typename" 100 times in one document
    Then there is no error

  @graphql/limits/tokens-are-bounded @stateless @once
  Scenario: A document that never ends
    Given a GraphQL server that knows shop and mail
    When GraphQL is asked with a query of 2000 variables
    Then there is an error "graphql-too-long"

  @graphql/limits/answers-are-bounded @stateless @once
  Scenario Outline: An answer that would be huge
    Given a GraphQL server that knows shop and mail
    When GraphQL is asked with {"n": <number>}:
      """
      query($n: Int) { fraises { ...F } } fragment F on Fraise { deploymentHistory(limit: $n) { ...D steps { id state step } } }
      fragment D on Deployment { id status }
      """
    Then <outcome>

    Examples:
      | number | outcome                                 |
      | 1000   | there is an error "graphql-too-complex" |
      | 10     | there is no error                       |
      | null   | there is no error                       |

  @graphql/limits/limits-are-settings
  Scenario: An operator sets the limits
    Given GraphQL is served with {graphql: {depth: 2, aliases: 1, tokens: 60, complexity: 30, body: 1024}}
    And a GraphQL server that knows shop and mail
    When GraphQL is asked:
      """
      { fraises { environments { name } } }
      """
    Then there is an error "graphql-too-deep"
    When GraphQL is asked for "__typename" 2 times in one document
    Then there is an error "graphql-too-many-aliases"
    When GraphQL is asked with a query of 10 variables
    Then there is an error "graphql-too-long"
    When GraphQL is asked:
      """
      { deployments(limit: 30) { id } }
      """
    Then there is an error "graphql-too-complex"
    When GraphQL is asked with a body of 1025 bytes
    Then the HTTP status is 413
    When GraphQL is asked:
      """
      { all: fraises { name } }
      """
    Then the data is:
      """
      {"all": [{"name": "mail"}, {"name": "shop"}]}
      """

  @graphql/limits/statements-are-timed @thorough
  Scenario: A statement that takes too long
    Given GraphQL is served with {graphql: {seconds: 0.5}}
    And a GraphQL server that knows shop and mail
    And the view v_fraise has become endless
    When GraphQL is asked:
      """
      { fraise(name: "shop") { name } deployments { id } }
      """
    Then the field "fraise" has the error "statement-timeout"
    And the data with its errors is:
      """
      {"fraise": null, "deployments": []}
      """
