import { watch } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'

import { onSignedOut } from '@/api/client'
import { loadDirectory } from '@/shared/directory'
import { locale, t } from '@/shared/i18n'
import { startLive, stopLive } from '@/shared/live'
import { routes as account } from '@/modules/account'
import { routes as customer } from '@/modules/customer'
import { resumeOutbox, routes as inbox } from '@/modules/inbox'
import { canAny, resume, session } from '@/shared/session'
import { settingsRoutes } from './settings'

declare module 'vue-router' {
  interface RouteMeta {
    title?: string
    /** Seen without signing in. */
    open?: boolean
    /** Shown to those who hold one of these. */
    needs?: string[]
    /** Stands in the menu of settings, in this group. */
    group?: string
    icon?: string
    /** Without the rail. */
    bare?: boolean
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    ...account,
    ...inbox,
    ...customer,
    {
      path: '/settings',
      component: () => import('./SettingsLayout.vue'),
      meta: { title: 'settings.title' },
      children: [{ path: '', redirect: '/settings/profile' }, ...settingsRoutes],
    },
    {
      path: '/denied',
      name: 'denied',
      component: () => import('./NotFound.vue'),
      meta: { title: 'shell.denied.title' },
    },
    {
      path: '/:rest(.*)*',
      component: () => import('./NotFound.vue'),
      meta: { title: 'error.notfound' },
    },
  ],
})

let asked = false

async function begin() {
  await loadDirectory()
  startLive()
  resumeOutbox()
}

watch(session, (now, before) => {
  if (now && !before) void begin()
  if (!now) stopLive()
})

router.beforeEach(async (to) => {
  if (!asked) {
    asked = true
    await resume().catch(() => false)
  }
  if (!session.value && !to.meta.open)
    return { name: 'sign-in', query: to.path === '/' ? {} : { to: to.fullPath } }
  if (session.value && to.name === 'sign-in') return '/'
  if (to.meta.needs && !canAny(to.meta.needs)) return { name: 'denied', replace: true }
  return true
})

function title() {
  const key = router.currentRoute.value.meta.title
  const desk = session.value?.desk.name ?? 'Aftersail'
  document.title = key ? `${t(key)} · ${desk}` : desk
}
router.afterEach(title)
watch(locale, title)

/** A fresh page forgets everything of the one before; drafts and unsent messages are kept. */
onSignedOut(() => {
  if (!session.value) return
  stopLive()
  const query = new URLSearchParams({ to: router.currentRoute.value.fullPath, ended: '1' })
  location.assign(`/sign-in?${query}`)
})
