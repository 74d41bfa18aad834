// What the sign-in page may know before anybody has signed in.
import { api, must } from '@/api/client'
import type { Welcome } from '@/api/types'

/** Nothing when the desk cannot be reached: signing in will say so. */
export async function loadWelcome(): Promise<Welcome | undefined> {
  return must(api.GET('/welcome')).catch(() => undefined)
}
