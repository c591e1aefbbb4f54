/** What relay needs of Node: files, sockets, DNS, programs. */

export { type AliasAgentOptions, createAliasAgent } from './alias-agents.js'
export { type CommandAgentOptions, type CommandUser, createCommandAgent } from './command-agent.js'
export { type DnsResolverOptions, dnsResolver } from './dns/dns-resolver.js'
export { DNS_LIMITS, type DnsLimits } from './dns/limits.js'
export { createPipeAgent, type PipeAgentOptions, type PipeFlag } from './pipe-agent.js'
export { type PolicyClientOptions, policyClient } from './policy-client.js'
export { POLICY_LIMITS, type PolicyLimits } from './policy-limits.js'
export { type SocketDialerOptions, socketDialer } from './socket-dialer.js'
export { findSystemUser, type SystemUser } from './system-users.js'
export { TableFiles, type TableFilesOptions } from './table-files.js'
