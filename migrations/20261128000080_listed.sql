-- Where rows stand in the portal's list: a sync counts those above a place to see that none came late, and
-- halves to find one that did. Without it each step reads the whole table.
CREATE INDEX events_as_listed ON events (coalesce(listed_ms, at_ms));
