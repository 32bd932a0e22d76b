@octokit @thorough @forges
Feature: GitHub's genuine webhooks are understood
  The examples of GitHub's own package; `make payloads` fetches them.

  Background:
    Given every forge is known
    And a server is running

  @webhook/github/genuine-webhooks-are-understood
  Scenario Outline: Every genuine <event>
    When each of the <count> genuine "<event>" webhooks is delivered
    Then each was taken as what it is, and deployed nothing

    Examples:
      | event  | count |
      | push   | 7     |
      | ping   | 4     |
      | create | 5     |
      | delete | 4     |

  @webhook/github/genuine-webhooks-are-understood
  Scenario: One of every other event
    When one genuine webhook of each of the 54 other events is delivered
    Then each was taken as what it is, and deployed nothing
