/** Performs the decisions of relay with promises, over any adapters; knows no Node. */

export { type QueueRunner, type QueueRunnerOptions, type RouteAnswer, startQueueRunner } from './queue-runner.js'
export { type HeaderFacts, headerGuard, TooManyHops } from './header-guard.js'
export { Receiving, type ReceivingOptions } from './receiving.js'
export { createReporter, type Reporter, type ReporterOptions } from './reporter.js'
export { createSmtpAgent, type SmtpAgentOptions } from './smtp-agent.js'
export { withStamp } from './stamp.js'
