-- A page is read inbox by inbox and merged: who sees few small inboxes walks those and no others.
DROP INDEX conversation_newest;
DROP INDEX conversation_mine;
DROP INDEX conversation_waiting;
DROP INDEX conversation_priority;
CREATE INDEX conversation_inbox_waiting ON conversation (inbox_id, status, waiting_since, id) WHERE waiting_since IS NOT NULL;
CREATE INDEX conversation_inbox_priority ON conversation (inbox_id, status, priority, last_at, id);
CREATE INDEX conversation_mine ON conversation (assignee_id, inbox_id, status, last_at, id);
CREATE INDEX conversation_mine_waiting ON conversation (assignee_id, inbox_id, status, waiting_since, id) WHERE waiting_since IS NOT NULL;
CREATE INDEX conversation_mine_priority ON conversation (assignee_id, inbox_id, status, priority, last_at, id);
CREATE INDEX conversation_team ON conversation (team_id, inbox_id, status, last_at, id) WHERE team_id > 0;
CREATE INDEX conversation_waiting ON conversation (waiting_since, id) WHERE waiting_since IS NOT NULL;
