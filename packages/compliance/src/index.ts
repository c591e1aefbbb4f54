/**
 * Law suites for Mailwright's adapters.
 *
 * - A law is an id, a source and a `run`: it resolves or rejects, and knows no test runner.
 * - Nothing here imports an implementation: what a law needs besides the store comes with its fixture.
 * - A law tests what the contract says, not how a store says it: numbers are compared with each other, never with constants.
 * - Where a store's manifest lacks an ability, the opposite law runs: it must really lack it.
 * - Every law runs under every variant; what holds only undisturbed is no law.
 */
export * from './kit/case.js'
export * from './kit/check.js'
export { mailQueueLaws } from './queue/laws/index.js'
export type { QueueFixture, QueueLaw, QueueVariant } from './queue/queue-case.js'
export { queueVariants } from './queue/variants.js'
export { mailStoreLaws } from './store/laws/index.js'
export { randomCommands } from './store/laws/model.js'
export { variants } from './store/variants.js'
export { fixtureWith, type Passage, type PassingCall, storeThrough, storeWith } from './store/wrap.js'
