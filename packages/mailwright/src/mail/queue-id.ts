export { queueId } from '@mailwright/relay'
