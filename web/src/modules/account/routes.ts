import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('./SignIn.vue'),
    meta: { title: 'account.sign_in', open: true, bare: true },
  },
  {
    path: '/forgot-password',
    component: () => import('./ForgotPassword.vue'),
    meta: { title: 'account.forgot_title', open: true, bare: true },
  },
  {
    path: '/set-password',
    component: () => import('./SetPassword.vue'),
    meta: { title: 'account.set_password_title', open: true, bare: true },
  },
]

/** Pages of the settings, under /settings. */
export const settings: RouteRecordRaw[] = [
  {
    path: 'profile',
    component: () => import('./Profile.vue'),
    meta: { title: 'settings.profile', group: 'mine', icon: 'customer' },
  },
  {
    path: 'people',
    component: () => import('./People.vue'),
    meta: { title: 'settings.people', group: 'people', icon: 'people', needs: ['person.edit'] },
  },
  {
    path: 'roles',
    component: () => import('./Roles.vue'),
    meta: { title: 'settings.roles', group: 'people', icon: 'shield', needs: ['role.edit'] },
  },
  {
    path: 'teams',
    component: () => import('./Teams.vue'),
    meta: { title: 'settings.teams', group: 'people', icon: 'people', needs: ['team.edit'] },
  },
]
