@once
Feature: GraphQL documents
  What the language allows, and what becomes of a document that is wrong.

  Background:
    Given a GraphQL server that knows shop and mail

  @graphql/documents/aliases-and-fragments
  Scenario: Aliases, fragments and merged fields keep the client's order
    When GraphQL is asked:
      """
      query Q { b: fraise(name: "shop") { ...F kind: name } a: fraise(name: "mail") { ... on Fraise { type } ...F }
        __typename  merged: fraise(name: "shop") { environments { name } } merged: fraise(name: "shop") { name environments { status __typename } } }
      fragment F on Fraise { name __typename }
      """
    Then the data is:
      """
      {"b": {"name": "shop", "__typename": "Fraise", "kind": "shop"},
       "a": {"type": "WORKER", "name": "mail", "__typename": "Fraise"},
       "__typename": "Query",
       "merged": {"environments": [{"name": "production", "status": "UNKNOWN", "__typename": "Environment"},
         {"name": "staging", "status": "UNKNOWN", "__typename": "Environment"}], "name": "shop"}}
      """

  @graphql/documents/skip-and-include
  Scenario Outline: Fields are skipped and included by variables
    When GraphQL is asked with {"x": <x>}:
      """
      query($x: Boolean!) { fraise(name: "shop") { name @skip(if: $x) type @include(if: $x) kind @skip(if: false) } }
      """
    Then the data is:
      """
      {"fraise": <fraise>}
      """

    Examples:
      | x     | fraise                          |
      | true  | {"type": "API", "kind": "api"}  |
      | false | {"name": "shop", "kind": "api"} |

  @graphql/documents/variables-and-defaults @thorough
  Scenario Outline: Variables are coerced, and their defaults apply
    Given 5 deployments of shop/production were asked for
    When GraphQL is asked with <variables>:
      """
      query($fraise: String, $limit: Int = 2) { deployments(fraise: $fraise, limit: $limit) { fraise } }
      """
    Then the list deployments has <number> entries

    Examples:
      | variables                            | number |
      | {}                                   | 2      |
      | {"limit": 4}                         | 4      |
      | {"limit": 4.0}                       | 4      |
      | {"limit": null}                      | 5      |
      | {"fraise": "mail"}                   | 0      |
      | {"fraise": null, "unknown": [1]}     | 2      |

  @graphql/documents/bad-variables-are-refused @stateless
  Scenario Outline: A variable that does not fit is refused
    When GraphQL is asked with <variables>:
      """
      query($name: String!, $limit: Int) { fraise(name: $name) { deploymentHistory(limit: $limit) { id } } }
      """
    Then there is an error "graphql-bad-variables"

    Examples:
      | variables                              |
      | {}                                     |
      | {"name": null}                         |
      | {"name": 5}                            |
      | {"name": "shop", "limit": "3"}         |
      | {"name": "shop", "limit": 1.5}         |
      | {"name": "shop", "limit": true}        |
      | {"name": "shop", "limit": 3000000000}  |

  @graphql/documents/invalid-documents-are-refused @stateless
  Scenario Outline: A document that does not fit is refused
    When GraphQL is asked:
      """
      <document>
      """
    Then there is an error "<code>"

    Examples:
      | document                                                                | code                      |
      | { fraises { name                                                        | graphql-parse-failed      |
      | { fraises { } }                                                         | graphql-parse-failed      |
      | nonsense                                                                | graphql-parse-failed      |
      | { fraises { colour } }                                                  | graphql-validation-failed |
      | { fraises }                                                             | graphql-validation-failed |
      | { fraise { name } }                                                     | graphql-validation-failed |
      | { fraise(name: 5) { name } }                                            | graphql-validation-failed |
      | { deployments(limit: "5") { id } }                                      | graphql-validation-failed |
      | { fraise(name: "a", colour: 1) { name } }                               | graphql-validation-failed |
      | mutation { deploy(fraise: "shop") { success } }                         | graphql-validation-failed |
      | mutation { processWebhook(provider: SVN, payload: "") { code } }        | graphql-validation-failed |
      | query A { fraises { name } } query B { fraises { name } }               | graphql-bad-request       |
      | subscription { deploymentStarted { id } }                               | subscription-transport    |
      | { ...A } fragment A on Query { ...B } fragment B on Query { ...A }      | graphql-validation-failed |

  @graphql/documents/operation-name-chooses
  Scenario: The name of the operation chooses one
    When GraphQL is asked for the operation "B" of:
      """
      query A { fraises { name } } query B { fraise(name: "mail") { name } }
      """
    Then the data is:
      """
      {"fraise": {"name": "mail"}}
      """

  @graphql/documents/text-comes-back-as-it-was @stateless
  Scenario: Text with quotes and other scripts passes unharmed
    When GraphQL is asked with {"name": "a\"b'c\\d é 漢 😀; DROP TABLE tb_fraise"}:
      """
      query($name: String!) { fraise(name: $name) { name } deploymentHistory(fraiseId: "'\" OR 1=1 --") { id } }
      """
    Then the data is:
      """
      {"fraise": null, "deploymentHistory": []}
      """

  @graphql/documents/wide-selections-are-served @thorough
  Scenario: The same field under many names
    When GraphQL is asked:
      """
      { fraise(name: "shop") { a1: name a2: name a3: name a4: name a5: name a6: name a7: name a8: name a9: name a10: name
        a11: name a12: name a13: name a14: name a15: name a16: name a17: name a18: name a19: name a20: name a21: name
        a22: name a23: name a24: name a25: name a26: name a27: name a28: name a29: name a30: name a31: name a32: name
        a33: name a34: name a35: name a36: name a37: name a38: name a39: name a40: name a41: name a42: name a43: name
        a44: name a45: name a46: name a47: name a48: name a49: name a50: name a51: name a52: name a53: name a54: name
        a55: name a56: name a57: name a58: name a59: name a60: name a61: name a62: name a63: name a64: name a65: name } }
      """
    Then the list fraise has 65 entries

  @graphql/documents/introspection-shows-the-schema @stateless
  Scenario Outline: Introspection shows the names, types, nullability and defaults of the document
    When GraphQL is asked:
      """
      { __type(name: "<owner>") { fields { name args { name defaultValue type { ...T } } type { ...T } } } }
      fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }
      """
    Then the schema has "<field>" in <owner>

    Examples:
      | owner        | field                                                                                                                             |
      | Query        | fraises: [Fraise!]!                                                                                                               |
      | Query        | fraise(name: String!): Fraise                                                                                                     |
      | Query        | deployments(fraise: String, environment: String, limit: Int = 20): [Deployment!]!                                                 |
      | Query        | deployment(id: ID!): Deployment                                                                                                   |
      | Query        | status(fraise: String!, environment: String!): FraiseStatus!                                                                      |
      | Query        | stats(fraise: String, days: Int = 30): DeploymentStats!                                                                           |
      | Query        | webhookEvents(limit: Int = 20): [WebhookEvent!]!                                                                                  |
      | Mutation     | deploy(fraise: String!, environment: String!, dryRun: Boolean = false, force: Boolean = false): DeploymentResult!                 |
      | Mutation     | rollback(fraise: String!, environment: String!, toVersion: String): DeploymentResult!                                             |
      | Mutation     | processWebhook(provider: WebhookProvider!, payload: String!, signature: String): WebhookResult!                                   |
      | Subscription | deploymentProgress(deploymentId: ID!): DeploymentProgress!                                                                        |
