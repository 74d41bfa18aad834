// What the sign-in page may know before anybody has signed in.
import { BASE } from '@/api/client'

export interface Welcome {
  name: string
  people: { name: string; email: string; password: string; role: string }[]
}

export async function loadWelcome(): Promise<Welcome | undefined> {
  try {
    const reply = await fetch(`${BASE}/welcome`)
    return reply.ok ? ((await reply.json()) as Welcome) : undefined
  } catch {
    return undefined
  }
}
