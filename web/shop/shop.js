// The demo shop: words, prices, a basket that only counts, a lamp to switch, and the way into the chat.
import { goods, names, words } from './words.js'

const language = document.documentElement.lang
const t = (key) => words[language]?.[key] ?? words.en[key]
const $ = (selector) => document.querySelector(selector)

// What a euro is in the shop of each language: [currency, rate, step].
const MONEY = {
  en: ['USD', 1.1, 1],
  zh: ['CNY', 7.8, 1],
  ja: ['JPY', 165, 100],
  ko: ['KRW', 1500, 1000],
  pt: ['BRL', 6, 1],
  ru: ['KZT', 520, 500],
  th: ['THB', 38, 10],
  ar: ['SAR', 4.1, 1],
}

function price(euros) {
  const [currency, rate, step] = MONEY[language] ?? ['EUR', 1, 1]
  const amount = Math.round((euros * rate) / step) * step
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    maximumFractionDigits: 0,
  }).format(amount)
}

function fillWords() {
  document.title = `Dengyu 灯屿 · ${t('title')}`
  for (const el of document.querySelectorAll('[data-t]')) el.textContent = t(el.dataset.t)
  for (const el of document.querySelectorAll('[data-label]'))
    el.setAttribute('aria-label', t(el.dataset.label))
}

function make(tag, attrs, ...children) {
  const el = document.createElement(tag)
  for (const [name, value] of Object.entries(attrs)) el.setAttribute(name, value)
  el.append(...children)
  return el
}

let inBasket = 0
function add(name) {
  inBasket += 1
  $('#count').textContent = String(inBasket)
  $('#count').hidden = false
  $('#said').textContent = `${t('added')}: ${name}`
}

function card({ key, name, euros, mark }) {
  const said = t(`${key}_text`)
  const button = make(
    'button',
    { type: 'button', class: 'add', 'aria-label': `${t('add')}: ${name}` },
    t('add'),
  )
  button.addEventListener('click', () => add(name))
  const picture = make('img', {
    src: `/demo/shop/art/${key}.svg`,
    alt: `${name}, ${said}`,
    width: '400',
    height: '440',
    loading: 'lazy',
  })
  const frame = make('div', { class: 'picture' }, picture)
  if (mark) frame.append(make('span', { class: 'mark' }, t(mark)))
  const row = make('div', { class: 'row' }, make('span', { class: 'price' }, price(euros)), button)
  return make(
    'li',
    { class: 'card' },
    frame,
    make('h3', {}, make('bdi', {}, name)),
    make('p', {}, said),
    row,
  )
}

function switchLanguage(wanted) {
  try {
    localStorage.setItem('dengyu-lang', wanted)
  } catch {
    // the address carries it too
  }
  const there = new URL(location.href)
  there.searchParams.set('lang', wanted)
  location.assign(there)
}

function wireLanguages() {
  const select = $('#language')
  for (const [code, name] of Object.entries(names))
    select.append(new Option(name, code, false, code === language))
  select.addEventListener('change', () => switchLanguage(select.value))
}

function wireLamp() {
  const button = $('#switch')
  const show = (lit) => {
    $('#scene').classList.toggle('lit', lit)
    button.setAttribute('aria-pressed', String(lit))
    button.textContent = t(lit ? 'light_off' : 'light_on')
  }
  button.addEventListener('click', () => show(button.getAttribute('aria-pressed') !== 'true'))
  show(true)
}

function wireTracking() {
  $('#track').addEventListener('submit', (e) => {
    e.preventDefault()
    $('#where').textContent = t($('#number').value.trim() ? 'track_found' : 'track_need')
  })
}

fillWords()
$('#goods').append(...goods.map(card))
wireLanguages()
wireLamp()
wireTracking()
for (const el of document.querySelectorAll('[data-chat]'))
  el.addEventListener('click', () => window.Aftersail?.open())
document.documentElement.classList.add('ready')
