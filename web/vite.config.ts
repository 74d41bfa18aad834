import { fileURLToPath } from 'node:url'

import vueI18n from '@intlify/unplugin-vue-i18n/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Where `npm run dev` finds a running desk. */
const desk = process.env['AFTERSAIL_URL'] ?? 'http://127.0.0.1:8080'

/**
 * In our messages only {name} is special, for the server reads the same files; to vue-i18n "@" and
 * "|" are too, so they are quoted before it compiles them.
 */
const plainSigns = {
  name: 'plain-signs',
  enforce: 'pre' as const,
  transform(code: string, id: string) {
    if (!/\/i18n\/[^/]+\.json$/.test(id.split('?')[0] ?? '')) return undefined
    return { code: code.replace(/[@|]/g, "{'$&'}"), map: null }
  },
}

export default defineConfig({
  plugins: [
    plainSigns,
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
