-- A way in without a password: an invitation, or a password forgotten.  The link carries the row's
-- id and a signature made with the desk's secret, so that nothing here opens anything.
CREATE TABLE person_link (
  id         @id,
  person_id  BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE, -- person.id
  kind       TEXT   NOT NULL CHECK (kind IN ('invite','reset')), -- who asked: a colleague, the person
  job_id     BIGINT NOT NULL,                 -- job.id of the mail; 0: it is not mailed
  at         BIGINT NOT NULL,                 -- when, in ms since 1970 UTC
  expires_at BIGINT NOT NULL,                 -- ms since 1970 UTC
  used_at    BIGINT                           -- ms since 1970 UTC; it opens once
);
CREATE INDEX person_link_of ON person_link (person_id);
CREATE INDEX person_link_of_job ON person_link (job_id);
CREATE INDEX person_link_age ON person_link (expires_at);
