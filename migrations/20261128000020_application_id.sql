-- Marks the file as a store of dormouse: 'dorm'. Any other file is refused.
PRAGMA application_id = 1685025389;
