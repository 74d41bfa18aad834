import { computed, ref, shallowRef } from 'vue'

import { api, must } from '@/api/client'
import type { Conversation, Variable } from '@/api/types'
import { canned, people } from '@/shared/directory'
import { languageName } from '@/shared/format'
import { t } from '@/shared/i18n'
import { attempt } from '@/shared/toast'
import { matches, type Option } from '@/ui/pick'
import { reach } from '../choices'
import { findTrigger, textFor, unresolved, type Trigger } from './complete'
import type { Draft } from './drafts'

const SHOWN = 8

/** The menu under the caret: what it offers and what choosing puts into the text. */
export function useComplete(conversation: () => Conversation, draft: () => Draft) {
  const trigger = shallowRef<Trigger>()
  const at = ref(0)
  const variables = shallowRef<Variable[]>()
  const values = computed(() => new Map(variables.value?.map((v) => [v.path, v.value])))

  async function loadVariables() {
    if (variables.value) return
    variables.value = []
    const params = { path: { id: conversation().id } }
    const page = await must(api.GET('/conversations/{id}/variables', { params })).catch(
      () => undefined,
    )
    variables.value = page?.items
  }

  const offers: Record<Trigger['kind'], () => Option[]> = {
    canned: () =>
      canned.list.value.map((reply) => {
        const text = textFor(reply.texts, [
          conversation().language,
          conversation().customer.language,
        ])
        return {
          value: reply.id,
          text: `/${reply.shortcut}  ${reply.title}`,
          hint: text && languageName(text.language),
          also: text?.text,
        }
      }),
    variable: () =>
      (variables.value ?? []).map((v) => ({
        value: v.path,
        text: v.path,
        hint: v.value ?? t('composer.no_value'),
      })),
    mention: () =>
      people.list.value
        .filter((p) => p.active && reach(conversation().inbox_id)(p))
        .map((p) => ({
          value: p.id,
          text: p.name,
          hint: t(`presence.${p.presence}`),
          also: p.email,
        })),
  }

  const options = computed(() => {
    const now = trigger.value
    if (!now) return []
    return offers[now.kind]()
      .filter((o) => matches(o, now.words))
      .slice(0, SHOWN)
  })

  function look(text: string, caret: number) {
    const found = findTrigger(text, caret, draft().kind === 'note')
    if (found?.kind !== trigger.value?.kind || found?.words !== trigger.value?.words) at.value = 0
    trigger.value = found
    if (text.includes('{{')) void loadVariables()
  }

  async function cannedText(id: number) {
    const path = { id: conversation().id, id2: id }
    const filled = await attempt(() =>
      must(api.GET('/conversations/{id}/canned/{id2}', { params: { path } })),
    )
    if (filled?.missing.length) await loadVariables()
    return filled?.text
  }

  /** What takes the place of the sign and the words after it. */
  async function textOf(option: Option) {
    const kind = trigger.value?.kind
    trigger.value = undefined
    if (kind === 'canned') return cannedText(Number(option.value))
    if (kind === 'variable') return `{{${option.value}}}`
    draft().mentions[option.text] = Number(option.value)
    return `@${option.text} `
  }

  const missing = computed(() => {
    const d = draft()
    return d.kind === 'reply' && variables.value?.length ? unresolved(d.reply, values.value) : []
  })

  return {
    trigger,
    at,
    options,
    look,
    textOf,
    cannedText,
    missing,
    close: () => (trigger.value = undefined),
  }
}
