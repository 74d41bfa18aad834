export { routes } from './routes'
export { default as CustomerPane } from './CustomerPane.vue'
