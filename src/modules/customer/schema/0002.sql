-- One customer joined to another, who now has all that was the first one's.
CREATE TABLE customer_merge (
  id        @id,
  into_id   BIGINT NOT NULL REFERENCES customer (id) ON DELETE CASCADE, -- customer.id: who stays
  from_id   BIGINT NOT NULL REFERENCES customer (id) ON DELETE CASCADE, -- customer.id: who was joined
  person_id BIGINT NOT NULL,                     -- person.id
  at        BIGINT NOT NULL,                     -- when, in ms since 1970 UTC
  filled    TEXT   NOT NULL,                     -- comma list: what was unknown of the one and taken from the other
  undone_at BIGINT                               -- when it was taken back; null: it holds
);
CREATE INDEX merge_into ON customer_merge (into_id, id);
CREATE INDEX merge_from ON customer_merge (from_id);

-- What a merge moved, so that just that can go back.
CREATE TABLE customer_merge_moved (
  merge_id   BIGINT NOT NULL REFERENCES customer_merge (id) ON DELETE CASCADE, -- customer_merge.id
  table_name TEXT   NOT NULL,                    -- of which table
  ids        TEXT   NOT NULL,                    -- comma list of its rows
  PRIMARY KEY (merge_id, table_name)
);

ALTER TABLE customer ADD COLUMN merged_into BIGINT NOT NULL DEFAULT 0; -- customer.id who has all of it now; 0: none
CREATE INDEX customer_same_name ON customer (country, lower(name));

-- By what two customers may turn out to be one: an address or number in its shortest form, also one that is
-- only claimed and belongs to somebody else.
CREATE TABLE customer_key (
  id          @id,
  customer_id BIGINT NOT NULL REFERENCES customer (id) ON DELETE CASCADE, -- customer.id
  key         TEXT   NOT NULL                    -- "email:ana@buyer.example", "phone:" and the last nine digits
);
CREATE INDEX key_of_customer ON customer_key (customer_id, key);
CREATE INDEX customer_of_key ON customer_key (key);
INSERT INTO customer_key (customer_id, key) SELECT customer_id, 'email:' || value FROM identity WHERE kind = 'email';
