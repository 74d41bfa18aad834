import { ref } from 'vue'

import { asApiError } from '@/api/client'
import { t } from './i18n'
import { reason, say } from './toast'

/** What every form has: busy while it saves, and the reason when it was refused. */
export function useForm() {
  const busy = ref(false)
  const problem = ref('')

  async function submit<T>(
    work: () => Promise<T>,
    done = t('action.saved'),
  ): Promise<T | undefined> {
    busy.value = true
    problem.value = ''
    try {
      const result = await work()
      say(done)
      return result
    } catch (e) {
      problem.value = reason(asApiError(e))
      return undefined
    } finally {
      busy.value = false
    }
  }

  return { busy, problem, submit }
}
