Feature: API tokens have scopes
  fraisier token create makes a token that may read, deploy or administer, and nothing else.

  Background:
    Given a registry of one fraise

  @server/api-tokens/scopes
  Scenario: A token does what its scopes allow
    Given a token "reader" for "read"
    And a token "deployer" for "deploy"
    And a token "keeper" for "admin"
    And a server is running
    When a query is asked for with the token "reader"
    Then the response has status 200
    When a reading is asked for with the token "reader"
    Then the response has status 200
    When a deployment is asked for with the token "deployer"
    Then the response has status 200
    And the response has "token deployer" at data.deploy.deployment.actor
    When a list of tokens is asked for with the token "keeper"
    Then the response has status 200

  @server/api-tokens/scopes @thorough
  Scenario: A token does nothing else
    Given a token "reader" for "read admin"
    And a token "deployer" for "deploy"
    And a server is running
    When a deployment is asked for with the token "reader"
    Then GraphQL refuses it with 403 and "forbidden" at deploy
    When a query is asked for with the token "deployer"
    Then GraphQL refuses it with 403 and "forbidden" at fraises
    When a list of tokens is asked for with the token "deployer"
    Then GraphQL refuses it with 403 and "forbidden" at apiTokens
    When a reading is asked for with the token "deployer"
    Then the request is refused with 403 and "forbidden"
    When the user runs `--json history`
    Then the JSON has [] at deployments

  @server/api-tokens/scopes @thorough
  Scenario: A document is done whole or not at all
    Given a token "deployer" for "deploy"
    And a server is running
    When a deployment with a revocation is asked for with the token "deployer"
    Then GraphQL refuses it with 403 and "forbidden" at revokeToken
    When the user runs `--json history`
    Then the JSON has [] at deployments

  @server/api-tokens/end-at-once @thorough
  Scenario: A token that is revoked opens nothing any more
    Given a token "reader" for "read"
    And a server is running
    When a query is asked for with the token "reader"
    And the token "reader" is revoked
    Then the response has status 200
    When a query is asked for with the token "reader"
    Then the request is refused with 401 and "unauthorized"

  @server/api-tokens/end-at-once @thorough
  Scenario: A token whose time is over opens nothing any more
    Given a token "short" for "read" valid 1s
    And a server is running
    Then the token "short" opens nothing any more
