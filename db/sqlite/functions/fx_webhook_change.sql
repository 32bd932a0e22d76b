-- What a webhook says has happened to each branch and tag: its changes, else the event itself,
-- whose facts are in columns. (The events of older versions are only known by fx_stored_event.)
CREATE VIEW fx_webhook_change AS
SELECT
    pk_webhook_event,
    position,
    event_type,
    CASE
        WHEN event_type = 'push' THEN 'branch'
        WHEN event_type = 'tag' THEN 'tag'
        WHEN event_type <> 'delete' THEN NULL
        WHEN tag IS NULL THEN 'branch'
        ELSE 'tag'
    END AS ref_type,
    CASE event_type
        WHEN 'push' THEN branch
        WHEN 'tag' THEN tag
        WHEN 'delete' THEN COALESCE(tag, branch)
    END AS name,
    before,
    commit_sha
FROM (
    SELECT
        w.pk_webhook_event,
        c.key AS position,
        CASE WHEN c.key IS NULL THEN w.event_type ELSE json_extract(c.value, '$.event_type') END AS event_type,
        CASE WHEN c.key IS NULL THEN w.branch ELSE json_extract(c.value, '$.branch') END AS branch,
        CASE WHEN c.key IS NULL THEN w.tag ELSE json_extract(c.value, '$.tag') END AS tag,
        json_extract(CASE WHEN c.key IS NULL THEN w.event ELSE c.value END, '$.before') AS before,
        CASE WHEN c.key IS NULL THEN w.commit_sha ELSE json_extract(c.value, '$.commit_sha') END AS commit_sha
    FROM tb_webhook_event w
    LEFT JOIN json_each(
        CASE WHEN json_array_length(w.event, '$.changes') > 0 THEN w.event END,
        '$.changes'
    ) c
    WHERE w.event IS NOT NULL
);
