Feature: A push leads where the rules say
  Rules are names or patterns of branches and tags; each that matches counts.

  @webhook/routing/patterns @webhook/routing/every-rule-counts @webhook/routing/tags-by-their-own-rules
  Scenario: Names and patterns of branches and tags
    Given this routing:
      """
      fraises:
        shop:
          environments:
            production: {branch: main, tag: "v*"}
            preview: {branch: "feature/*"}
        mail:
          environments:
            production: {tag: nightly}
      branch_mapping:
        "release/?.x":
          - {fraise: shop, environment: production}
          - {fraise: mail, environment: production}
        "*/hot": {fraise: mail, environment: production}
        "feature/a*": {fraise: shop, environment: preview}
        "fix.1": {fraise: mail, environment: production}
      tag_mapping:
        "v1.*": {fraise: mail, environment: production}
      """
    And a server is running
    Then pushes lead where they should:
      | push                      | leads to                         |
      | refs/heads/main           | shop/production                  |
      | refs/heads/feature/x      | shop/preview                     |
      | refs/heads/feature/a/b/c  | shop/preview                     |
      | refs/heads/feature/hot    | shop/preview, mail/production    |
      | refs/heads/release/1.x    | shop/production, mail/production |
      | refs/heads/release/10.x   | branch-not-mapped                |
      | refs/heads/Feature/x      | branch-not-mapped                |
      | refs/heads/my/feature/x   | branch-not-mapped                |
      | refs/heads/fix.1          | mail/production                  |
      | refs/heads/fix-1          | branch-not-mapped                |
      | refs/heads/v1.0           | branch-not-mapped                |
      | refs/heads/nightly        | branch-not-mapped                |
      | refs/tags/v1.0            | shop/production, mail/production |
      | refs/tags/v2/beta         | shop/production                  |
      | refs/tags/nightly         | mail/production                  |
      | refs/tags/V1.0            | tag-not-mapped                   |
      | refs/tags/main            | tag-not-mapped                   |
      | refs/tags/feature/x       | tag-not-mapped                   |
    And every webhook is shown with what it led to

  @webhook/routing/paths-narrow-pushes
  Scenario: Several fraises in one repository
    Given this routing:
      """
      fraises:
        shop:
          paths: [services/shop/, "lib/*.py"]
          environments:
            production: {branch: main}
            preview: {branch: main, paths: ["*"]}
        mail:
          paths: ["mail?/", Makefile]
          environments:
            production: {branch: main}
      """
    And a server is running
    Then pushes lead where they should:
      | push            | touches                           | leads to                                       |
      | refs/heads/main | services/shop/a.py                | shop/production, shop/preview                  |
      | refs/heads/main | services/shop/deep/er/a.py        | shop/production, shop/preview                  |
      | refs/heads/main | services/shopping/a.py            | shop/preview                                   |
      | refs/heads/main | services/shop                     | shop/preview                                   |
      | refs/heads/main | my/services/shop/a.py             | shop/preview                                   |
      | refs/heads/main | lib/a.py                          | shop/production, shop/preview                  |
      | refs/heads/main | lib/deep/a.py                     | shop/production, shop/preview                  |
      | refs/heads/main | lib/a.pyc                         | shop/preview                                   |
      | refs/heads/main | docs/a.md, Makefile               | shop/preview, mail/production                  |
      | refs/heads/main | makefile                          | shop/preview                                   |
      | refs/heads/main | mail1/a, docs/b, services/shop/a  | shop/production, shop/preview, mail/production |

  @webhook/routing/paths-narrow-pushes @thorough
  Scenario: A push that touches nothing of the only fraise
    Given this routing:
      """
      fraises:
        shop: {paths: [src/], environments: {production: {branch: main}}}
      """
    And a server is running
    When a push that touches "docs/a.md" is delivered
    Then it is ignored because of "paths-not-touched"

  @webhook/routing/unknown-paths-deploy @thorough
  Scenario Outline: Nobody can say which files were touched: <how>
    Given this routing:
      """
      fraises:
        shop: {paths: [src/], environments: {production: {branch: main}}}
      """
    And a server is running
    When a push that does not tell its files is delivered: <how>
    Then it is accepted for "shop/production"

    Examples:
      | how                            |
      | no list of commits             |
      | a forced push                  |
      | a new branch                   |
      | fewer commits than were pushed |
      | a commit without files         |

  @webhook/providers/fraise-overrides-the-default @webhook/routing/repositories-are-compared
  Scenario: The forge and the repository of a fraise
    Given this routing:
      """
      fraises:
        shop:
          git: {repository: acme/shop}
          environments: {production: {branch: main}}
        intern:
          git: {provider: gitlab, base_url: "https://gitlab.example.com"}
          environments: {production: {branch: "*"}}
        mail:
          git: {provider: github}
          environments: {production: {branch: mail}}
      """
    And a server is running
    Then pushes lead where they should:
      | push            | repository | leads to         |
      | refs/heads/main | acme/shop  | shop/production  |
      | refs/heads/main | Acme/Shop  | shop/production  |
      | refs/heads/main | eve/shop   | other-repository |
      | refs/heads/mail | eve/mail   | mail/production  |
      | refs/heads/x    | acme/shop  | other-provider   |

  @webhook/routing/reason-of-the-furthest @thorough
  Scenario: The reason is that of the target that came furthest
    Given this routing:
      """
      fraises:
        shop:
          git: {repository: acme/shop}
          paths: [src/]
          environments: {production: {branch: main}}
        intern:
          git: {provider: gitlab}
          environments: {production: {branch: main}}
        other:
          git: {repository: acme/other}
          environments: {production: {branch: main}}
      """
    And a server is running
    Then pushes lead where they should:
      | push             | repository | touches | leads to          |
      | refs/heads/main  | acme/shop  | docs/a  | paths-not-touched |
      | refs/heads/main  | eve/shop   | docs/a  | other-repository  |
      | refs/heads/main  | acme/other | docs/a  | other/production  |
      | refs/heads/other | acme/shop  | docs/a  | branch-not-mapped |

  @webhook/branches/fast-forward-deploys-both @thorough
  Scenario: A fast-forward reaches each environment of a pattern and a name
    Given this routing:
      """
      fraises:
        shop:
          environments:
            preview: {branch: "*"}
            production: {branch: main}
      """
    And a server is running
    Then pushes lead where they should:
      | push            | leads to                      |
      | refs/heads/dev  | shop/preview                  |
      | refs/heads/main | shop/preview, shop/production |
