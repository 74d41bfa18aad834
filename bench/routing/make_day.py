#!/usr/bin/env python3
"""Make up a day of a desk: people, shifts, customers, incidents, and what nobody knows.

  make_day.py KIND SEED [--told-off SEED] [--vary] > day.json       KIND: weekday, promo, scarce

The same kind and seed give the same day.  --told-off tells the engine formulas that are wrong by
up to 30 % each, in directions drawn from its seed; the day itself does not change.  --vary draws the
desk's size, its volume, the shares of markets and channels and how many speak a language from wider
ranges, so that what is good on the usual days only does not pass for good."""
import argparse
import json
import math
import random

MARKETS = {  # region, hours from UTC, share of the volume, languages: (share, {language: grade})
    "DE": ("EU", 1, 15.8, [(.29, {"de": 5, "en": 4}), (.50, {"de": 5, "en": 2}), (.21, {"de": 5})]),
    "FR": ("EU", 1, 11.5, [(.16, {"fr": 5, "en": 4}), (.50, {"fr": 5, "en": 2}), (.34, {"fr": 5})]),
    "ES": ("EU", 1, 8.2, [(.15, {"es": 5, "en": 4}), (.43, {"es": 5, "en": 2}), (.42, {"es": 5})]),
    "IT": ("EU", 1, 7.6, [(.16, {"it": 5, "en": 4}), (.43, {"it": 5, "en": 2}),
                          (.06, {"it": 5, "fr": 3}), (.35, {"it": 5})]),
    "UK": ("EU", 0, 11.8, [(.96, {"en": 5}), (.04, {"en": 3, "fr": 5})]),
    "US": ("NA", -5, 21.2, [(.85, {"en": 5}), (.15, {"es": 5, "en": 2})]),
    "MX": ("LATAM", -6, 5.7, [(.25, {"es": 5, "en": 3}), (.75, {"es": 5})]),
    "BR": ("LATAM", -3, 5.8, [(.13, {"pt": 5, "en": 3}), (.87, {"pt": 5, "es": 2})]),
    "JP": ("APAC", 9, 4.7, [(.10, {"ja": 5, "en": 3}), (.90, {"ja": 5, "en": 1})]),
    "KR": ("APAC", 9, 2.6, [(.19, {"ko": 5, "en": 3}), (.81, {"ko": 5, "en": 1})]),
    "TH": ("APAC", 7, 2.1, [(.25, {"th": 5, "en": 3}), (.75, {"th": 5, "en": 1})]),
    "SEA": ("APAC", 8, 3.0, [(.50, {"en": 4, "id": 3}), (.50, {"id": 5, "en": 2})]),
}
NATIVE = {  # region: first languages of its people, by plan; further ones, how many have one
    "EU": ([("de", 28), ("fr", 20), ("es", 15), ("it", 13), ("en", 24)],
           ["de", "fr", "es", "it"], .25),
    "NA": ([("en", 80), ("es", 20)], ["es"], .24),
    "LATAM": ([("es", 58), ("pt", 35), ("en", 7)], ["es", "pt"], .5),
    "APAC": ([("ja", 24), ("ko", 18), ("th", 15), ("id", 19), ("en", 25)],
             ["ja", "ko", "th", "id"], .38),
}
STARTS = [(6, 9), (7, 8), (8, 15), (9, 16), (10, 11), (11, 2), (12, 12), (14, 14), (15, 8), (22, 5)]
ISSUES = [("logistics", 39.6), ("returns", 22), ("product", 15.6), ("payment", 12.3), ("tax", 10.5)]
COMPLEX = {"logistics": .173, "returns": .203, "product": .298, "payment": .285, "tax": .54}
# Everybody is good at two topics, the common ones first, and knows something of the others.
TRAINED = [("logistics", 42.6), ("returns", 21.1), ("product", 18.9), ("payment", 10.3), ("tax", 7.1)]
CHANNELS = [("chat", 37.7), ("email", 25), ("whatsapp", 17.7), ("phone", 14.8), ("telegram", 4.8)]
GRADES_TRAINED = [(4, 56), (5, 44)]
GRADES_OTHER = [(1, 19), (2, 38), (3, 28), (4, 12), (5, 3)]
#            local hour 0 .. 23
HOURS = [1.3, .7, .55, .6, .65, 1.35, 2.1, 3.2, 4.4, 6, 6.25, 6, 5.8, 5.85, 5.65, 5.5, 5.8, 5.75, 6.5,
         7.3, 7, 6.2, 3.7, 1.85]
KINDS = {  # people by region, contacts a day, markets left out
    "weekday": ({"EU": 52, "NA": 22, "APAC": 21, "LATAM": 15}, 7050, ()),
    "promo": ({"EU": 52, "NA": 22, "APAC": 21, "LATAM": 15}, 5060, ()),
    "scarce": ({"EU": 26, "NA": 17, "APAC": 19}, 4000, ("ES", "IT", "MX", "BR")),
}
INCIDENTS = [("none", 40), ("surge", 30), ("absent", 15), ("topic", 15)]
RAMP_S = 1500  # a promotion's rush is there within minutes, not at once
MODEL = {
    "work_s": {"phone": 330, "chat": 400, "whatsapp": 430, "telegram": 430, "email": 330,
               "callback": 300},
    "complex_work": 1.7, "lang_work": .16, "skill_work": .10, "same_work": .8, "work_cv": .7,
    "p_simple": .88, "p_complex": .70, "lang_fcr": .17, "skill_fcr": .09, "same_fcr": 1.06,
    "need_lang": {"phone": 4, "chat": 3, "email": 3}, "need_skill": [2, 4],
    "mt_floor": {"phone": 0, "chat": 1, "email": 2}, "beta": .3, "email_yield": .35,
    "react_s": {"phone": 3, "chat": 8}, "react_load": .35, "react_lang": .25,
    "target_s": {"phone": 20, "chat": 30, "whatsapp": 45, "telegram": 45, "email": 14400,
                 "callback": 2700},
    "patience_s": {"phone": 200, "chat": 420, "whatsapp": 2400, "telegram": 2400},
    "return_p": .75, "return_s": {"live": 2400, "email": 7200}, "redial_p": .4, "redial_s": 600,
    "callback_after_s": 45, "callback_accept": .6, "callback_window_s": 2700,
    "cost": {"wait30": 1.0, "breach": 1.0, "abandon": 10.0, "unresolved": 6.0, "email_late": 3.0,
             "email_hour": 1.0, "callback": 3.0},
}
# What a desk measures of its own work and may have measured wrongly; prices are its own choice.
MEASURED = ["work_s", "complex_work", "lang_work", "skill_work", "same_work", "p_simple", "p_complex",
            "lang_fcr", "skill_fcr", "same_fcr", "beta", "email_yield", "react_load", "react_lang",
            "patience_s", "return_p", "return_s"]


def pick(r, table):
    x = r.uniform(0, sum(w for _, w in table))
    for v, w in table:
        x -= w
        if x <= 0:
            return v
    return table[-1][0]


def planned(region, n, kept):
    """How many of n people have each first language: a desk hires by plan, not by chance."""
    table = [(l, w) for l, w in NATIVE[region][0] if l in kept]
    whole = sum(w for _, w in table)
    exact = {l: n * w / whole for l, w in table}
    out = {l: int(x) for l, x in exact.items()}
    for l in sorted(exact, key=lambda l: out[l] - exact[l])[:n - sum(out.values())]:
        out[l] += 1
    return [l for l, k in out.items() for _ in range(k)]


def languages(r, region, native, thin, kept, more_often):
    _, seconds, share = NATIVE[region]
    if native != "en" and r.random() < thin:
        native = "en"
    langs = {native: 5}
    if native != "en":
        langs["en"] = pick(r, [(2, 24), (3, 32), (4, 35), (5, 9)])
    more = [l for l in seconds if l in kept and l not in langs]
    if more and r.random() < share * more_often:
        langs[r.choice(more)] = pick(r, [(3, 42), (4, 38), (5, 20)])
    return langs


def skills(r):
    trained = []
    while len(trained) < 2:
        trained.append(pick(r, [(i, w) for i, w in TRAINED if i not in trained]))
    return {i: pick(r, GRADES_TRAINED if i in trained else GRADES_OTHER) for i, _ in ISSUES}


def shifts(r, hours_from_utc):
    """Two spans of eight hours in all with half an hour's break, by the clock of the region, cut at
    the day's ends."""
    start = (pick(r, STARTS) + r.choice((0, .5)) - hours_from_utc) * 3600
    length, rest = 8.5 * 3600, 1800
    middle = start + 4 * 3600 + r.uniform(-1800, 1800)
    spans = []
    for shift in (-86400, 0, 86400):
        for a, b in ((start, middle), (middle + rest, start + length)):
            a, b = int(max(0, a + shift)), int(min(93600, b + shift))
            if b - a > 600:
                spans.append([a, b])
    return sorted(spans)


def people(r, kind, incident, vary):
    staff, _, without = KINDS[kind]
    size, thin = (r.uniform(.93, 1.1), r.uniform(0, .25)) if vary else (1, 0)
    kept = {l for m, (_, _, _, ps) in MARKETS.items() if m not in without
            for _, p in ps for l in p} | {"en"}
    out, more_often = [], r.uniform(.5, 1.5)
    for region, n in staff.items():
        zone = {"EU": 1, "NA": -5, "LATAM": -4, "APAC": 8}[region]
        natives = planned(region, round(n * size), kept)
        r.shuffle(natives)
        for native in natives:
            langs = languages(r, region, native, thin, kept, more_often)
            markets = [m for m, (g, _, _, ps) in MARKETS.items() if m not in without and g == region
                       and any(max(p, key=p.get) in langs for _, p in ps)]
            on = shifts(r, zone)
            if incident == "absent" and r.random() < .12:
                on = [s for s in on if r.random() < .5]
            out.append({"id": len(out), "region": region, "markets": markets, "langs": langs,
                        "skills": skills(r),
                        "channels": ["chat", "email"] + (["phone"] if r.random() < .73 else []),
                        "max_chat": pick(r, [(2, 23), (3, 57), (4, 20)]), "on": on})
    return out


def rate(kind, market, incident, t):
    """Volume of a market at second t of the day, in shares."""
    _, zone, share, _ = MARKETS[market]
    v = share * HOURS[math.floor(t / 3600 + zone) % 24]
    if kind == "promo" and incident["from"] <= t < incident["to"] and market in incident["markets"]:
        v *= 1 + (incident["times"] - 1) * min(1, (t - incident["from"] + 300) / RAMP_S)
    if incident["name"] == "surge" and market in incident["hit"] \
            and incident["at"] <= t < incident["at"] + 7200:
        v *= 2.25
    return v


def plan_incident(r, kind, markets):
    first = r.choice(markets)
    near = [m for m in markets if m != first and MARKETS[m][0] == MARKETS[first][0]]
    i = {"name": pick(r, INCIDENTS),
         "hit": [first, *r.sample(near, min(1, len(near)))], "at": r.randint(6, 18) * 3600}
    i["issue"] = pick(r, ISSUES)
    if kind == "promo":
        start = r.randint(15, 18) * 3600
        west = [m for m in markets if MARKETS[m][0] != "APAC"]
        i.update({"from": start, "to": start + 3 * 3600, "times": r.uniform(3.8, 4.2),
                  "markets": west if r.random() < .8 else markets})
    return i


def cases(r, kind, incident, profiles, vary):
    _, total, without = KINDS[kind]
    markets = [m for m in MARKETS if m not in without]
    shares = {m: r.uniform(.75, 1.3) if vary else 1 for m in markets}
    channels = [(c, w * (r.uniform(.75, 1.3) if vary else 1)) for c, w in CHANNELS]
    low, high = (.88, 1.1) if vary else (.95, 1.05)
    calm = dict(incident, name="none", times=1)
    size = total * r.uniform(low, high) / sum(shares[m] * rate(kind, m, calm, h * 3600 + 1)
                                              for m in markets for h in range(24)) / 3600
    out = []
    for m in markets:
        here = size * shares[m]
        t, top = 0.0, here * MARKETS[m][2] * max(HOURS) * 13
        while True:
            t += r.expovariate(top)
            if t >= 86400:
                break
            if r.random() * top > here * rate(kind, m, incident, t):
                continue
            issue = pick(r, ISSUES)
            if incident["name"] == "topic" and incident["at"] <= t < incident["at"] + 10800 \
                    and r.random() < .35:
                issue = incident["issue"]
            langs = pick(r, [(p, w) for w, p in MARKETS[m][3]])
            out.append([round(t, 2), m, profiles.index((m, langs)), pick(r, channels), issue,
                        int(r.random() < COMPLEX[issue]), int(r.random() < .08),
                        pick(r, [(0, 72), (1, 20), (2, 8)])])
    return sorted(out, key=lambda c: c[0])


def wrong(model, seed):
    r = random.Random("told %d" % seed)
    off = lambda v: v * r.choice((.7, .85, 1.15, 1.3))
    told = json.loads(json.dumps(model))
    for k in MEASURED:
        v = told[k]
        told[k] = {n: off(x) for n, x in v.items()} if isinstance(v, dict) else off(v)
    for k in ("p_simple", "p_complex", "return_p"):
        told[k] = min(.97, told[k])
    return told


def make(kind, seed, told_off=None, vary=False):
    r = random.Random("%s %d%s" % (kind, seed, " varied" if vary else ""))
    _, _, without = KINDS[kind]
    markets = [m for m in MARKETS if m not in without]
    incident = plan_incident(r, kind, markets)
    profiles = [(m, p) for m in markets for _, p in MARKETS[m][3]]
    staff = people(r, kind, incident["name"], vary)
    day = {"protocol": 1, "name": "%s-%d" % (kind, seed), "kind": kind,
           "seed": r.getrandbits(62), "horizon": 86400, "drain": 7200, "tick_s": 2, "model": MODEL,
           "regions": sorted({MARKETS[m][0] for m in markets}),
           "markets": {m: {"region": MARKETS[m][0], "tz": MARKETS[m][1]} for m in markets},
           "profiles": [p for _, p in profiles], "agents": staff,
           "hidden": {"speed": [round(math.exp(r.gauss(0, .115)), 3) for _ in staff],
                      "quality": [round(min(1.08, max(.88, r.gauss(1, .04))), 3) for _ in staff]},
           "cases": cases(r, kind, incident, profiles, vary)}
    if told_off is not None:
        day["told"] = wrong(MODEL, told_off)
        day["name"] += "-told%d" % told_off
    return day


def main():
    ap = argparse.ArgumentParser(description=__doc__,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("kind", choices=sorted(KINDS))
    ap.add_argument("seed", type=int)
    ap.add_argument("--told-off", type=int)
    ap.add_argument("--vary", action="store_true")
    o = ap.parse_args()
    print(json.dumps(make(o.kind, o.seed, o.told_off, o.vary), separators=(",", ":")))


if __name__ == "__main__":
    main()
