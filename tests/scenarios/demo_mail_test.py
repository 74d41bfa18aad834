# SPDX-License-Identifier: Apache-2.0
"""The demo company has no mail server: what was answered is sent, a new answer says what is the matter."""
import time
import unittest
import uuid

from engines import Scenario, both_engines


@both_engines
class DemoMail(Scenario):
    demo, flags = True, ("--undo-seconds", "0")

    def test_an_answer_says_that_the_mailbox_is_off(self):
        admin = self.desk.sign_in("chen.yu@dengyu.example")
        inbox = next(i for i in admin.get("/inboxes")["items"] if i["channel"] == "email")
        self.assertFalse(inbox["active"])
        cards = admin.get(f"/conversations?list=all&status=any&inbox_id={inbox['id']}&limit=100")["items"]
        for card in cards[:20]:
            states = {e["state"] for e in admin.get(f"/conversations/{card['id']}/thread")["items"]
                      if e["kind"] == "message" and e["direction"] == "out"}
            self.assertLessEqual(states, {"sent"})
        made = admin.post(f"/conversations/{cards[0]['id']}/messages",
                          {"kind": "reply", "text": "hello", "client_id": uuid.uuid4().hex})
        end, entry = time.time() + 10, {}
        while entry.get("state") != "failed" and time.time() < end:
            time.sleep(0.1)
            thread = admin.get(f"/conversations/{cards[0]['id']}/thread")["items"]
            entry = next(e for e in thread if e["id"] == made["id"])
        self.assertEqual((entry["state"], entry["state_key"]), ("failed", "mail.error.off"))


if __name__ == "__main__":
    unittest.main()
