Feature: Tokens of the API are known by their digests
  fn_create_token and fn_revoke_token begin and end a token; v_token_grant says what is valid.

  @database/tokens/are-created
  Scenario: A token is created
    When fn_create_token is asked with:
      | name | digest                                                           | scopes                   | expires_seconds | actor |
      | ci   | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | ["admin","deploy","read"] | 60              | ann   |
    Then the answer is "created"
    And the message is "The token "ci" is created."
    And v_api_token holds:
      | name | state  | data.created_by | data.expires_at | data.revoked_at | data.last_used_at |
      | ci   | active | ann             | a time to come  | null            | null              |
    And v_token_grant holds:
      | digest                                                           | data.name | data.use_due |
      | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | ci        | true         |

  @database/tokens/are-created
  Scenario Outline: A token with <fault> is refused
    When fn_create_token is asked with:
      | name   | digest                                                           | scopes   | expires_seconds |
      | <name> | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | <scopes> | <seconds>       |
    Then it is refused with "invalid-argument" of "<argument>"

    Examples:
      | fault            | name    | scopes            | seconds   | argument        |
      | an empty name    | (empty) | ["read"]          | null      | name            |
      | a strange name   | a/b     | ["read"]          | null      | name            |
      | no scope         | ci      | []                | null      | scopes          |
      | a strange scope  | ci      | ["write"]         | null      | scopes          |
      | a scope twice    | ci      | ["read","read"]   | null      | scopes          |
      | no time          | ci      | ["read"]          | 0         | expires_seconds |
      | too much time    | ci      | ["read"]          | 315360001 | expires_seconds |

  @database/tokens/are-created
  Scenario: A name is taken until its token is revoked
    Given fn_create_token is asked with:
      | name | digest                                                           | scopes   |
      | ci   | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | ["read"] |
    When fn_create_token is asked with:
      | name | digest                                                           | scopes   |
      | ci   | bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb | ["read"] |
    Then it is refused with "token-exists"
    When fn_revoke_token is asked with:
      | name | actor |
      | ci   | bob   |
    Then the answer is "revoked"
    And v_api_token holds:
      | name | state   |
      | ci   | revoked |
    When fn_create_token is asked with:
      | name | digest                                                           | scopes   |
      | ci   | bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb | ["read"] |
    Then the answer is "created"

  @database/tokens/are-revoked
  Scenario: A token is revoked once
    Given fn_create_token is asked with:
      | name | digest                                                           | scopes   |
      | ci   | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | ["read"] |
    When fn_revoke_token is asked with:
      | name | actor |
      | ci   | bob   |
    Then the answer is "revoked"
    And the updated fields are state revoked_at revoked_by
    And v_api_token holds:
      | name | state   | data.revoked_by |
      | ci   | revoked | bob             |
    When fn_revoke_token is asked with:
      | name | actor |
      | ci   | eve   |
    Then the answer is "unchanged" and nothing changed
    When fn_revoke_token is asked with:
      | name |
      | none |
    Then it is refused with "unknown-token"
