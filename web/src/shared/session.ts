// Who is signed in, what they may do, and how their console looks.
import { computed, shallowRef, watchEffect } from 'vue'

import { api, ApiError, must } from '@/api/client'
import type { Person, Session } from '@/api/types'
import { setLocale } from './i18n'

export const session = shallowRef<Session>()
export const myId = computed(() => session.value?.person.id ?? 0)

export const can = (permission: string) => session.value?.permissions.includes(permission) ?? false
export const canAny = (permissions: string[]) => permissions.some(can)

const dark = matchMedia('(prefers-color-scheme: dark)')
export const theme = shallowRef(localStorage.getItem('aftersail.theme') ?? 'auto')

export function paintTheme() {
  const isDark = theme.value === 'dark' || (theme.value === 'auto' && dark.matches)
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light'
}
dark.addEventListener('change', paintTheme)
watchEffect(() => {
  localStorage.setItem('aftersail.theme', theme.value)
  paintTheme()
})

async function take(found: Session) {
  theme.value = found.person.theme
  await setLocale(found.person.locale)
  session.value = found
}

/** Reads the session the cookie stands for; false when there is none. */
export async function resume() {
  try {
    await take(await must(api.GET('/session')))
    return true
  } catch (e) {
    if (e instanceof ApiError && e.status === 401) return false
    throw e
  }
}

export async function signIn(email: string, password: string) {
  await take(await must(api.POST('/session', { body: { email, password } })))
}

/** By an invitation or a link to a new password: sets it and signs in. */
export async function signInByLink(token: string, password: string) {
  await take(await must(api.POST('/session/password', { body: { token, password } })))
}

export async function signOut() {
  await must(api.DELETE('/session'))
  session.value = undefined
}

export async function personChanged(person: Person) {
  if (session.value) await take({ ...session.value, person })
}

export async function setPresence(presence: Person['presence']) {
  const before = session.value
  if (!before) return
  session.value = { ...before, person: { ...before.person, presence } }
  try {
    await must(api.PUT('/me/presence', { body: { presence } }))
  } catch (e) {
    session.value = before
    throw e
  }
}
