#!/usr/bin/env python3
"""Judge the routing policy on days nobody tuned it on, beside the rules other desks use.

  compare.py TOOL [--seeds FROM TO] [--days DIR] [--given DAY.json...] [--svg FILE] [--json FILE]

TOOL is the program that answers `routing replay` (build/src/app/aftersail) or the small
routing_tool.  Days are made by make_day.py; every figure is a mean over a kind's days with its
standard error.  Prints Markdown."""
import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
KINDS = ["weekday", "promo", "scarce"]
PEERS = ["region", "roundrobin", "skills", "weighted", "bullseye", "fifo"]
SHOWN = [("cost_per_case", "cost per case", 2), ("fr_mean", "first response, s", 1),
         ("fr_de", "Germany, s", 1), ("sl30", "within 30 s", 3), ("fr_p99", "99th percentile, s", 0),
         ("fr_mean_vip", "important customers, s", 1), ("abandon", "abandoned", 3),
         ("callbacks", "callbacks promised", 0), ("callbacks_kept", "callbacks kept", 0),
         ("fcr", "first-contact resolution", 3), ("repeat_lang_share", "language-caused repeats", 3),
         ("lang_match", "language match", 3), ("email_sla", "mail in time", 3),
         ("gini", "Gini of utilisation", 3), ("util", "utilisation", 3), ("invalid", "invalid", 0)]


def replay(tool, day, policies):
    words = ["routing"] if pathlib.Path(tool).name == "aftersail" else []
    command = [tool, *words, "replay", str(day), "--json"]
    for p in policies:
        command += ["--policy", p]
    out = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return {r["policy"]: r for r in out}


def make(folder, kind, seed, told=None):
    path = folder / (f"{kind}-{seed}.json" if told is None else f"{kind}-{seed}-told.json")
    if not path.exists():
        args = [sys.executable, HERE / "make_day.py", kind, str(seed)]
        args += [] if told is None else ["--told-off", str(told)]
        path.write_bytes(subprocess.run(args, capture_output=True, check=True).stdout)
    return path


def mean(values):
    m = statistics.mean(values)
    se = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0
    return m, se


def said(values, digits):
    m, se = mean(values)
    return f"{m:.{digits}f} ± {se:.{max(digits, 1)}f}"


def table(rows, head):
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for r in rows:
        print("| " + " | ".join(r) + " |")
    print()


def by_policy(days, policies):
    rows = []
    for kind, runs in days.items():
        row = [kind]
        for p in policies:
            row.append(said([r[p]["cost_per_case"] for r in runs], 2))
        rows.append(row)
    print("Cost per case, lower is better:\n")
    table(rows, ["days", *["ours" if p == "tide" else p for p in policies]])


def ratios(days):
    rows, everything = [], {"region": [], "best": []}
    for kind, runs in days.items():
        to_region = [r["tide"]["cost_per_case"] / r["region"]["cost_per_case"] for r in runs]
        to_best = [r["tide"]["cost_per_case"] / min(r[p]["cost_per_case"] for p in PEERS)
                   for r in runs]
        vip = [r["tide"]["fr_mean_vip"] / r["tide"]["fr_mean"] for r in runs]
        everything["region"] += to_region
        everything["best"] += to_best
        rows.append([kind, said(to_region, 3), said(to_best, 3), said(vip, 2)])
    rows.append(["all", said(everything["region"], 3), said(everything["best"], 3), ""])
    print("Ratios:\n")
    table(rows, ["days", "to region-only", "to the day's best other rule",
                 "important customers' wait to everyone's"])


def figures(days):
    rows = [[text, *[said([r["tide"][key] for r in runs], digits) for runs in days.values()]]
            for key, text, digits in SHOWN]
    print("Our figures:\n")
    table(rows, ["", *days])


def told_wrong(tool, folder, days, seeds):
    rows, everything = [], []
    for kind, runs in days.items():
        off = [replay(tool, make(folder, kind, s, s * 7), ["tide"])["tide"]["cost_per_case"]
               / r["tide"]["cost_per_case"] for s, r in zip(seeds, runs)]
        everything += off
        rows.append([kind, said(off, 3)])
    rows.append(["all", said(everything, 3)])
    print("Cost when told formulas that are off by 15 to 30 % each, to the right ones:\n")
    table(rows, ["days", "ratio"])


def svg(days, policies, path):
    """Bars of cost per case: one group a kind, one bar a policy, whiskers of a standard error."""
    colours = ["#1f6f5c", "#9aa5b1", "#c3a76b", "#7b8fb8", "#b58299", "#8aa68a", "#b0b0b0"]
    top = max(mean([r[p]["cost_per_case"] for r in runs])[0]
              for runs in days.values() for p in policies) * 1.1
    width, height, left, base = 760, 320, 44, 270
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
           'font-family="sans-serif" font-size="12" role="img" '
           'aria-label="Cost per case by policy and kind of day">',
           f'<rect width="{width}" height="{height}" fill="#fff"/>']
    for v in range(0, int(top) + 1, 2):
        y = base - 240 * v / top
        out.append(f'<path d="M{left} {y:.1f}H{width - 10}" stroke="#e4e7eb"/>'
                   f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end" fill="#52606d">{v}</text>')
    group = (width - left - 10) / len(days)
    for g, (kind, runs) in enumerate(days.items()):
        bar = group * .86 / len(policies)
        for i, p in enumerate(policies):
            m, se = mean([r[p]["cost_per_case"] for r in runs])
            x, h, e = left + group * (g + .07) + bar * i, 240 * m / top, 240 * se / top
            mid = x + bar * .45
            out.append(f'<rect x="{x:.1f}" y="{base - h:.1f}" width="{bar * .9:.1f}" '
                       f'height="{h:.1f}" fill="{colours[i % 7]}"/>'
                       f'<path d="M{mid:.1f} {base - h - e:.1f}v{2 * e:.1f}" stroke="#323f4b"/>')
        out.append(f'<text x="{left + group * (g + .5):.1f}" y="{base + 18}" text-anchor="middle" '
                   f'fill="#323f4b">{kind}</text>')
    for i, p in enumerate(policies):
        x = left + i * 98
        out.append(f'<rect x="{x}" y="{height - 18}" width="10" height="10" fill="{colours[i % 7]}"/>'
                   f'<text x="{x + 14}" y="{height - 9}" fill="#323f4b">'
                   f'{"ours" if p == "tide" else p}</text>')
    path.write_text("\n".join(out) + "\n</svg>\n")


def main():
    ap = argparse.ArgumentParser(description=__doc__,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("tool")
    ap.add_argument("--seeds", type=int, nargs=2, default=(201, 210))
    ap.add_argument("--days", type=pathlib.Path)
    ap.add_argument("--given", type=pathlib.Path, nargs="*", default=[])
    ap.add_argument("--svg", type=pathlib.Path)
    ap.add_argument("--json", type=pathlib.Path)
    o = ap.parse_args()
    folder = o.days or pathlib.Path(tempfile.mkdtemp(prefix="aftersail-days-"))
    folder.mkdir(exist_ok=True)
    seeds, policies = range(o.seeds[0], o.seeds[1] + 1), ["tide", *PEERS]
    for path in o.given:
        r = replay(o.tool, path, policies)
        by_policy({path.stem: [r]}, policies)
        figures({path.stem: [r]})
    days = {k: [replay(o.tool, make(folder, k, s), policies) for s in seeds] for k in KINDS}
    by_policy(days, policies)
    ratios(days)
    figures(days)
    told_wrong(o.tool, folder, days, seeds)
    if o.svg:
        svg(days, policies, o.svg)
    if o.json:
        o.json.write_text(json.dumps(days, indent=1))


if __name__ == "__main__":
    main()
