@any-database
Feature: No delivery can hurt the receiver

  Background:
    Given pushes of "main" deploy "shop" to "production"
    And a server is running

  @webhook/hostile/malformed-body-is-a-client-error @shared
  Scenario Outline: A body that is <what>
    When a signed body that is <what> is delivered
    Then the request is refused with 400 and "malformed-payload"
    And nothing changed

    Examples:
      | what                    |
      | nothing                 |
      | null                    |
      | an array                |
      | a number                |
      | half an object          |
      | no UTF-8                |
      | deep nesting            |
      | a push without a commit |
      | a push with numbers     |
      | a commit of words       |
      | a NUL in the branch     |
      | half a surrogate        |

  @webhook/hostile/odd-values-are-no-server-error
  Scenario Outline: A push where <key> is <value>
    When a push is delivered where <key> is <value>
    Then it is no server error

    Examples:
      | key        | value            |
      | repository | null             |
      | repository | []               |
      | repository | {"clone_url": 7} |
      | sender     | null             |
      | sender     | {"login": [1]}   |
      | before     | 1e400            |
      | deleted    | "perhaps"        |
      | ref        | {}               |

  @webhook/hostile/large-body-is-refused @shared
  Scenario: A body over the limit
    When a signed body of 6 MiB is delivered
    Then the request is refused with 413 and "body-too-large"
    And nothing changed

  @webhook/hostile/large-body-is-refused @thorough
  Scenario: A large body below the limit is taken
    When a signed body of 4 MiB is delivered
    Then it is accepted for "shop/production"

  @webhook/hostile/other-media-types-are-refused @shared
  Scenario Outline: A body that says to be <kind>
    When a push is delivered with the content type "<kind>"
    Then the request is refused with 415 and "unsupported-media-type"
    And nothing changed

    Examples:
      | kind                |
      | text/plain          |
      | multipart/form-data |

  @webhook/hostile/unknown-provider-is-refused @shared
  Scenario Outline: A delivery for <path>
    When a push is delivered to "<path>"
    Then the request is refused with 400 and "unknown-webhook-provider"
    And nothing changed

    Examples:
      | path                                       |
      | /webhook?provider=sourcehut                |
      | /webhook?provider=gitlab                   |
      | /webhook?provider=                         |
      | /webhook?provider=github&provider=github   |

  @webhook/hostile/unknown-provider-is-refused
  Scenario: The forge is named in the query
    When a push is delivered to "/webhook?provider=github"
    Then it is accepted for "shop/production"

  @webhook/hostile/unknown-provider-is-refused @thorough
  Scenario: Headers of no forge
    When a push is delivered without the header "X-GitHub-Event"
    Then the request is refused with 400 and "unknown-webhook-provider"

  @webhook/hostile/imitated-headers-are-seen-through @shared
  Scenario Outline: <header> beside GitHub's headers is not GitHub
    When a push is delivered with the header "<header>" beside GitHub's
    Then the request is refused with 400 and "unknown-webhook-provider"
    And nothing changed

    Examples:
      | header          |
      | X-Gitea-Event   |
      | X-Forgejo-Event |

  @webhook/hostile/delivery-id-is-checked @shared
  Scenario Outline: A delivery whose id is <what>
    When a push is delivered whose id is <what>
    Then the request is refused with 400 and "malformed-payload"
    And nothing changed

    Examples:
      | what                    |
      | missing                 |
      | empty                   |
      | of 3000 random letters  |

  @webhook/hostile/stored-whatever-it-holds
  Scenario Outline: A good push that also holds <what>
    When a push is delivered that also holds <what>
    Then it is accepted for "shop/production"

    Examples:
      | what                  |
      | a NUL                 |
      | half a surrogate      |
      | a very large number   |
      | a number with 4000 digits |
