# SPDX-License-Identifier: Apache-2.0
"""`aftersail text`: answers stream, slips are named, models are replaced whole, figures mean what they say."""
import json
import os
import resource
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from desk import PROGRAM

MODELS = Path(__file__).resolve().parents[2] / "models"
SETS = MODELS.parent / "tests" / "text"
ROWS = "".join(f"{label}\t{text} {i}\n" for i in range(12) for label, text in [
    ("where", "where is my parcel"), ("refund", "give me my money back"), ("hours", "when are you open")])


def text(*args, data=""):
    return subprocess.run([PROGRAM, "text", *map(str, args), "--models", MODELS], capture_output=True, text=True,
                          input=data, encoding="utf-8", errors="replace")


def figures(said):
    return {name: float(value) for name, value in (line.split(" ") for line in said.stdout.splitlines())}


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="aftersail-text-")
        self.addCleanup(self.folder.cleanup)

    def file(self, name, content):
        path = Path(self.folder.name) / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


class Streams(Folder):
    def test_each_answer_comes_before_the_next_message(self):
        for command in ("lang", "emotion", "tone", "classify", "similar", "spot"):
            with self.subTest(command), subprocess.Popen(
                    [PROGRAM, "text", command, "--models", MODELS], stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE, bufsize=0) as run:
                watch = threading.Timer(20, run.kill)
                watch.start()
                for message in (b"Where is my parcel?\n", b"Wo ist mein Paket?\n"):
                    run.stdin.write(message)
                    self.assertTrue(run.stdout.readline().endswith(b"\n"), "no answer while the input is open")
                run.stdin.close()
                self.assertEqual(run.wait(), 0)
                watch.cancel()

    def test_answers_that_cannot_be_written_are_an_error(self):
        for args in (["lang"], ["--help"], ["eval", "--task", "pairs", "--test", SETS / "pairs.tsv"]):
            with self.subTest(args), open("/dev/full", "w") as full:
                said = subprocess.run([PROGRAM, "text", *args], input="Wo ist es?\n", stdout=full,
                                      stderr=subprocess.PIPE, text=True)
                self.assertEqual(said.returncode, 1)
                self.assertIn("cannot write", said.stderr)

    def test_lines_of_any_end_and_length(self):
        long = "a b " * 300000
        said = text("spot", data=f"\ufeffDE-88120\r\n{long}\n\nlast DE-88121")
        self.assertEqual([line.split("\t")[0] for line in said.stdout.splitlines()], ["1", "0", "0", "1"])
        self.assertIn("order 0-8 DE-88120", said.stdout)

    def test_many_lines_for_repeats(self):
        lines = [f"order {i * 7919 % 100003} is {'late' if i % 3 else 'lost'}, {i % 97} days" for i in range(20000)]
        lines += ["I want to send the lamp back", *lines[50:60], "Hello, I want to send the lamp back, thanks"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        said = text("similar", "--json", data="\n".join(lines))
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, 20)
        answers = [json.loads(line) for line in said.stdout.splitlines()]
        self.assertEqual([a["nearest_line"] for a in answers[20001:20011]], list(range(51, 61)))
        self.assertEqual(answers[-1]["nearest_line"], 20001)
        self.assertGreater(answers[-1]["near"], 0.7)


class Answers(Folder):
    def one(self, *args, data):
        said = text(*args, "--json", data=data)
        self.assertEqual(said.returncode, 0, said.stderr)
        return json.loads(said.stdout, object_pairs_hook=self.once)

    def once(self, pairs):
        self.assertEqual(len({name for name, _ in pairs}), len(pairs), "a key twice")
        return dict(pairs)

    def test_objects_have_each_key_once_and_real_numbers(self):
        card = "pay with 4111 1111 1111 1111 or 5500 0000 0000 0004\n"
        spots = self.one("spot", data=card)["spots"]
        self.assertEqual(spots[0], {"kind": "card", "from": 9, "to": 28, "text": "4111 1111 1111 1111"})
        self.assertEqual(len(spots), 2)
        self.assertEqual(len(self.one("spot", data=" ".join(f"DE-88{i}" for i in range(100, 400)) + "\n")["spots"]), 300)
        masked = self.one("spot", "--mask", data=card)
        self.assertNotIn("4111 1111", json.dumps(masked))
        self.assertEqual(text("spot", "--mask", data=card).stdout.strip(), masked["masked"])
        why = self.one("tone", data="It is your fault. As I already told you, read it.\n")["why"]
        self.assertLessEqual({"words", "reason", "better"}, set(why[0]))
        self.assertGreater(len(why), 1)
        said = self.one("lang", data="Wo ist mein Paket? Thank you very much for your kind help\n")
        self.assertIsInstance(said["others"], list)
        self.assertIsInstance(said["p"], float)
        self.assertIsInstance(said["sure"], bool)
        self.assertEqual(self.one("similar", data="hello there\n"), {"nearest_line": 0, "near": 0})
        said = self.one("classify", data="where is my parcel\n")
        self.assertEqual((said["label1"], said["complexity"]), ("delivery", "simple"))

    def test_any_bytes_give_json(self):
        mail = self.file("m", b"call a\x80b@x.example \xf2\x9f\0 \xe4\xbd\xa0\xe5\xa5\xbd \xf0\x9f\x98\x80\xff")
        said = subprocess.run([PROGRAM, "text", "strip", "--json", mail], capture_output=True).stdout
        self.assertEqual(json.loads(said.decode("utf-8"))["text"].rstrip("\n"),
                         "call a\ufffdb@x.example \ufffd\ufffd\0 你好 😀\ufffd")

    def test_columns_stay_columns(self):
        said = text("tone", data="it is your\tfault \\ ok\n").stdout
        self.assertEqual(said, said.replace("your\tfault", "your\\tfault"))
        mail = self.file("mail.txt", "It broke\\.\n\nOn 3 Feb 2025, Ann <a@b.example> wrote:\n> Hi\n")
        body, quoted, signature = text("strip", mail).stdout.rstrip("\n").split("\t")
        self.assertTrue(body.startswith("It broke\\\\."))
        self.assertIn("> Hi", quoted)
        self.assertEqual(signature, "")

    def test_html_becomes_text(self):
        html = self.file("m.html", '<p>Where is <b>it</b>?</p><script>x</script><a href="https://a.example/">here</a>'
                                   "<blockquote>We sent it</blockquote>")
        said = text("plain", html).stdout
        self.assertIn("Where is it?", said)
        self.assertNotIn("x\n", said)
        said = self.one("plain", data=html.read_text())
        self.assertEqual(said["links"], [{"text": "here", "href": "https://a.example/"}])
        self.assertIn("We sent it", said["quoted"])


class Slips(Folder):
    def test_each_is_named(self):
        empty = self.file("empty.tsv", "")
        rows = self.file("rows.tsv", ROWS)
        none = self.file("none.tsv", "none\ta\n\tb\n")
        swapped = self.file("swapped.tsv", "".join(f"text {i}\tlabel\n" for i in range(5000)))
        topic = MODELS / "topic.model"
        train = ["train", "--out", Path(self.folder.name) / "m", "--train"]
        for args, code, word in [
                (["emotion", "--model", topic], 1, "no model of moods"), (["tone", "--model", topic], 1, "no model of tone"),
                (["eval", "--task", "setniment", "--test", rows], 2, "there are: intent"),
                (["eval", "--task", "lang", "--test", "/tmp"], 1, "directory"),
                (["eval", "--task", "lang", "--test", empty], 1, "holds no rows"),
                (["eval", "--train", empty, "--test", rows], 1, "holds no rows"),
                (["eval", "--task", "tone", "--test", rows, "--langs", "de,fr"], 1, "the drafts' one language"),
                (["eval", "--task", "tone", "--test", rows, "--model", topic], 1, "no model of tone"),
                (["eval", "--task", "mood", "--test", rows, "--model", topic], 1, "no model of moods"),
                (["eval", "--task", "topic", "--test", rows, "--model", MODELS / "tone.model"], 1, "no model of the test's topics"),
                ([*train, self.file("one.tsv", "one\thello\n")], 1, "too few words to learn from"),
                ([*train, self.file("two.tsv", "a\t\nb\t\n")], 1, "too few words to learn from"),
                (["eval", "--task", "pairs", "--test", rows, "--train", rows], 2, "does not use --train"),
                (["lang", "/tmp"], 1, "directory"), (["lang", "/nowhere"], 1, "cannot read /nowhere"),
                (["lang", "--seed", "1"], 2, "does not use --seed"), (["lnag"], 2, "lnag"),
                (["lang", "--jsn"], 2, "--json"), (["lang", "--langs"], 2, "needs a value"),
                ([*train, rows, "--seed", "abc"], 2, "--seed wants"), ([*train, rows, "--shots", "-3"], 2, "--shots wants"),
                ([*train, rows, "--target-wrong", "nan"], 2, "from 0 to 1"),
                ([*train, rows, "--target-wrong", "5"], 2, "from 0 to 1"),
                ([*train, none], 1, "none has a label"), ([*train, swapped], 1, "swapped?"),
                (["lang", "--langs", "zz"], 1, '"zz" is none of'), (["lang", "--langs", "de,,en"], 1, "is none of")]:
            with self.subTest(args):
                said = subprocess.run([PROGRAM, "text", *map(str, args)], capture_output=True, text=True,
                                      stdin=subprocess.DEVNULL)
                self.assertEqual(said.returncode, code, said.stderr)
                self.assertIn(word, said.stderr)
                self.assertEqual(said.stdout, "")
                self.assertFalse((Path(self.folder.name) / "m").exists())

    def test_an_empty_folder_of_models_is_none(self):
        said = subprocess.run([PROGRAM, "text", "lang"], capture_output=True, text=True, input="Wo ist es?\n",
                              env=os.environ | {"AFTERSAIL_MODELS": ""})
        self.assertEqual((said.returncode, said.stdout[:2]), (0, "de"), said.stderr)

    def test_options_stand_anywhere_and_help_is_short_of_nothing(self):
        message = self.file("m", "Wo ist mein Paket?\n")
        self.assertEqual(json.loads(text("lang", message, "--json").stdout)["language"], "de")
        for args in (["-h"], ["--help"], ["lang", "-h"], ["eval", "--help"]):
            said = text(*args)
            self.assertEqual(said.returncode, 0)
            for name in ("plain", "strip", "--mask", "0|1<TAB>a<TAB>b", "kind=span", "wrong_of_all_with_out_of_scope"):
                self.assertIn(name, said.stdout)

    def test_any_number_of_languages(self):
        many = "de,en,fr,es,it,pt,nl,pl,ru,uk,tr,cs,sv,da,fi,hu,ro,el,zh,ja,ko,nb"
        said = text("lang", "--langs", many, data="Hvor er pakken min? Jeg har ikke fått den\n你好，我的包裹在哪里\n")
        self.assertEqual([line.split("\t")[0] for line in said.stdout.splitlines()], ["nb", "zh"])
        said = text("lang", "--langs", "EN,De", data="Wo ist mein Paket?\n")
        self.assertEqual((said.returncode, said.stdout[:2]), (0, "de"), said.stderr)


class Training(Folder):
    def test_a_model_is_replaced_whole(self):
        rows, model = self.file("rows.tsv", ROWS), Path(self.folder.name) / "m"
        self.assertEqual(text("train", "--train", rows, "--linear", "--no-vectors", "--out", model).returncode, 0)
        with open(model, "rb") as old:
            inode, content = os.fstat(old.fileno()).st_ino, model.read_bytes()
            self.assertEqual(text("train", "--train", rows, "--linear", "--no-vectors", "--out", model).returncode, 0)
            self.assertNotEqual(model.stat().st_ino, inode)
            self.assertEqual(old.read(), content)
        self.assertEqual(model.read_bytes(), content)
        self.assertEqual(sorted(p.name for p in Path(self.folder.name).iterdir()), ["m", "rows.tsv"])
        said = text("train", "--train", rows, "--linear", "--no-vectors", "--out", "/dev/full")
        self.assertEqual(said.returncode, 1)
        self.assertIn("cannot write /dev/full", said.stderr)
        said = text("classify", "--model", model, data="where is my parcel\n")
        self.assertEqual(said.stdout.split("\t")[1], "where")

    def test_what_was_not_learned_is_wrong_and_said(self):
        rows = self.file("rows.tsv", "\ufeff" + ROWS)
        test = self.file("test.tsv", "where\twhere is my parcel\nrefund\tmoney back\nwhat\twhere is it\noos\tsing\n")
        said = text("eval", "--train", rows, "--test", test, "--linear", "--no-vectors")
        self.assertIn("1 labels of the test are not learned, their rows count as wrong: what", said.stderr)
        f = figures(said)
        self.assertEqual(f["rows"], 4)
        self.assertAlmostEqual(f["accuracy"], 2 / 3, places=5)
        self.assertIn(f["out_of_scope_rejected"], (0, 1))
        self.assertAlmostEqual(f["wrong_of_all_with_out_of_scope"] * 4,
                               f["wrong_of_all"] * 3 + 1 - f["out_of_scope_rejected"], places=4)
        self.assertNotIn("going on without", said.stderr)

    def learn(self, rows):
        model = Path(self.folder.name) / "learned"
        said = text("train", "--train", self.file("learned.tsv", rows), "--out", model)
        self.assertEqual(said.returncode, 0, said.stderr)
        return model

    def test_who_knows_little_does_not_answer(self):
        small = {"where": ("where is my parcel", "my package has not come", "track my order"),
                 "refund": ("i want my money back", "how do i get a refund", "give me a refund"),
                 "repair": ("my lamp is broken", "it does not work any more", "the screen stays black")}
        for entries, decides in ((["where"], ["suggest", "suggest"]), (list(small), ["suggest", "answer"])):
            with self.subTest(entries=entries):
                model = self.learn("".join(f"{entry}\t{row}\n" for entry in entries for row in small[entry]))
                said = text("classify", "--model", model, data="play some music\nwhere is my parcel\n")
                self.assertEqual([line.split("\t")[0] for line in said.stdout.splitlines()], decides, said.stderr)

    def test_labels_of_a_list_may_have_blanks(self):
        rows = "".join(f"anger, joy\tbad and good {i}\njoy\tgood {i}\nanger\tbad {i}\n" for i in range(12))
        test = self.file("test.tsv", "anger , joy\tbad and good\njoy, what\tgood\n")
        said = text("eval", "--task", "emotion", "--train", self.file("rows.tsv", rows), "--test", test, "--linear",
                    "--no-vectors")
        self.assertIn("1 labels of the test are not learned, their rows count as wrong: what\n", said.stderr)
        self.assertAlmostEqual(figures(said)["macro_f1"], 2 / 3, places=3)

    def test_shots_of_many_rows(self):
        rows = self.file("many.tsv", "".join(f"l{i % 40}\tword{i % 40} {i}\n" for i in range(80000)))
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        f = figures(text("eval", "--train", rows, "--shots", 2, "--test", self.file("t.tsv", "l1\tword1\n"), "--linear",
                         "--no-vectors", "--no-titles"))
        self.assertEqual(f["accuracy"], 1)
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, 10)

    def test_ties_do_not_hang_on_the_order_of_rows(self):
        rows = ["1\tred lamp\tgreen tea", "0\tblue car\twhite shoe", "1\told hat\tlong rope", "0\tmy cat\tsome ink"]
        for order in (rows, rows[::-1], sorted(rows)):
            f = figures(text("eval", "--task", "pairs", "--test", self.file("p.tsv", "\n".join(order) + "\n")))
            self.assertEqual((f["auc"], f["accuracy_best_threshold"]), (0.5, 0.5))

    def test_drafts_of_all_languages_at_once(self):
        drafts = [SETS / "drafts" / f"{code}.tsv" for code in ("de", "en", "es", "ja", "zh")]
        alone = [figures(text("eval", "--task", "tone", "--test", p, "--langs", p.stem)) for p in drafts]
        mixed = figures(text("eval", "--task", "tone", "--test", self.file("all.tsv", b"".join(p.read_bytes() for p in drafts))))
        self.assertEqual(mixed["rows"], sum(f["rows"] for f in alone))
        self.assertAlmostEqual(mixed["accuracy"], sum(f["accuracy"] * f["rows"] for f in alone) / mixed["rows"], delta=0.02)

    def test_languages_that_are_never_told_are_said(self):
        rows = self.file("l.tsv", "zh-CN\t你好，我的包裹\nno\tHvor er pakken min\nzz\tx\nde\tWo ist mein Paket?\n")
        said = text("eval", "--task", "lang", "--test", rows)
        self.assertIn("3 labels of the test are no languages that are told, their rows count as wrong: no zh-CN zz", said.stderr)

    def test_each_task_prints_its_figures(self):
        for task, name, more in [("pairs", "pairs.tsv", ["f1", "auc"]), ("mails", "mails.tsv", ["accuracy"]),
                                 ("spans", "spans.tsv", ["f1"]), ("tone", "drafts/en.tsv", ["f1"]),
                                 ("mood", "messages/en.tsv", ["macro_f1"])]:
            with self.subTest(task):
                f = figures(text("eval", "--task", task, "--test", SETS / name))
                self.assertLessEqual({"rows", "microseconds_median", "microseconds_p95", *more}, set(f))

    def test_a_folder_of_one_language(self):
        rows = self.file("da.tsv", "alarm\tJeg har ikke fået min pakke endnu, hvor er den?\nweather\tHvordan er vejret\n")
        f = figures(text("eval", "--task", "lang", "--langs", "da", "--test", rows))
        self.assertGreaterEqual(f["accuracy_da"], 0.5)


if __name__ == "__main__":
    unittest.main()
