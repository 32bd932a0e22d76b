@once
Feature: Pages of other origins
  None may ask, unless the registry lists its origin; and no page makes a browser change anything.

  Background:
    Given a registry of one fraise

  @server/cors/closed-by-default @thorough
  Scenario: No page of another origin is told anything where none is listed
    Given a server is running
    When pages ask, and are answered so:
      | request   | origin               | status | allowed origin | vary |
      | query     | https://desk.example | 401    |                |      |
      | query     |                      | 200    |                |      |
      | query     | its own              | 200    |                |      |
      | preflight | https://desk.example | 405    |                |      |
    Then nothing changed

  @server/cors/listed-origins @server/cors/preflight @server/cors/others
  Scenario: Pages of an origin that is listed may read, others not
    Given pages of https://desk.example, http://localhost:5173 may ask with the token
    And a server is running
    When pages ask, and are answered so:
      | request               | origin                   | status | allowed origin        | vary   |
      | query                 | https://desk.example     | 200    | https://desk.example  | Origin |
      | query                 | http://localhost:5173    | 200    | http://localhost:5173 | Origin |
      | query by GET          | https://desk.example     | 200    | https://desk.example  | Origin |
      | stream                | https://desk.example     | 200    | https://desk.example  | Origin |
      | query without a token | https://desk.example     | 401    | https://desk.example  | Origin |
      | query                 |                          | 200    |                       | Origin |
      | query                 | http://desk.example      | 200    |                       | Origin |
      | query                 | https://desk.example:444 | 200    |                       | Origin |
      | query                 | https://a.desk.example   | 200    |                       | Origin |
      | query                 | null                     | 200    |                       | Origin |
      | preflight             | https://desk.example     | 204    | https://desk.example  | Origin |
      | preflight             | https://evil.example     | 405    |                       | Origin |
      | OPTIONS               | https://desk.example     | 405    | https://desk.example  | Origin |
      | health                | https://desk.example     | 200    |                       |        |
      | preflight of webhook  | https://desk.example     | 405    |                       |        |
    Then no answer allowed credentials
    And an answer to a listed page exposes "Fraisier-Scopes, Retry-After"
    And the preflight allowed "GET, POST" and "accept, authorization, content-type, last-event-id"

  @server/cors/exact-origins @thorough
  Scenario Outline: <what> is no origin to list
    Given pages of <origin> may ask with the token
    Then the server does not start and says "config-invalid"

    Examples:
      | what                   | origin                    |
      | every origin           | *                         |
      | a pattern              | https://*.example         |
      | null                   | null                      |
      | a name                 | desk.example              |
      | an address with a path | https://desk.example/     |
      | plain HTTP             | http://desk.example       |
      | the usual port         | https://desk.example:443  |
      | another scheme         | ftp://desk.example        |

  @server/cors/websocket @thorough
  Scenario: Pages of an origin that is listed may open a WebSocket
    Given pages of https://desk.example may ask with the token
    And a server is running
    Then a WebSocket of a page is answered so:
      | origin               | answer         |
      | https://desk.example | 101            |
      | its own              | 101            |
      | https://evil.example | origin-refused |
      | http://[             | origin-refused |

  @server/cors/forms-change-nothing @thorough
  Scenario: What a page can send without asking first changes nothing
    Given a server is running
    When pages ask, and are answered so:
      | request                                             | origin  | status | allowed origin | vary |
      | deployment as text/plain                            | its own | 415    |                |      |
      | deployment as application/x-www-form-urlencoded     | its own | 415    |                |      |
      | deployment as multipart/form-data; boundary=x       | its own | 415    |                |      |
      | deployment as nothing                               | its own | 415    |                |      |
      | deployment by GET                                   |         | 405    |                |      |
      | deployment as text/plain                            | null    | 401    |                |      |
    Then nothing changed
