/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mail.h"

const struct mail_settings mail_defaults = {
    .imap_port = 0,
    .smtp_port = 0,
    .imap_security = {"tls", 3},
    .smtp_security = {"starttls", 8},
    .folder = {"INBOX", 5},
    .auth = {"password", 8},
    .oauth_provider = {"none", 4},
    .poll_seconds = 60,
    .mark_seen = true,
    .plus_address = true,
    .quote = true,
    .resend_unknown = true,
};

#define TEXT(m, flags, max, doc)    FIELD(struct mail_settings, m, F_TEXT, flags, 0, max, doc)
#define WHOLE(m, lowest, most, doc) FIELD(struct mail_settings, m, F_INT, 0, lowest, most, doc)
#define YES(m, doc)                 FIELD(struct mail_settings, m, F_BOOL, 0, 0, 0, doc)
#define WORD(m, words, doc)         FIELD_ENUM(struct mail_settings, m, 0, words, doc)

/* clang-format off */
static const struct field fields[] = {
	TEXT(address,             FIELD_REQUIRED, 254, "The mailbox's own address"),
	TEXT(imap_host,           0, 253, "Server that mail is fetched from; empty: mail is only delivered here"),
	WHOLE(imap_port,          0, 65535,            "Its port; 0 is the usual one"),
	WORD(imap_security,       "tls|starttls|optional|none", "How the connection is encrypted"),
	TEXT(imap_user,           0, 320,              "Name to sign in with; empty is the address"),
	TEXT(imap_password,       FIELD_SECRET, 500,   "Password"),
	TEXT(folder,              0, 200,              "Folder to watch"),
	TEXT(smtp_host,           FIELD_REQUIRED, 253, "Server that mail is sent through"),
	WHOLE(smtp_port,          0, 65535,            "Its port; 0 is the usual one"),
	WORD(smtp_security,       "tls|starttls|optional|none", "How the connection is encrypted"),
	TEXT(smtp_user,           0, 320,              "Name to sign in with; empty is the one above, - is none"),
	TEXT(smtp_password,       FIELD_SECRET, 500,   "Password; empty is the one above"),
	WORD(auth,                "password|oauth",    "How to sign in"),
	WORD(oauth_provider,      "none|gmail|microsoft|other", "Who gives the access tokens"),
	TEXT(oauth_token_url,     0, 500,              "Address of the token service, for others"),
	TEXT(oauth_client_id,     0, 300,              "Client id"),
	TEXT(oauth_client_secret, FIELD_SECRET, 500,   "Client secret"),
	TEXT(oauth_refresh_token, FIELD_SECRET, 4000,  "Refresh token"),
	WHOLE(poll_seconds,       5, 3600,             "How often to look where the server cannot tell"),
	YES(fetch_old,            "Take in the mail that is there already"),
	YES(mark_seen,            "Mark what was taken in as read"),
	YES(keep_sent,            "Keep a copy of what is sent in the mailbox"),
	TEXT(sent_folder,         0, 200,              "Folder for the copies; empty is the server's own"),
	YES(plus_address,         "Let answers come to an address with a token (name+token@)"),
	YES(quote,                "Quote the message that is answered"),
	YES(resend_unknown,       "Send again after ten minutes when it is not known whether it arrived"),
	TEXT(signature,           FIELD_LONG, 2000,    "Signature below every mail"),
	TEXT(auto_answer,         FIELD_LONG, 5000,    "Automatic answer to a new conversation; empty is none"),
};
/* clang-format on */

SHAPE(mail_settings_shape, "MailSettings", struct mail_settings, fields);
