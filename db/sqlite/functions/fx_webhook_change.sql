-- What a webhook says has happened to each branch and tag: its changes, else the event itself.
CREATE VIEW fx_webhook_change AS
SELECT
    w.pk_webhook_event,
    w.command_id,
    c.key AS position,
    json_extract(c.value, '$.event_type') AS event_type,
    CASE
        WHEN json_extract(c.value, '$.event_type') = 'push' THEN 'branch'
        WHEN json_extract(c.value, '$.event_type') = 'tag' THEN 'tag'
        WHEN json_extract(c.value, '$.event_type') <> 'delete' THEN NULL
        WHEN json_extract(c.value, '$.tag') IS NULL THEN 'branch'
        ELSE 'tag'
    END AS ref_type,
    CASE json_extract(c.value, '$.event_type')
        WHEN 'push' THEN json_extract(c.value, '$.branch')
        WHEN 'tag' THEN json_extract(c.value, '$.tag')
        WHEN 'delete' THEN COALESCE(json_extract(c.value, '$.tag'), json_extract(c.value, '$.branch'))
    END AS name,
    json_extract(c.value, '$.before') AS before,
    json_extract(c.value, '$.commit_sha') AS commit_sha
FROM tb_webhook_event w
JOIN json_each(
    CASE
        WHEN json_array_length(w.event, '$.changes') > 0 THEN json_extract(w.event, '$.changes')
        ELSE json_array(json(w.event))
    END
) c;
