Feature: What is pushed is what runs
  git itself pushes over HTTP to a repository whose hook signs and tells, as a forge does;
  the deployment fetches over the same transport.

  Background:
    Given a service "shop" for "production"
    And version "1.0" is committed
    And the repository is at a forge that takes pushes and tells of them
    And a server with its observer
    And its webhooks go to the server

  @webhook/pushes/pushed-commit-runs
  Scenario: git push of a mapped branch
    When version "2.0" is pushed
    Then the forge was answered:
      | ref             | status | outcome  |
      | refs/heads/main | 202    | accepted |
    And the commit of "2.0" runs in "shop/production"

  @webhook/pushes/pushed-commit-runs @thorough
  Scenario: The commit that was told of, and not the head that nobody told of
    Given the next builds wait
    When the build has begun to wait
    And version "2.0" is pushed
    And the webhooks of the forge are lost
    And version "3.0" is pushed
    And the build may go on
    Then the commit of "2.0" runs in "shop/production"

  @webhook/pushes/newest-push-runs @thorough
  Scenario: Three pushes, one upon the other
    When version "2.0" is pushed
    And version "3.0" is pushed
    And version "4.0" is pushed
    Then the commit of "4.0" runs in "shop/production"

  @webhook/pushes/nothing-else-runs @thorough
  Scenario: A tag called main, another branch, and its deletion
    Given version "1.5" is deployed to "shop/production"
    When the tag "main" is pushed
    And version "9.0" is pushed to "feature/cake"
    And the branch "feature/cake" is deleted
    Then the forge was answered:
      | ref                     | status | outcome           |
      | refs/heads/main         | 202    | accepted          |
      | refs/tags/main          | 200    | tag-not-mapped    |
      | refs/heads/feature/cake | 200    | branch-not-mapped |
      | refs/heads/feature/cake | 200    | branch-deleted    |
    And "shop/production" serves version "1.5"
