import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'

import type { Field } from '@/api/types'
import FieldForm from './FieldForm.vue'
import { changesOf, defaultsOf, valuesOf } from './fields'
import { i18n } from './i18n'

const field = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  type: 'text',
  flags: [],
  min: 0,
  max: 0,
  values: null,
  text: `The ${name}`,
  default: null,
  ...more,
})
const fields = [
  field('host', { flags: ['required'], max: 200 }),
  field('port', { type: 'int', min: 1, max: 65535, default: 993 }),
  field('tls', { type: 'enum', values: 'tls|starttls|none' }),
  field('keep_sent', { type: 'bool', default: true }),
  field('password', { flags: ['secret', 'required'] }),
]

describe('a form drawn from the desk’s rows', () => {
  it('begins with what the desk begins with', () => {
    expect(defaultsOf(fields)).toEqual({ port: 993, tls: 'tls', keep_sent: true })
  })

  it('never shows a secret and sends it only when it was written', () => {
    const kept = { host: 'a', port: 1, tls: 'tls', keep_sent: false, password: true }
    const before = valuesOf(kept, fields)
    expect(before['password']).toBeUndefined()
    expect(changesOf(before, { ...before, port: 2 }, fields)).toEqual({ port: 2 })
    expect(changesOf(before, { ...before, password: 'x' }, fields)).toEqual({ password: 'x' })
  })

  it.each([
    ['host', 'input[type=text]', 'imap.a.example', 'imap.a.example'],
    ['port', 'input[type=number]', '143', 143],
    ['tls', 'select', 'none', 'none'],
    ['password', 'input[type=password]', 'secret', 'secret'],
  ])('%s', async (name, selector, typed, expected) => {
    const form = mount(FieldForm, {
      props: { fields, modelValue: {}, kept: {} },
      global: { plugins: [i18n] },
    })
    await form.get(selector).setValue(typed)
    expect(form.emitted('update:modelValue')?.at(-1)).toEqual([{ [name]: expected }])
  })
})
