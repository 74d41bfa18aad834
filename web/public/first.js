// Before anything is drawn: the colours and the language chosen here last, so that neither flashes.
;(function () {
  var kept = function (name) {
    try {
      return localStorage.getItem('aftersail.' + name)
    } catch {
      return null
    }
  }
  var dark = matchMedia('(prefers-color-scheme: dark)').matches
  var theme = kept('theme')
  var root = document.documentElement
  root.dataset.theme = theme === 'dark' || (theme !== 'light' && dark) ? 'dark' : 'light'
  var chinese = (kept('locale') || navigator.language || '').toLowerCase().indexOf('zh') === 0
  root.lang = chinese ? 'zh-CN' : 'en'
})()
