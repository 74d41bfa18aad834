export { routes, settings } from './routes'
export { resumeOutbox } from './composer/outbox'
export { counts, countsChanged, announcement } from './useList'
export { channelIcon } from './choices'
