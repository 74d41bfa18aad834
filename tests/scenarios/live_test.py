# SPDX-License-Identifier: Apache-2.0
"""What a stream hears: the changed card, once for several changes; who was away reads again."""
import time
import unittest
import uuid

from engines import Scenario, both_engines, engines_given


@both_engines
class Live(Scenario):
    @classmethod
    def prepare(cls):
        cls.admin = cls.desk.sign_in()
        cls.inbox = cls.admin.post("/inboxes", {"name": "chat", "channel": "chat"})
        cls.visitor = cls.desk.visitor(cls.inbox["key"])

    def say(self, text):
        return self.visitor.post("/chat/me/messages", {"client_id": uuid.uuid4().hex, "text": text})

    def card_with(self, stream, text):
        """The changes up to the one whose card shows the text; its number."""
        heard = 0
        while True:
            _, data = stream.next("change")
            heard += 1
            if data.get("topic") == "list" and data["card"]["snippet"] == text:
                return data["seq"], heard

    def until_nobody_listens(self):
        while self.admin.get("/system")["streams"]:
            time.sleep(0.02)

    def test_the_changed_card_comes_along(self):
        stream = self.admin.stream("/stream?topics=list")
        stream.next("hello")
        self.say("where is it")
        self.card_with(stream, "where is it")
        for i in range(20):  # joined: far fewer changes than messages
            self.say(f"number {i}")
        _, heard = self.card_with(stream, "number 19")
        self.assertLess(heard, 20)
        stream.close()

    def test_who_was_away_reads_again(self):
        stream = self.admin.stream("/stream?topics=list")
        stream.next("hello")
        self.say("still here")
        seq, _ = self.card_with(stream, "still here")
        stream.close()
        self.until_nobody_listens()
        self.say("nobody hears this")
        back = self.admin.stream(f"/stream?topics=list&last={seq}")
        back.next("hello")
        name, data = back.next()
        while data.get("topic") == "people":
            name, data = back.next()
        self.assertEqual(name, "reset", data)
        self.say("again")
        seq, _ = self.card_with(back, "again")
        back.close()
        self.until_nobody_listens()
        other = self.admin.stream(f"/stream?topics=list&last={seq}")
        other.next("hello")  # nothing was missed, so nothing comes before what happens now
        self.say("at last")
        name, data = other.next()
        self.assertEqual((name, data["card"]["snippet"]), ("change", "at last"))
        other.close()


if __name__ == "__main__":
    engines_given()
    unittest.main()
