import type { RouteRecordRaw } from 'vue-router'

import { firstList } from './useList'

export const routes: RouteRecordRaw[] = [
  {
    path: '/',
    component: () => import('./InboxPage.vue'),
    beforeEnter: async () => `/inbox/${await firstList()}`,
  },
  {
    path: '/inbox/:list(mine|unassigned|all|mentions)/:id(\\d+)?',
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
export const settings: RouteRecordRaw[] = [
  {
    path: 'inboxes',
    component: () => import('./settings/Inboxes.vue'),
    meta: { title: 'settings.inboxes', group: 'work', icon: 'inbox', needs: ['inbox.edit'] },
  },
  {
    path: 'inboxes/new',
    component: () => import('./settings/InboxNew.vue'),
    meta: { title: 'settings.inbox_new', needs: ['inbox.edit'] },
  },
  {
    path: 'inboxes/:id(\\d+)',
    component: () => import('./settings/InboxEdit.vue'),
    meta: { title: 'settings.inboxes', needs: ['inbox.edit'] },
  },
  {
    path: 'canned',
    component: () => import('./settings/CannedReplies.vue'),
    meta: { title: 'settings.canned', group: 'work', icon: 'canned', needs: ['canned.edit'] },
  },
  {
    path: 'macros',
    component: () => import('./settings/Macros.vue'),
    meta: { title: 'settings.macros', group: 'work', icon: 'macro', needs: ['canned.edit'] },
  },
  {
    path: 'tags',
    component: () => import('./settings/Tags.vue'),
    meta: { title: 'settings.tags', group: 'work', icon: 'tag', needs: ['tag.edit'] },
  },
]
