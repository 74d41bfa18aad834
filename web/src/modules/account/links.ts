/** What only the desk's own machine can open: the address it listens on, when it was told no other. */
const LOCAL = /^(0\.0\.0\.0|127\.[\d.]+|localhost|\[::1?\])$/

/** The link as others can open it: by the address this browser came by, unless the desk has one. */
export function reachable(link: string, origin = location.origin) {
  if (!URL.canParse(link)) return link
  const { hostname, pathname, search, hash } = new URL(link)
  return LOCAL.test(hostname) ? origin + pathname + search + hash : link
}
