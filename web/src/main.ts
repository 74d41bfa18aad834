import { createApp } from 'vue'

import App from './App.vue'
import { firstLocale, i18n, setLocale } from './shared/i18n'
import { paintTheme } from './shared/session'
import { router } from './shell/router'
import './ui/tokens.css'
import './ui/base.css'

paintTheme()
void setLocale(firstLocale()).then(() => {
  createApp(App).use(i18n).use(router).mount('#app')
})
