Feature: The tables and views that the product document prints
  Each column is there under the name printed; more columns may be.

  @database/product-document/tables
  Scenario Outline: Columns of <table>
    Then <table> has the columns <columns>

    Examples:
      | table                 | columns                                                                                                                                                                                                    |
      | tb_deployment_request | id, fraise, environment, requested_at, requested_by, trigger_type, status, git_branch, git_commit, target_provider, target_config                                                                          |
      | tb_deployment         | id, fk_request, fraise, environment, started_at, completed_at, duration_seconds, old_version, new_version, status, target_provider, git_commit, git_branch, error_message, details                          |
      | tb_fraise_state       | id, fraise, environment, current_version, last_deployed_at, last_deployed_by, status, target_provider                                                                                                       |
      | tb_webhook_event      | id, received_at, provider, event_type, branch, commit_sha, sender, payload, processed                                                                                                                      |

  @database/product-document/views
  Scenario Outline: Columns of <view>
    Then <view> has the columns <columns>

    Examples:
      | view                 | columns                                                                                                                              |
      | v_fraise_status      | fraise, environment, current_version, status, target_provider, last_deployed_at, last_deploy_duration, last_git_commit               |
      | v_deployment_history | id, fraise, environment, started_at, completed_at, duration_seconds, version_change, status, target_provider, git_commit, error_message |
      | v_deployment_stats   | fraise, environment, total, successful, failed, avg_duration, success_rate                                                           |

  @database/product-document/views-have-data
  Scenario Outline: <view> has the engine's column
    Then <view> has the columns data

    Examples:
      | view                 |
      | v_fraise             |
      | v_environment        |
      | v_fraise_status      |
      | v_deployment         |
      | v_deployment_history |
      | v_deployment_stats   |
      | v_deployment_step    |
      | v_release            |
      | v_recent_webhooks    |
      | v_event              |
