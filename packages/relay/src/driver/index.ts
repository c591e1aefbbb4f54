/** Performs the decisions of relay with promises, over any adapters; knows no Node. */

export { type AddressProbesOptions, createAddressProbes } from './address-probes.js'
export { type BodyFilter, filtered } from './body-filter.js'
export { type HeaderFacts, headerObserver } from './header-facts.js'
export { headerGuard, TooManyHops } from './header-guard.js'
export { InboxDirectory } from './inbox-directory.js'
export { type QueueRunner, type QueueRunnerOptions, type RouteAnswer, startQueueRunner } from './queue-runner.js'
export { Receiving, type ReceivingOptions } from './receiving.js'
export { createReporter, type Reporter, type ReporterOptions } from './reporter.js'
export { memoryGreylist, patience } from './restriction-adapters.js'
export { type Chosen, createSmtpAgent, type SessionFacts, type SmtpAgentOptions } from './smtp-agent.js'
export { type SqlTableOptions, sqlTable, type TableFunction } from './sql-table.js'
export {
  createStoreAgent,
  deliveredBefore,
  type Filed,
  fileInto,
  fileIntoInbox,
  type Owner,
  type StoreAgentOptions,
  type StoredDelivery,
} from './store-agent.js'
export { submissionFilters } from './submission-filters.js'
