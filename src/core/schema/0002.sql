-- How far a mailbox's folder was taken: every mail up to uid is stored.
CREATE TABLE mail_cursor (
  inbox_id    BIGINT NOT NULL,               -- inbox.id
  folder      TEXT   NOT NULL,
  uidvalidity BIGINT NOT NULL,               -- the server's; when it changes all mails come again
  uid         BIGINT NOT NULL,
  PRIMARY KEY (inbox_id, folder)
);
