@any-database
Feature: Only who knows the secret may deliver

  Background:
    Given pushes of "main" deploy "shop" to "production"
    And a server is running

  @webhook/github/bad-signature-is-rejected @stateless
  Scenario: Signed with another secret
    When a push signed with another secret is delivered
    Then the request is refused with 401 and "bad-signature"
    And nothing changed

  @webhook/github/bad-signature-is-rejected @stateless
  Scenario: Changed after it was signed
    When a push with the signature of another body is delivered
    Then the request is refused with 401 and "bad-signature"
    And nothing changed

  @webhook/github/bad-signature-is-rejected @stateless
  Scenario Outline: The signature "<value>" is none
    When a push with the signature "<value>" is delivered
    Then the request is refused with 401 and "bad-signature"
    And nothing changed

    Examples:
      | value                                                                    |
      | sha256=                                                                  |
      | sha256=00                                                                |
      | sha1=0000000000000000000000000000000000000000                            |
      | sha512=0000000000000000000000000000000000000000000000000000000000000000  |
      | sha256=ünlesbar                                                          |
      | sha256=zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz  |
      | 0000000000000000000000000000000000000000000000000000000000000000         |

  @webhook/github/missing-signature-is-rejected @stateless
  Scenario: No signature at all
    When a push without a signature is delivered
    Then the request is refused with 401 and "missing-signature"
    And nothing changed

  @webhook/github/missing-signature-is-rejected @stateless
  Scenario: The older SHA-1 signature does not count
    When a push with only the older signature "sha1=0000000000000000000000000000000000000000" is delivered
    Then the request is refused with 401 and "missing-signature"
    And nothing changed

  @webhook/graphql/gate-checks-the-signature
  Scenario Outline: processWebhook with <kind> signature
    When processWebhook is asked with <kind> signature
    Then the response has <success> at data.processWebhook.success
    And the response has "<code>" at data.processWebhook.code

    Examples:
      | kind    | success | code              |
      | a right | true    | accepted          |
      | a wrong | false   | bad-signature     |
      | no      | false   | missing-signature |
