@any-database
Feature: Hooks run around a deployment

  @deploy/hooks/run-around-the-switch @thorough
  Scenario: Before the switch and after the success
    Given a service "shop" for "production"
    And a hook "before" of "shop" that "takes a note"
    And a hook "after" of "shop" that "takes a note"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And its steps are:
      | step      | state     |
      | preflight | succeeded |
      | fetch     | succeeded |
      | build     | succeeded |
      | before    | succeeded |
      | switch    | succeeded |
      | health    | succeeded |
      | after     | succeeded |
    And the hooks have noted:
      | hook   | status      | code | kind   |
      | before | in_progress | -    | deploy |
      | after  | success     | -    | deploy |

  @deploy/hooks/failure-before-the-switch-leaves-the-old-release @deploy/hooks/failure-hooks-know-why @thorough
  Scenario: A hook before the switch fails
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And a hook "before" of "shop" that "fails"
    And a hook "on_failure" of "shop" that "takes a note"
    And version "2.0" is committed
    When "shop/production" is deployed
    Then it is told "hook-failed"
    And the last deployment ended as "failed" because of "hook-failed"
    And its message says "the hook gives up"
    And "shop/production" serves version "1.0"
    And the hooks have noted:
      | hook       | status | code        | kind   |
      | on_failure | failed | hook-failed | deploy |

  @deploy/hooks/failure-hooks-know-why @thorough
  Scenario: The release is rolled back
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And a hook "on_failure" of "shop" that "takes a note"
    And version "2.0" that is "unhealthy" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "rolled_back" because of "health-check-failed"
    And "shop/production" serves version "1.0"
    And the hooks have noted:
      | hook       | status      | code                | kind   |
      | on_failure | rolled_back | health-check-failed | deploy |

  @deploy/hooks/failure-after-the-end-changes-nothing @thorough
  Scenario: A hook after the success fails
    Given a service "shop" for "production"
    And a hook "after" of "shop" that "fails"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the deployment command exits with 0
    And the last deployment ended as "success"
    And the step "after" is "failed"
    And "shop/production" serves version "1.0"

  @deploy/hooks/failure-after-the-end-changes-nothing @thorough
  Scenario: A hook after the failure fails
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And a hook "on_failure" of "shop" that "fails"
    And version "2.0" that is "unhealthy" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "rolled_back" because of "health-check-failed"
    And the step "on_failure" is "failed"
    And "shop/production" serves version "1.0"

  @deploy/hooks/rollbacks-run-them-too @thorough
  Scenario: A rollback
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And version "2.0" is deployed to "shop/production"
    And a hook "before" of "shop" that "takes a note"
    And a hook "after" of "shop" that "takes a note"
    When "shop/production" is rolled back
    Then the last deployment ended as "success"
    And the hooks have noted:
      | hook   | status      | code | kind     |
      | before | in_progress | -    | rollback |
      | after  | success     | -    | rollback |

  @deploy/hooks/environment-replaces @thorough
  Scenario: The hooks of an environment take the place of those of its fraise
    Given a service "shop" for "production"
    And a hook "before" of "shop" that "fails"
    And a hook "after" of "shop" that "takes a note"
    And a hook "before" of the environment "shop/production" that "takes a note"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then the last deployment ended as "success"
    And the hooks have noted:
      | hook   | status      | code | kind   |
      | before | in_progress | -    | deploy |
      | after  | success     | -    | deploy |

  @deploy/hooks/secrets-are-masked @thorough
  Scenario: A hook prints a secret
    Given a service "shop" for "production"
    And the next builds fail and print a secret
    And builds are counted
    And a hook "before" of "shop" that "prints a secret and fails"
    And version "1.0" is committed
    When "shop/production" is deployed
    Then its message says "the hook knows ***"
    And the output of the command says "the hook knows ***"
    And no secret is anywhere in the output, the history or the database

  @deploy/hooks/interrupted-hook-runs-again @thorough
  Scenario: The observer is killed in the middle of a hook
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And a hook "before" of "shop" that "waits"
    And a hook "after" of "shop" that "takes a note"
    And version "2.0" is committed
    And an observer with a lease of 1 seconds
    When a deployment of "shop/production" is requested
    And the hook has begun to wait
    And the observer is killed
    And the hook may go on
    And an observer with a lease of 5 seconds starts
    Then deployment 1 ends as "success"
    And "shop/production" serves version "2.0"
    And the hooks have noted:
      | hook  | status  | code | kind   |
      | after | success | -    | deploy |
