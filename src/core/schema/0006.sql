-- When each rule last cleared what was old enough.
CREATE TABLE cleanup_run (
  name TEXT   NOT NULL PRIMARY KEY,           -- struct cleanup name
  at   BIGINT NOT NULL,                       -- when, in ms since 1970 UTC
  gone BIGINT NOT NULL                        -- how many rows went then
);
