/**
 * The reference mail store: everything in the memory of one process.
 *
 * - Obviously right before anything else: other stores are measured by what this one does.
 * - A call does its whole work in one go, so it is atomic and needs no lock; only `stage` waits, and it touches no mailbox.
 * - Octets and digest of a message are one immutable object that all its copies share.
 * - A change costs what it changes: running counts, an order of changes, columns made anew only when they are asked for.
 * - Stricter than it need be where engines could come to rely on luck: a body that is gone faults, pages are short.
 * - Names of levels above a mailbox exist through it alone, as in Maildir++.
 */
export type { Amount } from './account.js'
export { MEMORY_STORE_LIMITS, type MemoryStoreLimits } from './limits.js'
export type { MemoryStoreOptions } from './options.js'
export { createMemoryQueue, type MemoryQueueOptions } from './queue/memory-queue.js'
export { createMemoryStore } from './store.js'
