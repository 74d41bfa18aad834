import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('./SignIn.vue'),
    meta: { title: 'account.sign_in', open: true, bare: true },
  },
]

/** Pages of the settings, under /settings. */
export const settings: RouteRecordRaw[] = []
