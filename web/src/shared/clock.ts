import { ref } from 'vue'

/** The time, moving every half minute: for "4 m ago" and clocks on the wall. */
export const now = ref(Date.now())
setInterval(() => (now.value = Date.now()), 30_000)
