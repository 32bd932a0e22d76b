@thorough @any-database
Feature: The GraphQL schema of a release is compiled where that is configured

  @deploy/steps/compile
  Scenario: fraiseql-cli is installed
    Given a service "shop" for "production"
    And its database has "compile: {schema: schema.json, output: compiled/schema.json}"
    And the release has a GraphQL schema
    And version "1.0" is committed
    When "shop/production" is deployed where fraiseql-cli is installed
    Then the last deployment ended as "success"
    And its step "compile" is "succeeded" and says "compiled/schema.json"

  @deploy/steps/compile
  Scenario: fraiseql-cli refuses the schema
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And its database has "compile: {schema: missing.json}"
    And version "2.0" is committed
    When "shop/production" is deployed where fraiseql-cli is installed
    Then the last deployment ended as "failed" because of "compile-failed"
    And "shop/production" serves version "1.0"

  @deploy/steps/compile
  Scenario: fraiseql-cli is not installed
    Given a service "shop" for "production"
    And its database has "compile: {schema: schema.json}"
    And version "1.0" is committed
    When "shop/production" is deployed where "fraiseql-cli" is not installed
    Then the last deployment ended as "failed" because of "tool-missing"
