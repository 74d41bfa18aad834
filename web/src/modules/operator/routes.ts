import type { RouteRecordRaw } from 'vue-router'

/** Pages of the settings, under /settings. */
export const settings: RouteRecordRaw[] = []
