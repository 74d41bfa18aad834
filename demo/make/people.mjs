// The customers: names in their own scripts, an address nobody can write to, a few notes.

const HOSTS = ['post.example', 'mailbox.example', 'home.example', 'letters.example']
const FAMILY_FIRST = { JP: ' ', KR: '' }

function split(word, male) {
  const [native, latin = native] = word.split('=')
  const gendered = (s) => {
    const [stem, ending] = s.split('/')
    return ending && !male ? stem + ending : stem
  }
  return { native: gendered(native), latin: gendered(latin) }
}

const plain = (s) =>
  s
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replaceAll('ı', 'i')
    .replaceAll('ß', 'ss')
    .replace(/[^a-z]/g, '')

function surnames(text) {
  return text
    .replace('De Santis', 'De_Santis')
    .split(' ')
    .map((s) => s.replace('_', ' '))
}

function onePerson(country, place, r, seen) {
  for (;;) {
    const male = r.yes(0.5)
    const given = split(r.pick(place[male ? 'm' : 'f'].split(' ')), male)
    const family = split(r.pick(surnames(place.s)), male)
    const joint = FAMILY_FIRST[country]
    const name =
      joint === undefined
        ? `${given.native} ${family.native}`
        : family.native + joint + given.native
    const mail = `${plain(given.latin)}.${plain(family.latin)}@${r.pick(HOSTS)}`
    if (seen.has(name)) continue
    seen.add(name)
    return { male, given: given.native, family: family.native, name, mail }
  }
}

function notesFor(r, words, writers, created) {
  if (!r.yes(0.18)) return undefined
  const at = r.int(Math.floor(created / 4), created - 1)
  return [{ person: r.pick(writers), at, text: r.pick(words.customer_notes) }]
}

/** All customers, with what the generator alone needs under `_`. */
export function makeCustomers(places, words, r) {
  const list = []
  const seen = new Set()
  for (const [country, place] of Object.entries(places)) {
    for (let i = 0; i < place.n; i++) {
      const who = onePerson(country, place, r, seen)
      const created = r.int(90, 400) * 1440 + r.int(0, 1439)
      const visitor = r.yes(0.45)
      list.push({
        key: `c-${country.toLowerCase()}-${String(i + 1).padStart(2, '0')}`,
        name: who.name,
        country,
        language: place.lang,
        zone: r.pick(place.zones),
        email: visitor && r.yes(0.25) ? undefined : who.mail,
        visitor: visitor || undefined,
        created,
        notes: notesFor(r, words, place.agents, created),
        _: who,
      })
    }
  }
  return list
}
