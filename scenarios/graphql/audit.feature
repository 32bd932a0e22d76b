@graphql-http @thorough @once @stateless
Feature: The public audit of GraphQL over HTTP
  The questions of the package graphql-http, asked by Node; `make payloads` fetches them.

  @graphql/http/public-audit
  Scenario: Every question of the audit is answered as the specification says
    Given a GraphQL server that knows shop and mail
    When the public audit asks all of its questions
    Then at least 60 answers are as the specification has them
