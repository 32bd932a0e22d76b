-- The event log. Streams read it in the order of pk_event and resume after a number.
CREATE VIEW v_event AS
SELECT
    e.pk_event,
    e.id,
    e.event_type,
    e.fraise,
    e.environment,
    e.entity_id,
    e.occurred_at,
    jsonb_build_object(
        'number', e.pk_event,
        'id', e.id,
        'occurred_at', fx_time(e.occurred_at),
        'event_type', e.event_type,
        'entity_type', e.entity_type,
        'entity_id', e.entity_id,
        'fraise', e.fraise,
        'environment', e.environment,
        'payload', e.payload
    ) AS data
FROM tb_event e;
