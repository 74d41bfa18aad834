#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check.py PROGRAM: the hand-written sets against floors a little under what was measured.

A floor that falls means that a change made reading worse; docs/text.md says what each figure is worth.
"""
import subprocess
import sys
from pathlib import Path

SETS = Path(__file__).resolve().parent
MODELS = SETS.parent.parent / "models"

# task, file, language, figure, floor
FLOORS = [
    ("spans", "spans.tsv", "", "f1", 0.995),
    ("spans", "spans_held.tsv", "", "f1", 0.97),
    ("spans", "spans_fresh.tsv", "", "f1", 0.95),
    ("mails", "mails.tsv", "", "accuracy", 0.96),
    ("pairs", "pairs.tsv", "", "auc", 0.93),
    ("pairs", "pairs.tsv", "", "accuracy", 0.85),
    ("lang", "languages.tsv", "", "accuracy", 0.96),
    ("lang", "languages.tsv", "", "correct_of_all", 0.87),
    ("mood", "messages/en.tsv", "", "macro_f1", 0.74),
    ("mood", "messages/zh.tsv", "", "macro_f1", 0.74),
    ("mood", "messages/fresh.tsv", "", "accuracy", 0.63),
    ("mood", "messages/held.tsv", "", "accuracy", 0.55),
    ("mood", "messages/second.tsv", "", "accuracy", 0.64),
    ("topic", "messages/en.tsv", "", "macro_f1", 0.70),
    ("topic", "messages/zh.tsv", "", "macro_f1", 0.80),
    ("topic", "messages/fresh.tsv", "", "top3", 0.60),
    ("topic", "messages/held.tsv", "", "top3", 0.85),
    ("tone", "drafts/en.tsv", "en", "f1", 0.80),
    ("tone", "drafts/zh.tsv", "zh", "f1", 0.80),
    ("tone", "drafts/de.tsv", "de", "f1", 0.80),
    ("tone", "drafts/es.tsv", "es", "f1", 0.80),
    ("tone", "drafts/ja.tsv", "ja", "f1", 0.80),
    ("topic", "messages/second.tsv", "", "top3", 0.80),
    ("topic", "messages/held.tsv", "", "correct_of_all", 0.38),
    ("tone", "drafts/second_en.tsv", "en", "f1", 0.82),
    ("tone", "drafts/second_zh.tsv", "zh", "f1", 0.88),
    ("tone", "drafts/second_de.tsv", "de", "f1", 0.88),
    ("tone", "drafts/second_es.tsv", "es", "f1", 0.80),
    ("tone", "drafts/second_ja.tsv", "ja", "f1", 0.92),
    ("tone", "drafts/held_en.tsv", "en", "f1", 0.78),
    ("tone", "drafts/held_zh.tsv", "zh", "f1", 0.78),
    ("tone", "drafts/held_de.tsv", "de", "f1", 0.76),
    ("tone", "drafts/held_es.tsv", "es", "f1", 0.78),
    ("tone", "drafts/held_ja.tsv", "ja", "f1", 0.80),
]


def main():
    program, failed = sys.argv[1], 0
    for task, name, language, figure, floor in FLOORS:
        told = subprocess.run(
            [program, "eval", "--models", MODELS, "--task", task, "--test", SETS / name]
            + (["--langs", language] if language else []),
            capture_output=True, text=True, check=True).stdout
        got = float(dict(line.split(" ", 1) for line in told.splitlines())[figure])
        failed += got < floor
        print(f"{'ok' if got >= floor else 'FAIL'} {task} {name} {figure} {got:.3f} (floor {floor})")
    print(f"{len(FLOORS) - failed} passed, {failed} failed, 0 skipped")
    return failed > 0


sys.exit(main())
