import { fileURLToPath } from 'node:url'

import vueI18n from '@intlify/unplugin-vue-i18n/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Where `npm run dev` finds a running desk. */
const desk = process.env['AFTERSAIL_URL'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [
    vue(),
    // Messages are compiled here: the console's CSP forbids making functions at run time.
    vueI18n({ include: here('../i18n/*.json'), runtimeOnly: true, strictMessage: false }),
  ],
  resolve: { alias: { '@': here('./src'), '@i18n': here('../i18n') } },
  define: { __VUE_I18N_LEGACY_API__: false, __VUE_OPTIONS_API__: false },
  build: {
    target: ['chrome105', 'firefox110', 'safari16'],
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
  },
  server: {
    fs: { allow: [here('..')] },
    proxy: { '/api': { target: desk, changeOrigin: false } },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.spec.ts', 'widget/src/**/*.spec.ts'],
    testTimeout: 10_000,
  },
})
