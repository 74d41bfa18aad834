export { routes, settings } from './routes'
