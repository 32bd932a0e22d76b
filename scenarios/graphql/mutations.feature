Feature: GraphQL mutations
  Every mutation of the product document, as printed there.

  Background:
    Given a GraphQL server that knows shop and mail

  @graphql/mutations/deploy-as-printed @smoke @core
  Scenario: Deploy
    Given shop/production had these deployments:
      | name | end     | version |
      | A    | success | v1      |
    When GraphQL is asked:
      """
      mutation { deploy(fraise: "shop", environment: "production") {
        success message code deployment { id oldVersion newVersion status triggeredBy target { provider } } } }
      """
    Then the data is:
      """
      {"deploy": {"success": true, "message": "<text>", "code": "requested", "deployment": {"id": "<uuid>",
        "oldVersion": null, "newVersion": null, "status": "PENDING", "triggeredBy": "API", "target": {"provider": "local"}}}}
      """
    And exactly these changed:
      | table                 | added |
      | tb_deployment         | 1     |
      | tb_deployment_request | 1     |
      | tb_event              | 1     |

  @graphql/mutations/dry-run-writes-nothing
  Scenario: A dry run says what would happen
    When GraphQL is asked:
      """
      mutation { deploy(fraise: "shop", environment: "staging", dryRun: true) { success code deployment { id } } }
      """
    Then the data is:
      """
      {"deploy": {"success": true, "code": "dry-run", "deployment": null}}
      """
    And nothing else changed

  @graphql/mutations/refusal-is-an-answer
  Scenario Outline: What the database refuses is an answer
    When GraphQL is asked:
      """
      mutation { <call> { success code deployment { id } } }
      """
    Then the data is:
      """
      {"<name>": {"success": false, "code": "<code>", "deployment": null}}
      """
    And nothing else changed

    Examples:
      | name     | call                                                                  | code                |
      | deploy   | deploy(fraise: "nothing", environment: "production")                  | unknown-fraise      |
      | deploy   | deploy(fraise: "shop", environment: "nowhere", force: true)           | unknown-environment |
      | rollback | rollback(fraise: "shop", environment: "nowhere")                      | unknown-environment |
      | rollback | rollback(fraise: "shop", environment: "production")                   | no-earlier-release  |
      | rollback | rollback(fraise: "shop", environment: "production", toVersion: "v99") | unknown-version     |

  @graphql/mutations/rollback-to-a-version @thorough
  Scenario Outline: Roll back
    Given shop/production had these deployments:
      | name | end     | version |
      | A    | success | v1      |
      | B    | success | v2      |
      | C    | success | v3      |
    When GraphQL is asked:
      """
      mutation { rollback(fraise: "shop", environment: "production"<to>) { success code deployment { kind newVersion } } }
      """
    Then the data is:
      """
      {"rollback": {"success": true, "code": "requested", "deployment": {"kind": "rollback", "newVersion": "<version>"}}}
      """

    Examples:
      | to                | version |
      |                   | v2      |
      | , toVersion: null | v2      |
      | , toVersion: "v1" | v1      |

  @graphql/mutations/root-fields-in-order @thorough
  Scenario: The root fields of a mutation run one after the other
    When GraphQL is asked:
      """
      mutation {
        first: deploy(fraise: "shop", environment: "production") { code }
        second: deploy(fraise: "shop", environment: "production") { code deployment { outcome } }
      }
      """
    And GraphQL is asked:
      """
      { deployments { outcome supersededBy } }
      """
    Then the data is:
      """
      {"deployments": [{"outcome": "pending", "supersededBy": null}, {"outcome": "superseded", "supersededBy": "<uuid>"}]}
      """

  @graphql/mutations/process-webhook @core
  Scenario: A signed webhook is taken
    When GraphQL is handed a push to "main" signed with the secret
    Then the data is:
      """
      {"processWebhook": {"success": true, "code": "accepted", "event": {"provider": "GITHUB", "branch": "main",
        "processed": true, "deployments": [{"fraise": "shop", "environment": "production"}]}}}
      """

  @graphql/mutations/process-webhook-is-gated @thorough
  Scenario Outline: A webhook without the right signature is refused before the database is asked
    When GraphQL is handed a push to "main" signed with <secret>
    Then the data is:
      """
      {"processWebhook": {"success": false, "code": "<code>", "event": null}}
      """
    And nothing else changed

    Examples:
      | secret        | code              |
      | a wrong one   | bad-signature     |
      | nothing       | missing-signature |

  @graphql/mutations/json-has-any-form @thorough
  Scenario Outline: JSON of a form that the function does not take is refused by the function
    When GraphQL is asked:
      """
      mutation { createToken(name: "ci", scopes: <scopes>
        digest: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") { success code token { name } } }
      """
    Then the data is:
      """
      {"createToken": {"success": false, "code": "invalid-argument", "token": null}}
      """

    Examples:
      | scopes |
      | true   |

    @thorough
    Examples:
      | scopes        |
      | 7             |
      | "read"        |
      | ""            |
      | {read: true}  |
      | [["read"]]    |
      | [null]        |
