export { sessionTrace } from '@mailwright/relay'
export { withStamp } from '@mailwright/relay/driver'
