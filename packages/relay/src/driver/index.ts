/** Performs the decisions of relay with promises, over any adapters; knows no Node. */

export { type QueueRunner, type QueueRunnerOptions, type RouteAnswer, startQueueRunner } from './queue-runner.js'
export { createSmtpAgent, type SmtpAgentOptions } from './smtp-agent.js'
