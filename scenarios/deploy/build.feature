Feature: A release is built before anything is switched

  @deploy/build/failure-leaves-the-old-release
  Scenario: The build fails
    Given a service "shop" for "production"
    And version "1.0" is deployed to "shop/production"
    And the next builds fail and print a secret
    And version "2.0" is committed
    When "shop/production" is deployed
    Then the deployment command exits with 1
    And the last deployment ended as "failed" because of "build-failed"
    And its message says "exit status 3"
    And "shop/production" serves version "1.0"

  @deploy/build/secrets-are-masked
  Scenario: The build prints a secret
    Given a service "shop" for "production"
    And the next builds fail and print a secret
    And version "1.0" is committed
    When "shop/production" is deployed
    Then its message says "the compiler is ***"
    And no secret is anywhere in the output, the history or the database
