@any-database
Feature: What two programs could read in two ways is refused
  A proxy in front of the receiver may see another end of a request, or another header,
  than the receiver does.

  Background:
    Given pushes of "main" deploy "shop" to "production"
    And a server is running

  @webhook/unclear/repeated-headers-are-refused @shared
  Scenario Outline: A push <way>
    When a signed push goes out <way>
    Then the request is refused with 400 and "duplicate-header"
    And nothing changed

    Examples:
      | way                    |
      | with two signatures    |
      | with two events        |
      | with two delivery ids  |
      | with two content types |
      | for two hosts          |

  @webhook/unclear/ends-of-requests-are-certain @shared
  Scenario Outline: A push that ends nowhere for sure: <way>
    When a signed push goes out <way>
    Then the request is refused with 400 and "bad-request"
    And nothing changed

    Examples:
      | way                              |
      | with a length and chunks         |
      | with two lengths                 |
      | in compressed chunks             |
      | in chunks of HTTP/1.0            |
      | in chunks without a size         |
      | with a wish for another protocol |
      | with a folded header             |

  @webhook/unclear/compressed-bodies-are-refused @shared
  Scenario: A push that says to be compressed
    When a signed push goes out compressed
    Then the request is refused with 415 and "unsupported-media-type"
    And nothing changed

  @webhook/unclear/forms-have-one-payload @shared
  Scenario Outline: A form <what>
    When a signed form <what> is delivered
    Then the request is refused with 400 and "malformed-payload"
    And nothing changed

    Examples:
      | what                      |
      | with two payloads         |
      | with semicolons           |
      | without a payload         |
      | of bytes that are no text |

  @webhook/unclear/json-is-strict @shared
  Scenario: A push that also holds what is no number
    When a push is delivered that also holds what is no number
    Then the request is refused with 400 and "malformed-payload"
    And nothing changed

  @webhook/hostile/odd-values-are-no-server-error @thorough
  Scenario: A push that also holds a number with 5000 digits
    When a push is delivered that also holds a number with 5000 digits
    Then it is no server error

  @webhook/unclear/usual-ways-are-taken
  Scenario Outline: A push <way> is a push
    When a signed push goes out <way>
    Then it is accepted for "shop/production"

    Examples:
      | way                         |
      | in chunks                   |
      | in HTTP/1.0                 |
      | when it is told to continue |
