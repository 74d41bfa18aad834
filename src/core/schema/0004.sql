-- Whether an older job of the same key must end first: what may start is found without walking
-- past all that may not.  A hint: claiming looks again.
ALTER TABLE job ADD COLUMN waits BIGINT NOT NULL DEFAULT 0; -- 1: behind another one of its key
UPDATE job SET waits = 1 WHERE state = 'queued' AND jobkey <> '' AND EXISTS (
  SELECT 1 FROM job b WHERE b.jobkey = job.jobkey AND b.state IN ('queued', 'running') AND b.id < job.id);
DROP INDEX job_due;
CREATE INDEX job_ready ON job (run_at, id) WHERE state = 'queued' AND waits = 0;
