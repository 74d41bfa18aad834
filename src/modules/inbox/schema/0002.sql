-- Who was named in a note with "@", and since when they know.
CREATE TABLE mention (
  entry_id        BIGINT NOT NULL REFERENCES entry (id) ON DELETE CASCADE, -- entry.id
  person_id       BIGINT NOT NULL,               -- person.id
  conversation_id BIGINT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE, -- conversation.id
  inbox_id        BIGINT NOT NULL,               -- the conversation's, for scope
  at              BIGINT NOT NULL,               -- when, in ms since 1970 UTC
  seen_at         BIGINT,                        -- when that person opened the conversation; null: not yet
  PRIMARY KEY (entry_id, person_id)
);
CREATE INDEX mention_of_person ON mention (person_id, conversation_id, entry_id);
CREATE INDEX mention_unseen ON mention (person_id, conversation_id) WHERE seen_at IS NULL;
CREATE INDEX mention_of_conversation ON mention (conversation_id);
