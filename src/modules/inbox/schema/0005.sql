-- The conversations of a tag stand in the lists' orders themselves, however many there are of it.  A trigger
-- keeps them so, for whatever changes a conversation.
ALTER TABLE conversation_tag ADD COLUMN inbox_id BIGINT NOT NULL DEFAULT 0;     -- the conversation's
ALTER TABLE conversation_tag ADD COLUMN status TEXT NOT NULL DEFAULT 'open';    -- the conversation's
ALTER TABLE conversation_tag ADD COLUMN last_at BIGINT NOT NULL DEFAULT 0;      -- the conversation's
ALTER TABLE conversation_tag ADD COLUMN waiting_since BIGINT;                   -- the conversation's
ALTER TABLE conversation_tag ADD COLUMN priority BIGINT NOT NULL DEFAULT 0;     -- the conversation's
UPDATE conversation_tag SET inbox_id = v.inbox_id, status = v.status, last_at = v.last_at,
       waiting_since = v.waiting_since, priority = v.priority
  FROM conversation v WHERE v.id = conversation_tag.conversation_id;
DROP INDEX conversation_of_tag;
CREATE INDEX conversation_tag_newest ON conversation_tag (tag_id, inbox_id, status, last_at, conversation_id);
CREATE INDEX conversation_tag_waiting ON conversation_tag (tag_id, inbox_id, status, waiting_since, conversation_id) WHERE waiting_since IS NOT NULL;
CREATE INDEX conversation_tag_priority ON conversation_tag (tag_id, inbox_id, status, priority, last_at, conversation_id);
--@sqlite
CREATE TRIGGER conversation_tags_follow AFTER UPDATE OF status, last_at, waiting_since, priority ON conversation BEGIN
  UPDATE conversation_tag SET status = NEW.status, last_at = NEW.last_at, waiting_since = NEW.waiting_since, priority = NEW.priority
   WHERE conversation_id = NEW.id;
END;
--.
--@pgsql
CREATE FUNCTION conversation_tags_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE conversation_tag SET status = NEW.status, last_at = NEW.last_at, waiting_since = NEW.waiting_since, priority = NEW.priority
   WHERE conversation_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER conversation_tags_follow AFTER UPDATE OF status, last_at, waiting_since, priority ON conversation
  FOR EACH ROW EXECUTE FUNCTION conversation_tags_follow();
--.
