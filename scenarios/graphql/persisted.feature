Feature: Documents that are named instead of sent
  A hash stands for a document that was sent before, or an id for one that the operator trusts.

  @graphql/persisted/automatic
  Scenario: A document is sent once, then its hash is enough
    Given a GraphQL server that knows shop and mail
    When GraphQL is shown the hash of `query($n: String!) { fraise(name: $n) { name } }` with {"n": "shop"}
    Then there is an error "persisted-query-not-found"
    And the first message is "PersistedQueryNotFound"
    When GraphQL is sent `query($n: String!) { fraise(name: $n) { name } }` and its hash with {"n": "shop"}
    Then the data is:
      """
      {"fraise": {"name": "shop"}}
      """
    When GraphQL is shown the hash of `query($n: String!) { fraise(name: $n) { name } }` with {"n": "mail"}
    Then the data is:
      """
      {"fraise": {"name": "mail"}}
      """
    When GraphQL is shown the hash of `query($n: String!) { fraise(name: $n) { name } }` by GET
    Then there is an error "graphql-bad-variables"

  @graphql/persisted/hash-is-checked @thorough
  Scenario: A document cannot be put under the hash of another
    Given a GraphQL server that knows shop and mail
    When GraphQL is sent `{ fraises { id } }` and the hash of `{ __typename }`
    Then there is an error "persisted-query-mismatch"
    When GraphQL is shown the hash of `{ __typename }` with {}
    Then there is an error "persisted-query-not-found"
    When GraphQL is sent `{ nothing }` and its hash with {}
    Then there is an error "graphql-validation-failed"
    When GraphQL is shown the hash of `{ nothing }` with {}
    Then there is an error "persisted-query-not-found"

  @graphql/persisted/get-changes-nothing @thorough
  Scenario: The hash of a mutation is no way to change something by GET
    Given a GraphQL server that knows shop and mail
    When GraphQL is sent `mutation { rollback(fraise: "shop", environment: "staging") { code } }` and its hash with {}
    Then the data is:
      """
      {"rollback": {"code": "no-earlier-release"}}
      """
    When GraphQL is shown the hash of `mutation { rollback(fraise: "shop", environment: "staging") { code } }` by GET
    Then there is an error "method-not-allowed"
    And the HTTP answer is 405 as application/json

  @graphql/persisted/trusted-documents-alone
  Scenario: With a list of trusted documents only those are answered
    Given GraphQL trusts these documents:
      | id    | document                       |
      | names | query N { fraises { name } }   |
      | kinds | { fraise(name: "mail") { kind } } |
    And a GraphQL server that knows shop and mail
    When GraphQL is asked:
      """
      query N { fraises { name } }
      """
    Then the data is:
      """
      {"fraises": [{"name": "mail"}, {"name": "shop"}]}
      """
    When GraphQL is shown the id "kinds"
    Then the data is:
      """
      {"fraise": {"kind": "worker"}}
      """
    When GraphQL is shown the hash of `query N { fraises { name } }` with {}
    Then there is no error
    When GraphQL is asked:
      """
      { fraises { id } }
      """
    Then there is an error "graphql-document-not-trusted"
    When GraphQL is sent `{ __typename }` and its hash with {}
    Then there is an error "graphql-document-not-trusted"
    When GraphQL is shown the hash of `{ __typename }` with {}
    Then there is an error "graphql-document-not-trusted"
    When GraphQL is shown the id "others"
    Then there is an error "graphql-document-not-trusted"
