@once
Feature: GraphQL over HTTP
  Methods, media types and statuses; no fault of a client is a fault of the server.

  Background:
    Given a GraphQL server that knows shop and mail

  @graphql/http/media-type-decides-the-status @stateless
  Scenario Outline: The media type decides the status of a request that is not executed
    When POST /graphql carries Content-Type: application/json | Accept: <accept> and the body:
      """
      {"query": "<query>"}
      """
    Then the HTTP answer is <status> as <media_type>

    Examples:
      | accept                                                      | query                    | status | media_type                        |
      | application/json                                            | { fraises { name } }     | 200    | application/json                  |
      | */*                                                         | { fraises { name } }     | 200    | application/json                  |
      | application/graphql-response+json                           | { fraises { name } }     | 200    | application/graphql-response+json |
      | application/graphql-response+json, application/json;q=0.9   | { fraises { name } }     | 200    | application/graphql-response+json |
      | application/graphql-response+json;q=0.1, application/json   | { fraises { name } }     | 200    | application/json                  |
      | application/json                                            | { nothing }              | 200    | application/json                  |
      | application/json                                            | {                        | 200    | application/json                  |
      | application/graphql-response+json                           | { nothing }              | 400    | application/graphql-response+json |
      | application/graphql-response+json                           | {                        | 400    | application/graphql-response+json |

  @graphql/http/get-asks-queries
  Scenario: A query by GET
    When GET /graphql?query=query(%24n:String!)%7Bfraise(name:%24n)%7Bname%7D%7D&variables=%7B%22n%22:%22shop%22%7D is sent with no headers
    Then the data is:
      """
      {"fraise": {"name": "shop"}}
      """
    And the HTTP answer is 200 as application/json

  @graphql/http/get-changes-nothing @stateless
  Scenario: A mutation by GET is refused
    When GET /graphql?query=mutation%7Bdeploy(fraise:%22shop%22,environment:%22production%22)%7Bsuccess%7D%7D is sent with no headers
    Then the HTTP answer is 405 as application/json
    And there is an error "method-not-allowed"
    And its header Allow is GET, POST
    And nothing else changed

  @graphql/http/other-content-is-refused @stateless
  Scenario Outline: A body of another type is refused
    When POST /graphql carries <headers> and the body:
      """
      {"query": "{ fraises { name } }"}
      """
    Then the HTTP answer is 415 as application/json

    Examples:
      | headers                                         |
      | no headers                                      |
      | Content-Type: text/plain                        |
      | Content-Type: application/x-www-form-urlencoded |
      | Content-Type: application/json; charset=latin-1 |

  @graphql/http/malformed-requests-are-refused @stateless
  Scenario Outline: A body that is no request is refused
    When POST /graphql carries Content-Type: application/json and the body:
      """
      <body>
      """
    Then the HTTP answer is 400 as application/json
    And there is an error "graphql-bad-request"

    Examples:
      | body                                            |
      | {                                               |
      | null                                            |
      | "text"                                          |
      | [{"query": "{ fraises { name } }"}]             |
      | {}                                              |
      | {"query": null}                                 |
      | {"query": 7}                                    |
      | {"query": ""}                                   |
      | {"query": "{ __typename }", "variables": [1]}   |
      | {"query": "{ __typename }", "variables": "{}"}  |
      | {"query": "{ __typename }", "operationName": 1} |
      | {"query": "{ __typename }", "extensions": 1}    |

  @graphql/http/not-acceptable @stateless
  Scenario: A media type that is not served
    When POST /graphql carries Content-Type: application/json | Accept: text/html and the body:
      """
      {"query": "{ fraises { name } }"}
      """
    Then the HTTP answer is 406 as application/json
