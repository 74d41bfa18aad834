// The times a conversation is put off until, in the reader's zone.

const HOUR_MS = 3_600_000
const MORNING = 9

/** What a clock on the wall in a zone shows, as if it were UTC. */
function wallOf(at: number, zone: string | undefined) {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(at)
  const part = (type: string) => Number(parts.find((p) => p.type === type)?.value)
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'))
}

/** The moment at which that wall clock shows this; two looks settle a change of the clocks. */
function fromWall(wall: number, zone: string | undefined) {
  const guess = wall - (wallOf(wall, zone) - wall)
  return guess - (wallOf(guess, zone) - wall)
}

function morning(now: number, days: number, zone: string | undefined) {
  const wall = new Date(wallOf(now, zone))
  wall.setUTCDate(wall.getUTCDate() + days)
  wall.setUTCHours(MORNING, 0, 0, 0)
  return fromWall(wall.getTime(), zone)
}

export interface Snooze {
  key: string
  at: number
}

export function snoozes(now: number, zone: string | undefined): Snooze[] {
  const weekday = new Date(wallOf(now, zone)).getUTCDay()
  const toMonday = (8 - weekday) % 7 || 7
  const whole = Math.ceil(now / 60_000) * 60_000
  return [
    { key: 'hour', at: whole + HOUR_MS },
    { key: 'hours', at: whole + 4 * HOUR_MS },
    { key: 'tomorrow', at: morning(now, 1, zone) },
    { key: 'monday', at: morning(now, toMonday, zone) },
    { key: 'week', at: morning(now, 7, zone) },
  ]
}
