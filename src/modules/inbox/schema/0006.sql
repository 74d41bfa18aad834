-- Several changes of a conversation under one name; what is null stays as it is.
CREATE TABLE macro (
  id           @id,
  name         TEXT   NOT NULL UNIQUE,           -- unique
  canned_id    BIGINT REFERENCES canned (id) ON DELETE SET NULL, -- canned.id, put into the reply box
  status       TEXT,                             -- open, pending, snoozed, resolved, spam
  snooze_hours BIGINT,                           -- with snoozed: until that many hours later
  priority     TEXT,                             -- none, low, medium, high, urgent
  assignee     TEXT,                             -- me: who uses it; nobody
  team_id      BIGINT,                           -- team.id
  version      BIGINT NOT NULL DEFAULT 1         -- grows with each change; a change of an older one is refused
);

-- The tags a macro adds.
CREATE TABLE macro_tag (
  macro_id BIGINT NOT NULL REFERENCES macro (id) ON DELETE CASCADE, -- macro.id
  tag_id   BIGINT NOT NULL REFERENCES tag (id) ON DELETE CASCADE, -- tag.id
  PRIMARY KEY (macro_id, tag_id)
);
CREATE INDEX macro_of_tag ON macro_tag (tag_id);
