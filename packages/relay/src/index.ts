/**
 * What happens to mail after 250, and what decides whether there is a 250.
 *
 * - Decisions are pure: restrictions, rewriting, routing, retry times and reports are functions and flows over plain data; look-ups in
 *   tables and DNS are calls.
 * - `relay/driver` performs them with promises, and knows no Node; `relay/node` knows files, sockets, DNS and programs.
 * - Names are Postfix's: what somebody knows of main.cf, access(5), aliases(5), transport(5) and mailq holds here.
 * - Nothing is relayed for strangers, unless a host says so in as many words.
 * - Mail is at least once: a recipient leaves the queue when somebody else answers for it, or its sender was told.
 */
export type {
  DeliveryAgent,
  DeliveryRequest,
  DeliveryResult,
  DeliveryTimes,
  RoutedRecipient,
} from './delivery/agent.js'
export { type CommandEnd, commandOutcome } from './delivery/command-outcome.js'
export { type Destination, parseDestination } from './delivery/destination.js'
export type { Dialer, DialTarget } from './delivery/dialer.js'
export { COMMAND_LIMITS, type CommandLimits, SMTP_DELIVERY_LIMITS, type SmtpDeliveryLimits } from './delivery/limits.js'
export { findLogin, type LoginAnswer, type LoginFacts } from './delivery/logins.js'
export { findHosts, type HostsAnswer, type MailHost, type OwnNames } from './delivery/mx.js'
export { discardAgent, errorAgent } from './delivery/plain-agents.js'
export { type DemandAnswer, type DemandedHost, demandFor } from './delivery/tls-demand.js'
export {
  findTlsPolicy,
  lookUpTlsPolicy,
  parseTlsPolicy,
  type TlsaRecord,
  type TlsDemand,
  type TlsPolicy,
} from './delivery/tls-policy.js'
export { transportName } from './delivery/transports.js'
export { QUEUE_RUNNER_LIMITS, type QueueRunnerLimits } from './queue/limits.js'
export type { ReportedRecipient, ReportRequest } from './queue/report-request.js'
export { type RecipientVerdict, type ReportAction, verdictOn } from './queue/verdict.js'
export { queueId } from './queue-id.js'
export { actionNote, type MessageAction, type MessageActions } from './receiving/actions.js'
export { keptDomains } from './receiving/kept-domains.js'
export { RECEIVING_LIMITS, type ReceivingLimits } from './receiving/limits.js'
export type { InternalMail, MailIntake } from './receiving/mail-intake.js'
export { openNetwork } from './receiving/networks.js'
export type {
  CheckAnswer,
  Expansion,
  FinalRecipient,
  ReceivingPolicy,
  Stage,
  StageFacts,
  Standing,
} from './receiving/policy.js'
export { RelayChecks, RoutedPolicy, type StageChecks } from './receiving/routed-policy.js'
export { sessionTrace } from './receiving/trace.js'
export { addresseeOf, type DoubleBounces, wantsReport } from './reports/addressee.js'
export { REPORT_LIMITS, type ReportLimits } from './reports/limits.js'
export type { MessageNews, RecipientNews, ReportKind } from './reports/report.js'
export { type AddressProbes, PROBE_LIMITS, type ProbeAnswer, type ProbeLimits } from './restrictions/address-probes.js'
export { findClientNames } from './restrictions/client-names.js'
export { type RestrictionLists, Restrictions, type RestrictionWatch } from './restrictions/evaluate.js'
export { explainVerdict, type TracedRestriction, type VerdictTrace, writeTrace } from './restrictions/explain.js'
export { GREYLIST_LIMITS, type Greylist, type GreylistLimits, type Patience } from './restrictions/greylist.js'
export { RESTRICTION_CODES, type RestrictionCodes, type RestrictionSite, USERS } from './restrictions/options.js'
export type { PolicyServices } from './restrictions/policy-service.js'
export {
  parseRestrictions,
  type RestrictionClasses,
  type RestrictionList,
} from './restrictions/restriction-list.js'
export type { AddressClass, Route } from './route.js'
export { canonicalSender, expandRecipient } from './routing/expand.js'
export { ROUTING_LIMITS, type RoutingLimits } from './routing/limits.js'
export { expandParameters, type ParameterSource } from './routing/parameters.js'
export { type Existence, type Routed, Router } from './routing/router.js'
export { ROUTING_RULES, type RoutingRules } from './routing/rules.js'
export { type AliasDestination, parseDestinations } from './tables/destinations.js'
export type { ReadTable, Table, TableProblem } from './tables/table.js'
export { FILE_KINDS, parseTableName } from './tables/table-kinds.js'
