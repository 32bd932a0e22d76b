@once
Feature: The protocols of subscriptions
  graphql-transport-ws and graphql-sse to the letter, also for those who do not keep to them.

  Background:
    Given a GraphQL server that knows shop and mail

  @graphql/subscriptions/websocket-protocol
  Scenario: Queries, mutations and errors over a WebSocket
    Given a WebSocket that offers "graphql-transport-ws"
    When it sends:
      """
      {"type": "ping", "payload": {"a": 1}}
      {"type": "connection_init"}
      """
    Then it receives:
      """
      {"type": "pong", "payload": {"a": 1}}
      {"type": "connection_ack", "payload": {"cursor": "<number>"}}
      """
    When it sends:
      """
      {"type": "ping"}
      {"type": "pong"}
      {"id": "q", "type": "subscribe", "payload": {"query": "query A { fraise(name: \"shop\") { name } } query B { __typename }", "operationName": "A"}}
      """
    Then it receives:
      """
      {"type": "pong"}
      {"id": "q", "type": "next", "payload": {"data": {"fraise": {"name": "shop"}}}}
      {"id": "q", "type": "complete"}
      """
    When it sends:
      """
      {"id": "q", "type": "subscribe", "payload": {"query": "{ nothing }"}}
      """
    Then "q" has the error "graphql-validation-failed"
    When it sends:
      """
      {"id": "m", "type": "subscribe", "payload": {"query": "mutation { deploy(fraise: \"mail\", environment: \"production\", dryRun: true) { code } }"}}
      """
    Then it receives:
      """
      {"id": "m", "type": "next", "payload": {"data": {"deploy": {"code": "dry-run"}}}}
      {"id": "m", "type": "complete"}
      """

  @graphql/subscriptions/websocket-protocol @thorough
  Scenario: Several subscriptions share a WebSocket, and end one by one
    Given a WebSocket that offers "graphql-transport-ws"
    When it sends:
      """
      {"type": "connection_init"}
      {"id": "none", "type": "complete"}
      """
    Then it receives:
      """
      {"type": "connection_ack", "payload": {"cursor": "<number>"}}
      """
    When it sends:
      """
      {"id": "one", "type": "subscribe", "payload": {"query": "subscription { deploymentStatusChanged(fraiseId: \"shop\") { fraise } }", "extensions": {"after": 0}}}
      {"id": "two", "type": "subscribe", "payload": {"query": "subscription { deploymentStatusChanged(fraiseId: \"mail\") { fraise } }", "extensions": {"after": 0}}}
      """
    And 1 deployments of shop/production are asked for
    Then it receives:
      """
      {"id": "one", "type": "next", "payload": {"data": {"deploymentStatusChanged": {"fraise": "shop"}}, "extensions": {"cursor": "<number>"}}}
      """
    When it sends:
      """
      {"id": "one", "type": "complete"}
      {"type": "ping"}
      """
    Then it receives:
      """
      {"type": "pong"}
      """
    When 1 deployments of shop/production are asked for
    And 1 deployments of mail/production are asked for
    Then it receives:
      """
      {"id": "two", "type": "next", "payload": {"data": {"deploymentStatusChanged": {"fraise": "mail"}}, "extensions": {"cursor": "<number>"}}}
      """

  @graphql/subscriptions/websocket-close-codes
  Scenario Outline: A socket that <does> is closed with <code>
    Given a WebSocket that offers "<offers>"
    When it sends:
      """
      <first>
      <second>
      <third>
      """
    Then it is closed with <code>

    Examples:
      | does                         | offers               | first                       | second                                                                                                | third                                                                                                 | code |
      | offers no known subprotocol  | graphql-ws           |                             |                                                                                                       |                                                                                                       | 4406 |
      | subscribes before it may     | graphql-transport-ws | {"id": "1", "type": "subscribe", "payload": {"query": "{ __typename }"}} |                                                          |                                                                                                       | 4401 |
      | initialises twice            | graphql-transport-ws | {"type": "connection_init"} | {"type": "connection_init"}                                                                           |                                                                                                       | 4429 |

    @thorough
    Examples:
      | does                         | offers               | first                       | second                                                                                                | third                                                                                                 | code |
      | sends what is no JSON        | graphql-transport-ws | hello                       |                                                                                                       |                                                                                                       | 4400 |
      | sends no object              | graphql-transport-ws | [1]                         |                                                                                                       |                                                                                                       | 4400 |
      | sends a message of no type   | graphql-transport-ws | {"id": "1"}                 |                                                                                                       |                                                                                                       | 4400 |
      | sends a message of its own   | graphql-transport-ws | {"type": "start"}           |                                                                                                       |                                                                                                       | 4400 |
      | sends a payload of no object | graphql-transport-ws | {"type": "connection_init", "payload": 1} |                                                                                         |                                                                                                       | 4400 |
      | speaks as a server           | graphql-transport-ws | {"type": "connection_ack"}  |                                                                                                       |                                                                                                       | 4400 |

  @graphql/subscriptions/websocket-close-codes @thorough
  Scenario Outline: An initialised socket that <does> is closed with <code>
    Given a WebSocket that offers "graphql-transport-ws"
    When it sends:
      """
      {"type": "connection_init"}
      """
    Then it receives:
      """
      {"type": "connection_ack", "payload": {"cursor": "<number>"}}
      """
    When it sends:
      """
      <first>
      <second>
      """
    Then it is closed with <code>

    Examples:
      | does                     | first                                                                                                     | second                                                                                                    | code |
      | subscribes with an id twice | {"id": "1", "type": "subscribe", "payload": {"query": "subscription { deploymentStarted { id } }"}} | {"id": "1", "type": "subscribe", "payload": {"query": "subscription { deploymentStarted { id } }"}} | 4409 |

    @thorough
    Examples:
      | does                     | first                                                                                                     | second                                                                                                    | code |
      | initialises again        | {"type": "connection_init"}                                                                               |                                                                                                           | 4429 |
      | subscribes without an id | {"type": "subscribe", "payload": {"query": "{ __typename }"}}                                             |                                                                                                           | 4400 |
      | gives an empty id        | {"id": "", "type": "subscribe", "payload": {"query": "{ __typename }"}}                                   |                                                                                                           | 4400 |
      | gives no payload         | {"id": "1", "type": "subscribe"}                                                                          |                                                                                                           | 4400 |
      | gives no query           | {"id": "1", "type": "subscribe", "payload": {}}                                                           |                                                                                                           | 4400 |
      | gives odd variables      | {"id": "1", "type": "subscribe", "payload": {"query": "{ __typename }", "variables": 1}}                  |                                                                                                           | 4400 |

  @graphql/subscriptions/websocket-close-codes @thorough
  Scenario: A socket that never initialises is closed with 4408
    Given a WebSocket that offers "graphql-transport-ws"
    Then it is closed with 4408

  @graphql/subscriptions/sse-protocol @thorough
  Scenario Outline: What is no subscription ends an event stream with its result
    When "ann" asks over an event stream:
      """
      <document>
      """
    Then the stream has one result, <result>, and is complete

    Examples:
      | document           | result                                |
      | { fraises { name } } | {"data": {"fraises": [{"name": "mail"}, {"name": "shop"}]}} |
      | { nothing }        | the error "graphql-validation-failed" |

  @graphql/subscriptions/unknown-cursor @thorough
  Scenario Outline: Nobody goes on after <what>
    Given a WebSocket that offers "graphql-transport-ws"
    When it sends:
      """
      {"type": "connection_init"}
      """
    Then it receives:
      """
      {"type": "connection_ack", "payload": {"cursor": "<number>"}}
      """
    When it sends:
      """
      {"id": "1", "type": "subscribe", "payload": {"query": "subscription { deploymentStarted { id } }", "extensions": {"after": <after>}}}
      """
    Then "1" has the error "unknown-cursor"

    Examples:
      | what                        | after      |
      | a number that is yet to come | 1000000000 |

    @thorough
    Examples:
      | what                        | after      |
      | what is no number           | "abc"      |
      | a number below zero         | -1         |

  @graphql/subscriptions/origin
  Scenario Outline: A page of another site opens no WebSocket
    Then a WebSocket with the origin <origin> is <answer>

    Examples:
      | origin             | answer  |
      | http://evil.example | refused with 403 and "origin-refused" |
      | its own            | opened  |

    @thorough
    Examples:
      | origin             | answer  |
      | null               | refused with 403 and "origin-refused" |

  @graphql/subscriptions/slow-client @thorough
  Scenario: Who does not read is cut off, and goes on later
    Given shop/production had these deployments:
      | name | end         | version |
      | A    | in_progress | v1      |
    And "ann" subscribes over a WebSocket and reads little:
      """
      subscription { deploymentProgress(deploymentId: "{A}") { message } }
      """
    When the step "fetch" of A is started at 0: begins
    Then "ann" is told:
      """
      [{"deploymentProgress": {"message": "begins"}}]
      """
    When the step "fetch" of A is started at 1: goes on
    Then "ann" is told:
      """
      [{"deploymentProgress": {"message": "goes on"}}]
      """
    When the step "fetch" of A says 60 long things
    Then "ann" hears some of the 60 long things and is closed with 1013
    When "ann" comes back
    Then "ann" has heard all 60 long things once
