-- Generated from spec/errors.yaml: what each refusal of an fn_* means.
CREATE VIEW v_error_code (code, error_class, http_status, exit_status, definite) AS
VALUES
    ('invalid-argument', 'validation', 400, 2, TRUE),
    ('unknown-fraise', 'not_found', 404, 3, TRUE),
    ('unknown-environment', 'not_found', 404, 3, TRUE),
    ('unknown-deployment', 'not_found', 404, 3, TRUE),
    ('unknown-version', 'not_found', 404, 3, TRUE),
    ('no-earlier-release', 'conflict', 409, 4, TRUE),
    ('already-current', 'conflict', 409, 4, TRUE),
    ('deployment-held', 'conflict', 409, 4, TRUE),
    ('deployment-finished', 'conflict', 409, 4, TRUE),
    ('past-point-of-no-return', 'conflict', 409, 4, TRUE),
    ('not-claimable', 'conflict', 409, 4, TRUE),
    ('queue-full', 'rate_limited', 429, 4, TRUE),
    ('migration-not-reversible', 'conflict', 409, 4, TRUE),
    ('unknown-webhook', 'not_found', 404, 3, TRUE),
    ('unknown-token', 'not_found', 404, 3, TRUE),
    ('token-exists', 'conflict', 409, 4, TRUE),
    ('unknown-notification', 'not_found', 404, 3, TRUE),
    ('lease-lost', 'conflict', 409, 4, TRUE),
    ('cancel-requested', 'conflict', 409, 4, TRUE),
    ('step-not-started', 'conflict', 409, 4, TRUE),
    ('step-finished', 'conflict', 409, 4, TRUE);
