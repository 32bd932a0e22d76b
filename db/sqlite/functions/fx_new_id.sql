-- A new public id: a UUID of version 7, which begins with the time. Ids that grow are written at
-- the end of an index, where the pages are at hand, and not all over it. For rows that nobody
-- names by the beginning of their id.
CREATE VIEW fx_new_id AS
SELECT
    printf(
        '%08x-%04x-7%03x-%04x-%012x',
        seconds * 1000 >> 16,
        seconds * 1000 & 0xffff,
        random() & 0xfff,
        0x8000 | (random() & 0x3fff),
        random() & 0xffffffffffff
    ) AS id
FROM (SELECT CAST(strftime('%s', 'now') AS INTEGER) AS seconds);
