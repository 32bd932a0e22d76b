@lab-browser
Feature: Who sees and does what on the dashboard

  Background:
    Given a dashboard of shop and mail that asks for a token

  @dashboard/access/asks-for-a-token @core
  Scenario: The dashboard asks for a token, and forgets it
    When the page "/" is opened
    Then the page says "A token is needed"
    And the page does not say "mail"
    When "a-token-that-nobody-made" is written into "Token"
    And "Show the dashboard" is pressed
    Then the page says "The server does not accept this token (401)."
    When "the token" is written into "Token"
    And "Show the dashboard" is pressed
    Then the page says "Nothing is broken in 3 environments."
    And the token is kept in this window only
    And the browser asked this server only and complains of nothing
    When "Forget the token" is pressed
    Then the page says "A token is needed"
    And the token is kept nowhere

  @dashboard/access/buttons-for-the-scope
  Scenario: A token that may only read sees no button that changes something
    Given a token with the scope "read"
    When the page "/" is opened with that token
    Then the page says "Read only"
    And there is no button "Deploy"
    And there is no button "Roll back"

  @dashboard/access/forbidden-is-said
  Scenario: A scope that is not there is named
    Given a token with the scope "deploy"
    When the page "/" is opened with that token
    Then the page says "it needs the scope "read""
