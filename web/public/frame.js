// Shows one cleaned mail inside the sandbox. The page around it sends {html, remote, pictures} and
// is told the height. No request leaves for a picture elsewhere until the reader asks for it: a
// policy added here can only take away from the one the server sent.
'use strict'

function forbidRemote() {
  const meta = document.createElement('meta')
  meta.httpEquiv = 'Content-Security-Policy'
  meta.content = 'img-src data: blob:; media-src data:'
  document.head.append(meta)
}

// The desk took each address out of `src` when it cleaned the mail (channels/email/clean.c).
function fillPictures(root, pictures, asked) {
  for (const img of root.querySelectorAll('img')) {
    const found = pictures[img.getAttribute('data-cid') ?? '']
    if (found) img.src = found
    const remote = img.getAttribute('data-remote')
    if (remote && asked) img.src = remote
  }
}

function openOutside(root) {
  for (const a of root.querySelectorAll('a[href]')) {
    a.target = '_blank'
    a.rel = 'noopener noreferrer nofollow'
  }
}

function tellHeight() {
  const height = Math.ceil(document.documentElement.getBoundingClientRect().height)
  parent.postMessage({ height }, '*')
}

function show(message) {
  if (!message.remote) forbidRemote()
  const made = new DOMParser().parseFromString(message.html, 'text/html')
  fillPictures(made, message.pictures || {}, message.remote)
  openOutside(made)
  document.body.dir = 'auto'
  document.body.replaceChildren(...made.head.querySelectorAll('style'), ...made.body.childNodes)
  new ResizeObserver(tellHeight).observe(document.documentElement)
}

addEventListener(
  'message',
  (event) => {
    if (event.source === parent && event.data && typeof event.data.html === 'string')
      show(event.data)
  },
  { once: true },
)
parent.postMessage({ ready: true }, '*')
