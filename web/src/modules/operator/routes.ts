import type { RouteRecordRaw } from 'vue-router'

/** Pages of the settings, under /settings. */
export const settings: RouteRecordRaw[] = [
  {
    path: 'desk',
    component: () => import('./DeskSettings.vue'),
    meta: { title: 'settings.desk', group: 'desk', icon: 'sliders', needs: ['settings.edit'] },
  },
  {
    path: 'quarantine',
    component: () => import('./Quarantine.vue'),
    meta: {
      title: 'settings.quarantine',
      group: 'desk',
      icon: 'quarantine',
      needs: ['quarantine.handle'],
    },
  },
  {
    path: 'failed',
    component: () => import('./FailedWork.vue'),
    meta: { title: 'settings.failed', group: 'desk', icon: 'failed', needs: ['quarantine.handle'] },
  },
  {
    path: 'system',
    component: () => import('./SystemPage.vue'),
    meta: { title: 'settings.system', group: 'desk', icon: 'data', needs: ['system.read'] },
  },
]
