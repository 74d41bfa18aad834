// The layers: ui and api see nothing, shared sees both, modules see shared and the index of
// another module, shell sees everything.
import i18n from '@intlify/eslint-plugin-vue-i18n'
import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

const deny = (files, patterns, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group: patterns, message }] }] },
})

export default ts.config(
  { ignores: ['dist', 'node_modules', 'widget', 'shop', 'src/api/schema.d.ts', '*.json'] },
  ...ts.configs.recommended,
  ...vue.configs['flat/recommended'],
  ...i18n.configs.recommended,
  {
    languageOptions: { parserOptions: { parser: ts.parser } },
    settings: {
      'vue-i18n': { localeDir: '../i18n/*.json', messageSyntaxVersion: '^11.0.0' },
    },
    rules: {
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@intlify/vue-i18n/no-missing-keys': 'off',
      '@intlify/vue-i18n/no-raw-text': [
        'error',
        {
          ignorePattern: '^[\\s\\d·•…/\\-–—:#%×+@(),.{}]*$',
          attributes: { '/.+/': ['title', 'aria-label', 'placeholder'] },
        },
      ],
      '@intlify/vue-i18n/no-v-html': 'off',
      'vue/multi-word-component-names': 'off',
      'vue/max-lines-per-block': 'off',
      'vue/no-v-html': 'error',
      'vue/require-default-prop': 'off',
      // Prettier lays the templates out.
      'vue/html-self-closing': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/attributes-order': 'off',
      // The strict CSP allows no style attribute in markup; a bound one goes through CSSOM.
      'vue/no-static-inline-styles': 'error',
      'max-lines': ['error', { max: 250 }],
    },
  },
  deny(
    ['src/ui/**'],
    ['@/api/*', '@/shared/*', '@/modules/**', '@/shell/*'],
    'ui knows no product',
  ),
  deny(['src/api/**'], ['@/ui/*', '@/shared/*', '@/modules/**', '@/shell/*'], 'api sees nothing'),
  deny(['src/shared/**'], ['@/modules/**', '@/shell/*'], 'shared stands below the modules'),
  deny(['src/modules/**'], ['@/shell/*', '@/modules/*/*'], 'use the index of another module'),
  { files: ['**/*.spec.ts', 'scripts/**'], rules: { 'max-lines': 'off' } },
)
