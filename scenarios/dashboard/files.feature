Feature: The files of the dashboard
  They hold no data, so they need no token; and no request becomes a path of the machine.

  Background:
    Given a registry of one fraise

  @dashboard/files/are-served
  Scenario Outline: <path> is there
    Given a server is running
    When GET "<path>" is sent
    Then the response has status 200
    And the header "content-type" is "<type>"
    And the header "x-content-type-options" is "nosniff"
    And the header "cache-control" is "no-cache"

    Examples:
      | path                     | type                           |
      | /                        | text/html; charset=utf-8       |
      | /graphiql                | text/html; charset=utf-8       |
      | /dashboard/app.js        | text/javascript; charset=utf-8 |
      | /dashboard/style.css     | text/css; charset=utf-8        |
      | /dashboard/icon.svg      | image/svg+xml                  |
      | /dashboard/live.js       | text/javascript; charset=utf-8 |

  @dashboard/files/strict-policy
  Scenario Outline: The page at <path> may load nothing from elsewhere
    Given a server is running
    When GET "<path>" is sent
    Then its policy allows scripts of this server only, and no frame around it
    And it has no script or style of its own

    Examples:
      | path      |
      | /         |
      | /graphiql |

  @dashboard/files/known-is-not-sent-again
  Scenario: What the browser has is not sent again
    Given a server is running
    When GET "/dashboard/app.js" is sent
    And it is asked for again with its ETag
    Then the response has status 304

  @dashboard/files/allow-list
  Scenario Outline: There is nothing at <path>
    Given a server is running
    When GET "<path>" is sent
    Then the request is refused with 404 and "not-found"

    Examples:
      | path                                   |
      | /dashboard/../impl.yaml                |
      | /dashboard/%2e%2e/py/impl.yaml         |
      | /dashboard/..%2fpy%2fimpl.yaml         |
      | /dashboard//etc/passwd                 |
      | /dashboard/graphiql/packages.json      |
      | /dashboard/                            |

  @dashboard/files/need-no-token
  Scenario: The page comes without a token, what it shows does not
    Given the server asks for a token
    And a server is running
    When GET "/" is sent
    Then the response has status 200
    And the response does not mention "shop"
    When a query is asked for without a token
    Then the request is refused with 401 and "unauthorized"

  @dashboard/files/can-be-switched-off
  Scenario Outline: Without the dashboard there is nothing at <path>
    Given the registry has no dashboard
    And a server is running
    When GET "<path>" is sent
    Then the request is refused with 404 and "not-found"

    Examples:
      | path                |
      | /                   |
      | /graphiql           |
      | /dashboard/app.js   |

  @dashboard/files/tells-the-scopes
  Scenario: The answer says what the asker may do
    Given the server asks for a token
    And a server is running
    When a query is asked for with the token
    Then the response has status 200
    And the header "fraisier-scopes" is "admin deploy read"
