@once
Feature: Status pages are closed unless they are opened
  GraphQL and metrics tell much and can deploy; nobody gets there by chance.

  Background:
    Given a registry of one fraise

  @server/token/closed-by-default
  Scenario Outline: A <what> is refused where nothing says who may ask
    Given the registry does not say who may ask
    And a server is running
    When a <what> is asked for <how>
    Then the request is refused with 401 and "unauthorized"
    And nothing changed

    Examples:
      | what       | how                |
      | reading    | without a token    |
      | deployment | with a wrong token |
      | query      | without a token    |
      | deployment | without a token    |

  @server/token/control-token-opens
  Scenario: The supervisor that started the server may ask
    Given the registry does not say who may ask
    And a server is running
    When the supervisor asks for a query
    Then the response has status 200
    And the response has "shop" at data.fraises.0.name

  @server/open/opens-to-this-machine
  Scenario: server.open lets this machine ask without a token
    Given a server is running
    When a query is asked for without a token
    Then the response has status 200

  @server/open/only-to-this-machine
  Scenario Outline: server.open does not open to who sends "<header>: <value>"
    Given a server is running
    When a query is asked for with the header "<header>: <value>"
    Then the request is refused with 401 and "unauthorized"
    And nothing changed

    Examples:
      | header          | value                |
      | Host            | rebound.example:8000 |
      | X-Forwarded-For | 192.0.2.7            |
      | Forwarded       | for=192.0.2.7        |

  @server/open/not-to-other-pages @thorough
  Scenario: server.open lets no page of another origin in, unless that is listed
    Given pages of http://localhost:5173 may ask an open server
    And a server is running
    When pages ask, and are answered so:
      | request      | origin                | status | allowed origin        | vary   |
      | query        | its own               | 200    |                       | Origin |
      | query        | http://localhost:5173 | 200    | http://localhost:5173 | Origin |
      | query        | https://evil.example  | 401    |                       | Origin |
      | query        | null                  | 401    |                       | Origin |
      | deployment   | https://evil.example  | 401    |                       | Origin |
      | query by GET | http://localhost:5174 | 401    |                       | Origin |
    Then nothing changed

  @server/open/needs-the-loopback-address
  Scenario: A server that is open does not listen to the network
    Then the server does not start on "0.0.0.0" and says "insecure-address"
