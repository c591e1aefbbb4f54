export { headerGuard, TooManyHops } from '@mailwright/relay/driver'
