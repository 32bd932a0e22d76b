@lab-browser
Feature: The overview
  What somebody who was woken up needs: what is broken, since when, by which commit, by whom.

  Background:
    Given a dashboard of shop and mail

  @dashboard/overview/what-runs-where @server/dashboard/is-served @core
  Scenario: Every environment with what serves there
    Given shop/production has this past:
      | end     | version | by    |
      | success | 1.0.0   | alice |
      | success | 1.1.0   | bob   |
    When the page "/" is opened
    Then in "shop api" it says "1.1.0"
    And in "shop api" it says "bob, by a push"
    And in "shop api" it says "healthy"
    And in "mail worker" it says "Nothing is deployed."
    And the page says "Nothing is broken in 3 environments."
    And a time has the title "UTC" in UTC
    And the browser asked this server only and complains of nothing

  @dashboard/overview/what-is-broken
  Scenario: A push broke the build
    Given shop/production has this past:
      | end     | version | branch | by    | message                       |
      | success | 1.0.0   | main   | alice |                               |
      | failed  | 2.0.0   | main   | bob   | make: *** [all] Error 2       |
    When the page "/" is opened
    Then in "One environment needs attention" it says "failed to deploy at"
    And in "One environment needs attention" it says "1.0.0 is serving"
    And in "One environment needs attention" it says "bob, by a push"
    And in "One environment needs attention" it says "make: *** [all] Error 2"

  @dashboard/overview/what-is-broken
  Scenario: A release that deployed well is down
    Given shop/production has this past:
      | end     | version |
      | success | 1.0.0   |
      | success | 2.0.0   |
    And shop/production is down
    When the page "/" is opened
    Then in "One environment needs attention" it says "is down"
    When "Roll back shop/production to 1.0.0 …" is pressed in "One environment needs attention"
    Then the page says "Roll shop / production back to 1.0.0?"

  @dashboard/overview/text-is-text
  Scenario Outline: <place> that would like to be a script
    Given shop/production has this past:
      | end    | version | branch   | by   | message   |
      | failed | 1.0.0   | <branch> | <by> | <message> |
    When the page "<page>" is opened
    Then the page says "<text>"
    And nothing of it became more than text
    And the browser asked this server only and complains of nothing

    Examples:
      | place     | page                      | branch                                 | by                             | message                                | text                                   |
      | A branch  | /                         | <img src=x onerror=window.attacked=1>  | alice                          | no                                     | <img src=x onerror=window.attacked=1>  |
      | A sender  | #/history                 | main                                   | "><script>attacked=1</script>  | no                                     | <script>attacked=1</script>            |
      | A message | #/deployment/{deployment} | main                                   | alice                          | <iframe srcdoc="<script>1</script>">   | <iframe srcdoc="<script>1</script>">   |

  @dashboard/overview/shows-changes
  Scenario: What happens meanwhile appears, and is said aloud
    Given a deployment of mail/production is running step "build"
    And the page "/" is open
    And the page says "running"
    When the deployment ends with "success"
    Then in "mail worker" it says "9.9.9"
    And who cannot see it is told "mail production: healthy, last deployment succeeded"
    And the page was not loaded again

  @dashboard/overview/server-is-away
  Scenario: The server goes away while the page is open
    Given shop/production has this past:
      | end     | version |
      | success | 1.0.0   |
    And the page "/" is open
    And the page says "1.0.0"
    When the server is stopped for a while
    Then the page says "The server cannot be reached."
    And the page says "1.0.0"
