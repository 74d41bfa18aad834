// Before anything is drawn: which language, and from which side it is read. The chat takes it from here.
;(function () {
  var known = ['en', 'zh', 'de', 'fr', 'es', 'it', 'pt', 'ja', 'ko', 'ru', 'th', 'ar']
  var wishes = [new URLSearchParams(location.search).get('lang')]
  try {
    wishes.push(localStorage.getItem('dengyu-lang'))
  } catch {
    // no storage: the browser's own wishes will do
  }
  wishes = wishes.concat(navigator.languages || [])
  var chosen = 'en'
  for (var i = 0; i < wishes.length; i++) {
    var primary = (wishes[i] || '').toLowerCase().split('-')[0]
    if (known.indexOf(primary) < 0) continue
    chosen = primary
    break
  }
  document.documentElement.lang = chosen
  document.documentElement.className = 'wordless'
  document.documentElement.dir = chosen === 'ar' ? 'rtl' : 'ltr'
})()
