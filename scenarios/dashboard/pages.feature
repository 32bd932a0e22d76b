@lab-browser
Feature: The pages of the dashboard

  Background:
    Given a dashboard of shop and mail

  @dashboard/deployment/steps-live @core
  Scenario: A deployment's steps appear as they happen
    Given a deployment of shop/production is running step "build"
    And the page "#/deployment/{deployment}" is open
    And the page says "build has begun"
    When the worker says of step "build": started, 60 %, "linking everything"
    Then the page says "linking everything"
    When the worker says of step "build": succeeded, 100 %, "linked"
    Then who cannot see it is told "build done"
    When the deployment ends with "success"
    Then who cannot see it is told "Deployment succeeded"
    And the page says "Deploy again …"
    And the page was not loaded again
    And the browser asked this server only and complains of nothing

  @dashboard/deployment/says-why
  Scenario: A deployment that failed says why
    Given shop/production has this past:
      | end    | version | message                 |
      | failed | 1.0.0   | make: *** [all] Error 2 |
    When the page "#/deployment/{deployment}" is opened
    Then in "Why it ended like this" it says "build-failed"
    And in "Why it ended like this" it says "make: *** [all] Error 2"

  @dashboard/deployment/unknown-is-said
  Scenario: There is no such deployment
    When the page "#/deployment/00000000-0000-4000-8000-000000000000" is opened
    Then the page says "There is no deployment with this id."

  @dashboard/history/filters
  Scenario: The history is searched
    Given shop/production has this past:
      | end     | version | by    |
      | success | 1.0.0   | alice |
      | failed  | 2.0.0   | bob   |
      | success | 3.0.0   | bob   |
    And mail/production has this past:
      | end     | version | by    |
      | success | 4.0.0   | alice |
    When the page "#/history" is opened
    Then the table has 4 rows
    And row 1 is of "mail / production"
    When "shop" is chosen as "Fraise"
    Then the table has 3 rows
    When "succeeded" is chosen as "Outcome"
    Then the table has 2 rows
    When "alice" is written into "Words"
    Then the table has 1 rows
    And row 1 is of "1.0.0"

  @dashboard/history/further-back
  Scenario: Older deployments are a press away
    Given 30 deployments of shop/production were superseded
    When the page "#/history" is opened
    Then the table has 25 rows
    When "Look further back" is pressed
    Then the table has 30 rows

  @dashboard/statistics/figures-and-drawings
  Scenario: Figures, drawings, and the drawings as tables
    Given shop/production has this past:
      | end     | version |
      | success | 1.0.0   |
      | success | 2.0.0   |
      | failed  | 3.0.0   |
    When the page "#/statistics" is opened
    Then the page says "66.7 %"
    And the drawing "Deployments a day" shows 2 kinds
    And the drawing "How long they took" shows 3 deployments
    When "mail" is chosen as "Fraise"
    Then the page says "No deployment has ended yet."

  @dashboard/webhooks/reasons
  Scenario: A webhook that deployed nothing says why
    Given a push of "main" by "mallory" came for a repository of nobody
    When the page "#/webhooks" is opened
    Then row 1 is of "mallory"
    And row 1 is of "Nothing: other-repository"

  @dashboard/graphiql/asks
  Scenario: GraphiQL asks what is written in it
    When the page "/graphiql" is opened
    And "Execute query (Ctrl-Enter)" is pressed
    Then GraphiQL shows "production"
    And the browser asked this server only and complains of nothing
