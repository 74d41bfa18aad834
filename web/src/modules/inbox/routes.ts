import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/inbox/mine' },
  {
    path: '/inbox/:list(mine|unassigned|all)/:id(\\d+)?',
    name: 'inbox',
    component: () => import('./InboxPage.vue'),
    meta: { title: 'inbox.title' },
  },
  { path: '/conversations/:id(\\d+)', redirect: (to) => `/inbox/all/${String(to.params['id'])}` },
  {
    path: '/search',
    name: 'search',
    component: () => import('./SearchPage.vue'),
    meta: { title: 'search.title' },
  },
]

/** Pages of the settings, under /settings. */
export const settings: RouteRecordRaw[] = []
