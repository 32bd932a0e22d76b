-- Generated from spec/errors.yaml: what each refusal of an fn_* means.
CREATE VIEW v_error_code (code, error_class, http_status, exit_status, definite) AS
VALUES
    ('invalid-argument', 'validation', 400, 2, 1),
    ('unknown-fraise', 'not_found', 404, 3, 1),
    ('unknown-environment', 'not_found', 404, 3, 1),
    ('unknown-deployment', 'not_found', 404, 3, 1),
    ('unknown-version', 'not_found', 404, 3, 1),
    ('no-earlier-release', 'conflict', 409, 4, 1),
    ('already-current', 'conflict', 409, 4, 1),
    ('deployment-held', 'conflict', 409, 4, 1),
    ('deployment-finished', 'conflict', 409, 4, 1),
    ('past-point-of-no-return', 'conflict', 409, 4, 1),
    ('not-claimable', 'conflict', 409, 4, 1),
    ('queue-full', 'rate_limited', 429, 4, 1),
    ('migration-not-reversible', 'conflict', 409, 4, 1),
    ('unknown-webhook', 'not_found', 404, 3, 1),
    ('unknown-token', 'not_found', 404, 3, 1),
    ('token-exists', 'conflict', 409, 4, 1),
    ('unknown-notification', 'not_found', 404, 3, 1),
    ('lease-lost', 'conflict', 409, 4, 1),
    ('cancel-requested', 'conflict', 409, 4, 1),
    ('step-not-started', 'conflict', 409, 4, 1),
    ('step-finished', 'conflict', 409, 4, 1);
