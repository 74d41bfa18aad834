import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/customers/:id(\\d+)?',
    name: 'customers',
    component: () => import('./CustomersPage.vue'),
    meta: { title: 'customer.list' },
  },
]
