export { settings } from './routes'
