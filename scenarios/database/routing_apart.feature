Feature: Why one webhook deploys nothing is nothing to another
  The reason is found among the changes, targets and requests of the webhook itself.

  Background:
    Given the registry is synced with the document:
      """
      {"fraises": [
         {"name": "shop", "type": "api", "environments": [
           {"name": "production", "provider": "local", "paths": ["lib/"]},
           {"name": "staging", "provider": "local"}]},
         {"name": "blog", "type": "api", "environments": [{"name": "production", "provider": "local"}]}],
       "branch_mapping": [
         {"branch": "main", "fraise": "shop", "environment": "production"},
         {"branch": "dev", "fraise": "shop", "environment": "staging"}],
       "settings": {"queue_limit": 1}}
      """

  @database/routing/one-reason
  Scenario Outline: A push to no environment after one that was <what>, <first>
    Given <before>
    When a webhook arrives with:
      | delivery_id | command_id | branch   | commit_sha | paths   |
      | d1          | <first>    | <branch> | abc0001    | ["doc"] |
    Then the entity has:
      | ignored_reason | <reason> |
    When a webhook arrives with:
      | delivery_id | command_id | branch | commit_sha |
      | d2          | c5         | wild   | abc0002    |
    Then the answer is "ignored"
    And the entity has:
      | ignored_reason | branch-not-mapped |

    Examples:
      | what     | first | branch | before                          | reason            |
      | accepted | c1    | dev    | A of blog/production has failed | null              |
      | left out | c1    | main   | A of blog/production has failed | paths-not-touched |
      | too many | c1    | dev    | A of blog/production is waiting | queue-full        |
      | too many | c9    | dev    | A of blog/production is waiting | queue-full        |

  @database/routing/every-change-counts
  Scenario: A change that is the only one counts, whatever the event says besides
    When a webhook arrives with:
      | delivery_id | branch | changes                                                                                           |
      | d1          | wild   | [{"event_type": "push", "branch": "dev", "tag": null, "before": null, "commit_sha": "abc0007"}] |
    Then the answer is "accepted"
    And d1:shop/staging shows:
      | git_branch | dev     |
      | git_commit | abc0007 |
