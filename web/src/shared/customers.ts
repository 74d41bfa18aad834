// What a customer is called: by the name given, else as the visitor of a number that stays.
import { t } from './i18n'

export const customerName = (c: { id: number; name: string }) =>
  c.name.trim() || t('customer.visitor', { id: c.id })
