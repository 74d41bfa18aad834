#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each rule of i18n_check.py, broken once, is caught; a sound tree is not."""
import json
import tempfile
import unittest
from pathlib import Path

import i18n_check

SOUND = {
    "i18n/en.json": {"error.size": "At most {arg}", "inbox.send": "Send", "status.open": "Open"},
    "i18n/zh-CN.json": {"error.size": "最多 {arg}", "inbox.send": "发送", "status.open": "打开"},
    "i18n/widget/en.json": {"send": "Send"},
    "i18n/widget/ja.json": {"send": "送信"},
    "src/a.c": 'return fail(c, E_TOOLARGE, "error.size", "40 MB");\n',
    "src/a_test.c": 'return fail(c, E_INVALID, "made.up", NULL);\n',
    "web/src/A.vue": "<b>{{ t('inbox.send') }}</b>{{ t(`status.${s}`) }}\n",
    "web/node_modules/x.ts": "t('other.key')\n",
}

# what is changed in the sound tree, and a part of what is said (None: nothing)
CASES = [
    ({}, None),
    ({"src/a.c": 'fail(c, E_INVALID, "error.size", 0); fail(c, E_INVALID, "error.gone", 0);'},
     "src/a.c:1: error.gone is not in en.json"),
    ({"src/b.c": 'return refuse(r, E_INVALID, n ? "error.gone" : "error.size");'},
     "src/b.c:1: error.gone is not in en.json"),
    ({"src/b.c": 'o.key = "error.gone";'}, "src/b.c:1: error.gone is not in en.json"),
    ({"src/b.c": 'default: return "error.gone";'}, "src/b.c:1: error.gone is not in en.json"),
    ({"src/b.c": 'const char *s = "aftersail.conf";'}, None),
    ({"web/src/B.vue": "\n{{ t('inbox.gone') }}"}, "web/src/B.vue:2: inbox.gone is not in en.json"),
    ({"web/src/B.vue": '<i18n-t keypath="inbox.gone" />'}, "inbox.gone is not in en.json"),
    ({"web/src/B.ts": "export const x = { titleKey: 'inbox.gone' }"}, "inbox.gone is not in en.json"),
    ({"web/src/B.ts": "const at = t(\"inbox.gone\")"}, "inbox.gone is not in en.json"),
    ({"web/src/B.ts": "format('inbox.gone'); split('a.b')"}, None),
    ({"i18n/zh-CN.json": {"error.size": "最多 {arg}", "inbox.send": "发送"}},
     "zh-CN.json: status.open is missing"),
    ({"i18n/zh-CN.json": {"error.size": "最多 {n}", "inbox.send": "发送", "status.open": "打开"}},
     "error.size has other placeholders"),
    ({"i18n/zh-CN.json": {"error.size": "{arg}", "inbox.send": " ", "status.open": "打开"}},
     "inbox.send is empty"),
    ({"i18n/fr.json": {"inbox.send": "Envoyer a@b"}}, "inbox.send: write @"),
    ({"i18n/fr.json": {"inbox.send": "Envoyer {{"}}, "inbox.send: write @"),
    ({"i18n/fr.json": {"inbox.send": "Envoyer a{'@'}b {'{{ x }}'}"}}, None),
    ({"i18n/fr.json": {"inbox.send": "Envoyer"}}, None),
    ({"i18n/fr.json": {"inbox.sent": "Envoyer"}}, "fr.json: inbox.sent is not in en.json"),
    ({"src/a.c": ""}, "error.size is used nowhere"),
    ({"web/src/A.vue": "{{ t('inbox.send') }}"}, "status.open is used nowhere"),
    ({"web/src/A.vue": "{{ t('inbox.send') }}{{ t('status.' + s) }}"}, None),
    ({"i18n/widget/ja.json": {}}, "widget/ja.json: send is missing"),
    ({"i18n/widget/ja.json": {"send": "送信", "sent": "x"}}, "widget/ja.json: sent is not in en"),
    ({"i18n/widget/ja.json": '{"send": "送信", "send": "送"}'}, "ja.json: send stands twice"),
]


def said_of(changes):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (SOUND | changes).items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str)
                            else json.dumps(content, ensure_ascii=False))
        return i18n_check.check(Path(folder))


class Texts(unittest.TestCase):
    def test_each_rule(self):
        for changes, expected in CASES:
            with self.subTest(changes=changes):
                said = said_of(changes)
                if expected is None:
                    self.assertEqual(said, [])
                else:
                    self.assertEqual(len(said), 1, said)
                    self.assertIn(expected, said[0])


if __name__ == "__main__":
    unittest.main()
