-- What a webhook says has happened to each branch and tag: its changes, else the event itself.
CREATE VIEW fx_webhook_change AS
SELECT
    w.pk_webhook_event,
    w.command_id,
    c.key AS position,
    json_extract(c.value, '$.event_type') AS event_type,
    CASE json_extract(c.value, '$.event_type') WHEN 'push' THEN 'branch' WHEN 'tag' THEN 'tag' END AS ref_type,
    CASE json_extract(c.value, '$.event_type')
        WHEN 'push' THEN json_extract(c.value, '$.branch')
        WHEN 'tag' THEN json_extract(c.value, '$.tag')
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
