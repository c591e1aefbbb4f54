export { submitted } from '@mailwright/relay/driver'
