@core
Feature: A delivery counts once, whatever happens around it

  Background:
    Given pushes of "main" deploy "shop" to "production, staging"
    And a server is running

  @webhook/github/redelivery-deploys-once
  Scenario: The same delivery many times at once
    When the same push of "main" is delivered 20 times at once
    Then all deliveries got the same answer
    And exactly these changed:
      | table                 | added |
      | tb_webhook_event      | 1     |
      | tb_deployment_request | 2     |
      | tb_deployment         | 2     |
      | tb_event              | 3     |

  @webhook/github/redelivery-deploys-once @thorough
  Scenario: The delivery comes again after the server was killed and started anew
    Given a push of "main" at "00112233445566778899aabbccddeeff00112233" was delivered as "one"
    When the server is killed and started anew
    And a push of "main" at "00112233445566778899aabbccddeeff00112233" is delivered as "one"
    Then both deliveries got the same answer

  @webhook/github/signature-is-over-the-raw-body
  Scenario: A body with odd white space, signed as it is
    When a push with odd white space is delivered
    Then it is accepted for "shop/production, shop/staging"

  @webhook/github/same-body-is-the-same-delivery @thorough
  Scenario: The same body under another id is the same delivery
    Given a push of "main" at "00112233445566778899aabbccddeeff00112233" was delivered as "one"
    When the same body comes again with another id
    Then both deliveries got the same answer
    And nothing changed
