-- Hands the fraise that has been due longest to a worker. Contract: db/README.md.
CREATE VIEW fn_claim_reconcile (worker, command_id) AS
SELECT NULL, NULL WHERE FALSE;

CREATE TRIGGER fn_claim_reconcile_call INSTEAD OF INSERT ON fn_claim_reconcile
WHEN NOT EXISTS (SELECT 1 FROM tb_command WHERE command_id = NEW.command_id)
BEGIN
    INSERT INTO fx_decision (command_id, function_name, decision, entity_type, entity_id)
    SELECT
        NEW.command_id,
        'fn_claim_reconcile',
        CASE
            WHEN COALESCE(NEW.worker, '') = ''
                THEN 'refused:invalid-argument:worker'
            WHEN r.pk_reconcile IS NULL
                THEN 'nothing-to-claim:No repository is due.'
            ELSE printf('claimed:%s looks at the repository of %s.', NEW.worker, r.fraise)
        END,
        CASE WHEN r.pk_reconcile IS NOT NULL THEN 'Fraise' END,
        f.id
    FROM (SELECT 1)
    LEFT JOIN v_reconcile r ON r.pk_reconcile = (
        SELECT pk_reconcile
        FROM v_reconcile
        WHERE due
        ORDER BY next_at, pk_reconcile
        LIMIT 1
    )
    LEFT JOIN tb_fraise f ON f.name = r.fraise;

    UPDATE tb_reconcile
    SET
        claim = claim + 1,
        worker = NEW.worker,
        claimed_until = strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+120 seconds'),
        asked_as_of = COALESCE((SELECT MAX(pk_webhook_event) FROM tb_webhook_event), 0),
        asked_rules = (SELECT rules FROM fx_fraise_rules WHERE pk_fraise = fk_fraise)
    WHERE fk_fraise = (
        SELECT f.pk_fraise
        FROM tb_command c
        JOIN tb_fraise f ON f.id = c.entity_id
        WHERE c.command_id = NEW.command_id
    );

    UPDATE tb_command
    SET
        state_changed = TRUE,
        entity = v.data,
        metadata = json_object(
            'fraise', f.name,
            'repository', f.repository,
            'branches', json(m.branches),
            'tags', json(m.tags),
            'claim', r.claim,
            'claimed_until', r.claimed_until,
            'as_of', r.asked_as_of
        )
    FROM tb_fraise f
    JOIN v_fraise v ON v.id = f.id
    JOIN fx_fraise_rules m ON m.pk_fraise = f.pk_fraise
    JOIN tb_reconcile r ON r.fk_fraise = f.pk_fraise
    WHERE tb_command.command_id = NEW.command_id
        AND f.id = tb_command.entity_id;
END;
