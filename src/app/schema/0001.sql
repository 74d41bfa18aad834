-- What belongs to the demo company, so that it can be taken away in one step.
CREATE TABLE demo_row (
  kind TEXT   NOT NULL,                       -- person, team, inbox, customer, tag, canned
  id   BIGINT NOT NULL,                       -- of that kind's table
  PRIMARY KEY (kind, id)
);
