-- Notices in the history: which stage went to whom. Both are read from `detail`, which the hash covers,
-- so that old rows keep their hashes and new columns cannot be changed on their own.
ALTER TABLE history ADD COLUMN stage INTEGER
    GENERATED ALWAYS AS (CASE WHEN action = 'notify' AND json_valid(detail) THEN json_extract(detail, '$.stage') END) VIRTUAL;
ALTER TABLE history ADD COLUMN recipient TEXT
    GENERATED ALWAYS AS (CASE WHEN action = 'notify' AND json_valid(detail) THEN json_extract(detail, '$.recipient') END) VIRTUAL;

-- Was this account told?
CREATE INDEX history_notices ON history (account_id, seq) WHERE action = 'notify';
