-- Ends the deployments that wait for an environment, but the newest of all, in whose place they
-- no longer wait. fx_supersede_one does it to one of them.
CREATE VIEW fx_supersede (command_id, fk_environment) AS
SELECT NULL, NULL WHERE FALSE;

CREATE VIEW fx_supersede_one (command_id, fk_deployment, fk_request, id, fraise, environment) AS
SELECT NULL, NULL, NULL, NULL, NULL, NULL WHERE FALSE;

CREATE TRIGGER fx_supersede_call INSTEAD OF INSERT ON fx_supersede
BEGIN
    INSERT INTO fx_supersede_one (command_id, fk_deployment, fk_request, id, fraise, environment)
    SELECT NEW.command_id, pk_deployment, fk_request, id, fraise, environment
    FROM tb_deployment
    WHERE fk_environment = NEW.fk_environment
        AND status = 'pending'
        AND pk_deployment < (SELECT MAX(pk_deployment) FROM tb_deployment)
    ORDER BY pk_deployment;
END;

CREATE TRIGGER fx_supersede_one_call INSTEAD OF INSERT ON fx_supersede_one
BEGIN
    UPDATE tb_deployment
    SET
        status = 'superseded',
        superseded_by = (SELECT d.id FROM tb_deployment d ORDER BY d.pk_deployment DESC LIMIT 1),
        completed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),
        error_code = 'superseded'
    WHERE pk_deployment = NEW.fk_deployment;

    UPDATE tb_deployment_request
    SET status = 'superseded'
    WHERE pk_deployment_request = NEW.fk_request;

    INSERT INTO tb_event (event_type, entity_type, entity_id, fraise, environment, payload, command_id)
    VALUES (
        'deployment.superseded',
        'Deployment',
        NEW.id,
        NEW.fraise,
        NEW.environment,
        json_object(
            'superseded_by', (SELECT id FROM tb_deployment ORDER BY pk_deployment DESC LIMIT 1)
        ),
        NEW.command_id
    );
END;
