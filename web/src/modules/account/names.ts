import { t, te } from '@/shared/i18n'

/** The name of a built-in role in the reader's language; others were named by people. */
export const roleName = (name: string) => (te(`role.${name}`) ? t(`role.${name}`) : name)

export function permissionText(p: { name: string; text: string }) {
  const key = `permission.${p.name}`
  return te(key) ? t(key) : p.text
}
