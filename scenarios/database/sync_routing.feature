Feature: The registry holds what routing needs
  fn_sync_registry keeps rules of branches and tags, the forge of a fraise, paths and settings.

  @database/sync-registry/columns-are-as-written
  Scenario: What routing needs is kept and forgotten as the document has it
    Given the registry is synced with:
      | fraise | environment | branch | tag     | only_provider | paths       |
      | shop   | production  | main   | v* main | gitlab        | shop/ lib/* |
      | shop   | staging     |        |         | gitlab        |             |
    Then the answer is "synced"
    And the call wrote among others:
      | added | tb_ref_rule branch:main shop/production |
      | added | tb_ref_rule tag:v* shop/production      |
      | added | tb_ref_rule tag:main shop/production    |
    And tb_fraise shop has:
      | only_provider | gitlab |
    And tb_environment shop/production has:
      | paths | ["shop/", "lib/*"] |
    And tb_environment shop/staging has:
      | paths | null |
    And v_environment holds:
      | name       | data.branches |
      | production | ["main"]      |
      | staging    | []            |
    When the registry is synced with:
      | fraise | environment | branch | tag | paths |
      | shop   | production  | main   | v1  |       |
      | shop   | staging     |        |     | api/  |
    Then the answer is "synced"
    And tb_fraise shop has:
      | only_provider | null |
    And tb_environment shop/production has:
      | paths | null |
    And tb_environment shop/staging has:
      | paths | ["api/"] |
    And the call wrote among others:
      | removed | tb_ref_rule branch:main shop/production |
      | removed | tb_ref_rule tag:v* shop/production      |
      | removed | tb_ref_rule tag:main shop/production    |
      | added   | tb_ref_rule branch:main shop/production |
      | added   | tb_ref_rule tag:v1 shop/production      |

  @database/sync-registry/bad-documents-are-refused
  Scenario Outline: A document with <fault> is refused
    Given the usual registry
    When the registry is synced with the document:
      """
      {"fraises": [{"name": "shop", "type": "api", "environments": [{"name": "production", "provider": "local"}]}, {"name": "blog", "type": "api", "environments": []},
                   {"name": "tail", "type": "api", <fraise> "environments": [{"name": "production", "provider": "local"<environment>}]}]<more>}
      """
    Then it is refused with "invalid-argument" of "registry"
    And nothing was written

    Examples:
      | fault                          | fraise             | environment          | more                                                                                    |
      | a branch without a name        |                    |                      | , "branch_mapping": [{"fraise": "shop", "environment": "production"}]                  |
      | a branch of no name            |                    |                      | , "branch_mapping": [{"branch": "", "fraise": "shop", "environment": "production"}]    |
      | a branch with a class          |                    |                      | , "branch_mapping": [{"branch": "v[12]", "fraise": "shop", "environment": "production"}] |
      | a tag without a name           |                    |                      | , "tag_mapping": [{"branch": "v1", "fraise": "shop", "environment": "production"}]     |
      | a tag of no name               |                    |                      | , "tag_mapping": [{"tag": "", "fraise": "shop", "environment": "production"}]          |
      | a tag with a class             |                    |                      | , "tag_mapping": [{"tag": "[v]1", "fraise": "shop", "environment": "production"}]      |
      | a tag of an unknown fraise     |                    |                      | , "tag_mapping": [{"tag": "v1", "fraise": "chop", "environment": "production"}]        |
      | a tag of an unknown environment |                   |                      | , "tag_mapping": [{"tag": "v1", "fraise": "blog", "environment": "production"}]        |
      | a second rule that is wrong    |                    |                      | , "branch_mapping": [{"branch": "main", "fraise": "shop", "environment": "production"}, {"branch": "", "fraise": "shop", "environment": "production"}] |
      | paths that are a text          |                    | , "paths": "shop/"   |                                                                                         |
      | paths that are an object       |                    | , "paths": {}        |                                                                                         |
      | reconcile in words             | "reconcile": "yes",|                      |                                                                                         |
      | reconcile as a number          | "reconcile": 1,    |                      |                                                                                         |
      | no time to reconcile           |                    |                      | , "settings": {"reconcile_seconds": 0}                                                  |
      | too much time to reconcile     |                    |                      | , "settings": {"reconcile_seconds": 86401}                                              |
      | half a second to reconcile     |                    |                      | , "settings": {"reconcile_seconds": 1.5}                                                |
      | time to reconcile in words     |                    |                      | , "settings": {"reconcile_seconds": "300"}                                              |

  @database/sync-registry/columns-are-as-written
  Scenario Outline: A document with the settings <settings> is taken
    When the registry is synced with the document:
      """
      {"fraises": [{"name": "shop", "type": "api", "reconcile": null, "environments": [{"name": "production", "provider": "local", "paths": null}]}],
       "branch_mapping": [], "tag_mapping": null, "settings": <settings>}
      """
    Then the answer is "synced"
    And the row of the registry has:
      | reconcile_seconds | <seconds> |

    Examples:
      | settings                     | seconds |
      | {}                           | 300     |
      | null                         | 300     |
      | {"reconcile_seconds": null}  | 300     |
      | {"reconcile_seconds": 1}     | 1       |
      | {"reconcile_seconds": 86400} | 86400   |
