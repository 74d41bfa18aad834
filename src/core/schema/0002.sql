-- How far a mailbox's folder was taken: every mail up to uid is stored.
CREATE TABLE mail_cursor (
  inbox_id    BIGINT NOT NULL,               -- inbox.id
  folder      TEXT   NOT NULL,               -- as the server names it
  uidvalidity BIGINT NOT NULL,               -- the server's; when it changes all mails come again
  uid         BIGINT NOT NULL,               -- of the newest that is stored
  PRIMARY KEY (inbox_id, folder)
);
