/** Performs the decisions of relay with promises, over any adapters; knows no Node. */
export { createSmtpAgent, type SmtpAgentOptions } from './smtp-agent.js'
