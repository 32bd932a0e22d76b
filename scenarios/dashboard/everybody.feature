@lab-browser @once
Feature: The dashboard is for everybody
  Without a mouse, on a telephone, in the dark, and for who cannot see it.

  Background:
    Given a dashboard of shop and mail
    And shop/production has this past:
      | end     | version | branch                                                                            | by  |
      | success | 1.0.0   | main                                                                              | bob |
      | failed  | 2.0.0   | a-branch-with-a-name-that-is-longer-than-any-telephone-is-wide-and-has-no-blanks  | bob |

  @dashboard/everybody/audit @thorough
  Scenario Outline: <page> in the <scheme>
    Given the window is 1200 pixels wide and <scheme>
    When the page "<page>" is opened
    Then an audit of accessibility finds nothing

    Examples:
      | page                      | scheme |
      | /                         | light  |
      | /                         | dark   |
      | #/history                 | light  |
      | #/history                 | dark   |
      | #/deployment/{deployment} | light  |
      | #/deployment/{deployment} | dark   |
      | #/statistics              | light  |
      | #/statistics              | dark   |
      | #/webhooks                | light  |

  @dashboard/everybody/audit
  Scenario: A dialog
    Given the window is 1200 pixels wide and light
    When the page "/" is opened
    And "Deploy shop/production …" is pressed
    Then the page says "Now serving:"
    And an audit of accessibility finds nothing

  @dashboard/everybody/keyboard
  Scenario: Deploy with the keyboard alone
    When the page "/" is opened
    And "Deploy shop/production …" is reached with the Tab key and pressed with Enter
    Then the page says "Now serving:"
    When the key Escape is pressed
    Then the focus is on "Deploy shop/production …"
    When the key Enter is pressed
    Then the focus is on "Deploy to production"
    When the key Enter is pressed
    Then shop/production has 1 deploy that waits

  @dashboard/everybody/narrow
  Scenario Outline: <page> on 320 pixels
    Given the window is 320 pixels wide and light
    When the page "<page>" is opened
    Then nothing has to be scrolled sideways

    Examples:
      | page                      |
      | /                         |
      | #/history                 |
      | #/deployment/{deployment} |
      | #/statistics              |
      | #/webhooks                |
