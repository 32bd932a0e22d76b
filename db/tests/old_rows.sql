-- Rows of every kind in a database of version 0.1; good for every dialect.
INSERT INTO tb_deployment_request
    (id, fraise, environment, requested_at, requested_by, trigger_type, status, git_commit, target_config)
VALUES
    (3, 'shop', 'production', '2025-03-01 10:00:00', 'ann', 'webhook', 'completed', 'abc', '{"port": 1}'),
    (4, 'shop', 'production', '2025-03-02T12:00:00+02:00', 'bob', 'cron', 'pending', NULL, 'no json'),
    (5, 'shop', 'production', '2025-03-03T10:00:00Z', 'bob', 'manual', 'pending', NULL, NULL),
    (6, 'mail', 'staging', '2025-03-03T10:00:00.123456', NULL, 'api', 'processing', NULL, NULL);
INSERT INTO tb_deployment
    (id, fk_request, fraise, environment, started_at, completed_at, duration_seconds, old_version,
     new_version, status, git_commit, details)
VALUES
    (7, 3, 'shop', 'production', '2025-03-01 10:00:01', '2025-03-01 10:00:31', 30.5, '1.0', '1.1',
     'success', 'abc', '{"note": 1}'),
    (8, 6, 'mail', 'staging', '2025-03-04', NULL, NULL, NULL, NULL, 'in_progress', NULL, 'plain text'),
    (9, NULL, 'shop', 'production', '2025-03-05', '2025-03-05', 1, NULL, NULL, 'failed', NULL, NULL),
    (10, 3, 'shop', 'production', '2025-03-06', '2025-03-06', 1, NULL, NULL, 'rolled_back', NULL, NULL);
INSERT INTO tb_fraise_state
    (id, fraise, environment, current_version, last_deployed_at, status, target_provider)
VALUES (2, 'shop', 'production', '1.1', '2025-03-01 10:00:31', 'healthy', 'coolify');
INSERT INTO tb_webhook_event
    (id, received_at, provider, event_type, branch, payload, processed, fk_deployment)
VALUES
    (11, '2025-03-01 09:59:59', 'GitHub', 'push', 'main', '{}', 1, 7),
    (12, '2025-03-01 09:59:59', 'gitlab', 'Merge Request Hook', NULL, '{}', 0, NULL);
