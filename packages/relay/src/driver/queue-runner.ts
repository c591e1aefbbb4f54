import type {
  ClaimedMessage,
  Clock,
  EngineEvent,
  MailQueue,
  Millis,
  QueuedMessage,
  QueuedRecipient,
  UnixMillis,
} from '@mailwright/core'
import type { DeliveryAgent, DeliveryResult, DeliveryTimes, RoutedRecipient } from '../delivery/agent.js'
import { DestinationTable } from '../queue/destination-table.js'
import { QUEUE_RUNNER_LIMITS, type QueueRunnerLimits } from '../queue/limits.js'
import type { ReportedRecipient, ReportRequest } from '../queue/report-request.js'
import { isOverdue, type RecipientVerdict, type ReportAction, verdictOn } from '../queue/verdict.js'
import type { Route } from '../route.js'
import { JobSignals } from './job-signals.js'
import { unlessAborted } from './unless-aborted.js'

/** Which way a recipient goes now, or why no way. */
export type RouteAnswer =
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'failed' | 'deferred'; readonly status: string; readonly text: string }

export interface QueueRunnerOptions {
  readonly queue: MailQueue
  readonly clock: Clock
  /** By the names of transports. */
  readonly agents: { readonly [transport: string]: DeliveryAgent }
  /** Looked up for each recipient at each attempt. What it throws defers the recipient. */
  readonly route: (recipient: QueuedRecipient, message: QueuedMessage, signal: AbortSignal) => Promise<RouteAnswer>
  /** Queues a report for the sender, durable; answers its id, or `null` for none. What it throws lets the recipients be tried again. */
  readonly report: (request: ReportRequest, signal: AbortSignal) => Promise<string | null>
  readonly limits?: Partial<QueueRunnerLimits>
  /** Told what happens (decision 0023). */
  readonly onEvent?: (event: EngineEvent) => void
}

/** A queue that is being run. */
export interface QueueRunner {
  /** Looks at the queue now, and tries destinations again that were down. */
  flush(): void
  /** Messages at work. */
  readonly active: number
  /** Claims nothing more, lets deliveries under way end for `grace`, then gives them up. Resolves when the last is over. */
  close(grace?: Millis): Promise<void>
}

/** Delivers what is in a queue, until it is closed. */
export function startQueueRunner(options: QueueRunnerOptions): QueueRunner {
  return new RunningQueue(options)
}

/** A message at work. */
interface Active {
  readonly claim: ClaimedMessage
  readonly since: UnixMillis
  /** The same on the clock that only goes forward. */
  readonly claimedAt: Millis
  /** Deliveries that are not over. */
  jobs: number
  /** Some of them will not be tried: the runner is closing. */
  isGivenBack: boolean
  /** Some recipients are due again, and the alarm does not know when. */
  isDeferred: boolean
  /** Recipients of whom the sender must hear before they are settled. */
  readonly reported: Judged[]
  /** Whose first attempt the sender wants to hear of. */
  readonly first: Judged[]
}

interface Judged {
  readonly verdict: RecipientVerdict
  readonly result: DeliveryResult
}

interface Job {
  readonly active: Active
  readonly route: Pick<Route, 'transport' | 'nexthop'>
  readonly recipients: readonly RoutedRecipient[]
}

const NO_TIMES: DeliveryTimes = { setup: 0, transmission: 0, reuse: 0 }
/** For what says what has happened already, and is not to be cut short. */
const NEVER = new AbortController().signal

class RunningQueue implements QueueRunner {
  readonly #options: QueueRunnerOptions
  readonly #limits: QueueRunnerLimits
  readonly #destinations: DestinationTable<Job>
  readonly #active = new Set<Active>()
  /** Of these, the ones whose recipients have no way yet. */
  readonly #unrouted: Active[] = []
  #lookups = 0
  /** Claims nothing more. */
  #isClosing = false
  readonly #stop = new AbortController()
  readonly #signals: JobSignals
  #deliveries = 0
  #isLooking = false
  #isAskedAgain = false
  /** More may be due than there was room for. */
  #wantsRoom = false
  #lookedAt: Millis = Number.NEGATIVE_INFINITY
  #nextLook: Millis = Number.POSITIVE_INFINITY
  #releaseAlarm: () => void = () => {}
  readonly #releaseRenewal: () => void
  readonly #unwatch: () => void
  #idle: (() => void)[] = []

  constructor(options: QueueRunnerOptions) {
    this.#options = options
    this.#limits = { ...QUEUE_RUNNER_LIMITS, ...options.limits }
    this.#destinations = new DestinationTable(this.#limits)
    const late = (): Error => new Error('the delivery took too long')
    this.#signals = new JobSignals(options.clock, this.#limits.delivery, late)
    this.#unwatch = options.queue.watch(() => this.#hear())
    this.#releaseRenewal = this.#repeat(this.#limits.lease / 3, () => this.#renew())
    this.#look()
  }

  get active(): number {
    return this.#active.size
  }

  flush(): void {
    this.#destinations.forgiveAll()
    this.#look()
  }

  async close(grace: Millis = 10_000): Promise<void> {
    this.#isClosing = true
    this.#unwatch()
    this.#releaseAlarm()
    const release = this.#options.clock.after(grace, () => this.#giveUpAll())
    // What has not begun is given back at once.
    for (const { active } of this.#destinations.drain()) this.#giveUp(active)
    for (const active of this.#unrouted.splice(0)) this.#giveUp(active)
    if (this.#active.size > 0 || this.#isLooking) await new Promise<void>((resolve) => this.#idle.push(resolve))
    release()
    this.#releaseRenewal()
    this.#giveUpAll()
    await Promise.all(Object.values(this.#options.agents).map((agent) => agent.close?.()))
  }

  #giveUpAll(): void {
    const reason = new Error('the queue runner is closing')
    this.#stop.abort(reason)
    this.#signals.stop(reason)
  }

  /** Claims what is due, as far as there is room. */
  #look(): void {
    if (this.#isClosing) return
    if (this.#isLooking) {
      this.#isAskedAgain = true
      return
    }
    this.#isLooking = true
    this.#releaseAlarm()
    this.#nextLook = Number.POSITIVE_INFINITY
    this.#lookedAt = this.#options.clock.now()
    void this.#claim()
      .catch((error: unknown) => {
        this.#tell({ name: 'queueFault', message: String(error) })
        return this.#limits.scan
      })
      .then((delay) => {
        this.#isLooking = false
        this.#settleIdle()
        if (this.#isClosing) return
        this.#lookIn(delay)
        if (!this.#isAskedAgain) return
        this.#isAskedAgain = false
        this.#hear()
      })
  }

  /** Something may be due. What comes shortly behind other mail waits for more. */
  #hear(): void {
    const wait = this.#lookedAt + this.#limits.gather - this.#options.clock.now()
    if (this.#isLooking || wait <= 0) this.#look()
    else this.#lookIn(wait)
  }

  /** The next look, unless there is one before. */
  #lookIn(delay: Millis): void {
    const at = this.#options.clock.now() + delay
    if (this.#isClosing || at >= this.#nextLook) return
    this.#releaseAlarm()
    this.#nextLook = at
    this.#releaseAlarm = this.#options.clock.after(delay, () => this.#look())
  }

  /** @returns how long until the next look. */
  async #claim(): Promise<Millis> {
    const { queue, clock } = this.#options
    const room = this.#limits.activeMessages - this.#active.size
    this.#wantsRoom = room <= 0
    if (room <= 0) return this.#limits.scan
    const now = clock.date()
    const { claimed, nextDue } = await queue.claim({ now, limit: room, lease: this.#limits.lease }, this.#stop.signal)
    const claimedAt = clock.now()
    this.#wantsRoom = claimed.length === room
    for (const claim of claimed) {
      const active: Active = {
        claim,
        since: now,
        claimedAt,
        jobs: 1,
        isGivenBack: false,
        isDeferred: false,
        reported: [],
        first: [],
      }
      this.#active.add(active)
      this.#unrouted.push(active)
    }
    this.#lookUp()
    return nextDue === null ? this.#limits.scan : Math.min(this.#limits.scan, Math.max(0, nextDue - clock.date()))
  }

  /** Finds ways for what has none yet. */
  #lookUp(): void {
    while (this.#lookups < this.#limits.lookups) {
      const active = this.#unrouted.shift()
      if (active === undefined) return
      this.#lookups++
      void this.#begin(active).finally(() => {
        this.#lookups--
        this.#jobOver(active)
        this.#dispatch()
        this.#lookUp()
      })
    }
  }

  /** Routes the recipients of a message, and has them wait for their destinations. */
  async #begin(active: Active): Promise<void> {
    const { message, due } = active.claim
    this.#tell({
      name: 'claimed',
      id: message.id,
      from: message.envelope.reversePath,
      octets: message.octets,
      recipients: message.recipients.length,
    })
    const groups = new Map<string, { readonly route: Route; readonly recipients: RoutedRecipient[] }>()
    const unroutable: DeliveryResult[] = []
    const job = this.#signals.begin()
    for (const position of due) {
      const recipient = message.recipients[position]
      if (recipient === undefined) continue
      const answer = await this.#route(recipient, message, job.signal)
      if (answer.kind !== 'route') {
        unroutable.push({ position, relay: 'none', ...answer })
        continue
      }
      const { route } = answer
      const key = keyOf(route)
      const group = groups.get(key)
      const routed: RoutedRecipient = { position, recipient, address: route.address }
      if (group === undefined) groups.set(key, { route, recipients: [routed] })
      else group.recipients.push(routed)
    }
    this.#signals.end(job)
    if (this.#isClosing) {
      active.isGivenBack = true
      return
    }
    for (const [key, { route, recipients }] of groups) {
      if (recipients.some(wasAskedFor)) this.#destinations.forgive(key, active.claimedAt)
      const jobs: Job[] = []
      const { deliveryRecipients: size } = this.#limits
      for (let at = 0; at < recipients.length; at += size) {
        jobs.push({ active, route, recipients: recipients.slice(at, at + size) })
      }
      active.jobs += jobs.length
      const concurrency = this.#options.agents[route.transport]?.concurrency
      const bounds = concurrency === undefined ? undefined : { initial: concurrency, most: concurrency }
      this.#destinations.add(key, jobs, message.envelope.priority, bounds)
    }
    if (unroutable.length > 0) await this.#settle(active, unroutable, 'error', NO_TIMES, this.#options.clock.date())
  }

  async #route(recipient: QueuedRecipient, message: QueuedMessage, signal: AbortSignal): Promise<RouteAnswer> {
    if (isOverdue(message, this.#options.clock.date())) {
      return { kind: 'failed', status: '5.4.7', text: 'delivery time expired' }
    }
    try {
      const answer = await unlessAborted(this.#options.route(recipient, message, signal), signal)
      if (answer.kind !== 'route' || this.#options.agents[answer.route.transport] !== undefined) return answer
      return { kind: 'deferred', status: '4.3.5', text: `mail transport unavailable: ${answer.route.transport}` }
    } catch (error) {
      this.#tell({ name: 'queueFault', id: message.id, message: String(error) })
      return { kind: 'deferred', status: '4.3.0', text: 'address resolver failure' }
    }
  }

  /** Begins what may begin. */
  #dispatch(): void {
    while (!this.#isClosing && this.#deliveries < this.#limits.deliveries) {
      const next = this.#destinations.take()
      if (next === undefined) return
      this.#deliveries++
      void this.#deliver(next.key, next.job).finally(() => {
        this.#deliveries--
        this.#jobOver(next.job.active)
        this.#dispatch()
      })
    }
  }

  /** One delivery. Never rejects. */
  async #deliver(key: string, { active, route, recipients }: Job): Promise<void> {
    const { clock, agents } = this.#options
    const started = clock.date()
    const suspension = this.#destinations.suspension(key, clock.now())
    if (suspension !== null) {
      const text = `delivery temporarily suspended: ${suspension.text}`
      const results = recipients.map(
        ({ position }): DeliveryResult => ({
          kind: 'deferred',
          position,
          relay: 'none',
          status: suspension.status,
          text,
        }),
      )
      await this.#settle(active, results, route.transport, NO_TIMES, started)
      this.#destinations.done(key, { kind: 'untried' })
      return
    }
    const job = this.#signals.begin()
    const { signal } = job
    const { message, body } = active.claim
    let results: readonly DeliveryResult[]
    let times = NO_TIMES
    try {
      const request = { message, body, nexthop: route.nexthop, recipients }
      const delivery = agents[route.transport]?.deliver(request, signal)
      const given = delivery === undefined ? undefined : await unlessAborted(delivery, signal)
      results = complete(given?.results ?? [], recipients)
      times = given?.times ?? NO_TIMES
    } catch (error) {
      if (this.#stop.signal.aborted) {
        // Nobody knows what became of it: it is due again when the queue is run again.
        active.isGivenBack = true
        this.#destinations.done(key, { kind: 'untried' })
        return
      }
      this.#tell({ name: 'deliveryFault', id: message.id, agent: route.transport, message: String(error) })
      results = complete([], recipients)
    } finally {
      this.#signals.end(job)
    }
    const down = results.find((result) => result.kind !== 'delivered' && result.site === 'down')
    this.#destinations.done(
      key,
      down === undefined
        ? { kind: 'reached' }
        : { kind: 'down', now: clock.now(), text: down.text, status: down.status },
    )
    await this.#settle(active, results, route.transport, times, started)
  }

  /** Writes down what became of recipients; of whom the sender must hear first, once all deliveries of the message are over. */
  async #settle(
    active: Active,
    results: readonly DeliveryResult[],
    agent: string,
    times: DeliveryTimes,
    started: UnixMillis,
  ): Promise<void> {
    const { message } = active.claim
    const now = this.#options.clock.date()
    const plain: RecipientVerdict[] = []
    for (const result of results) {
      const verdict = verdictOn(message, result, now, this.#limits)
      this.#tellDelivery(active, verdict, result, agent, times, started)
      if (verdict.outcome.kind === 'deferred') active.isDeferred = true
      if (message.envelope.firstAttempt === 'told' && message.recipients[result.position]?.attempts === 0) {
        active.first.push({ verdict, result })
      }
      if (verdict.report === null) plain.push(verdict)
      else active.reported.push({ verdict, result })
    }
    await this.#write(active, plain)
  }

  async #write(active: Active, verdicts: readonly RecipientVerdict[]): Promise<void> {
    if (verdicts.length === 0) return
    const { lease, message } = active.claim
    const outcomes = verdicts.map(({ position, outcome }) => ({ recipient: position, outcome }))
    try {
      const answer = await this.#options.queue.settle({ lease, outcomes }, NEVER)
      if (answer.kind === 'settled' && answer.isDone) this.#tell({ name: 'removed', id: message.id })
    } catch (error) {
      // It will be tried again when the lease has run out: mail is at least once.
      this.#tell({ name: 'queueFault', id: message.id, message: String(error) })
    }
  }

  /** A delivery of a message is over; when it was the last, the sender is told and the message is done with. */
  #jobOver(active: Active): void {
    if (--active.jobs > 0) return
    const rest = active.isGivenBack ? () => this.#giveBack(active) : async () => {}
    void this.#conclude(active)
      .then(rest)
      .finally(() => {
        this.#active.delete(active)
        this.#settleIdle()
        if (this.#wantsRoom || active.isDeferred) this.#hear()
      })
  }

  async #conclude(active: Active): Promise<void> {
    const { message, body } = active.claim
    for (const [name, actions] of REPORTS) {
      const told = active.reported.filter(({ verdict: { report } }) => report !== null && actions.has(report))
      if (told.length === 0) continue
      const recipients = told.flatMap(({ verdict, result }): readonly ReportedRecipient[] => {
        const recipient = message.recipients[verdict.position]
        if (recipient === undefined || verdict.report === null) return []
        const lasts = verdict.report === 'delayed' ? { willRetryUntil: message.arrived + this.#limits.lifetime } : {}
        const { status, text } = verdict.outcome
        return [{ recipient, action: verdict.report, result: { ...result, status, text }, ...lasts }]
      })
      const job = this.#signals.begin()
      try {
        const reportId = await this.#options.report({ message, body, recipients }, job.signal)
        const to = message.envelope.reversePath
        if (reportId !== null) this.#tell({ name: 'report', id: message.id, report: name, reportId, to })
      } catch (error) {
        // Untold, and so unsettled: the lease runs out, and the attempt is repeated.
        this.#tell({ name: 'reportFault', id: message.id, message: String(error) })
        continue
      } finally {
        this.#signals.end(job)
      }
      await this.#write(
        active,
        told.map(({ verdict }) => verdict),
      )
    }
    await this.#tellFirst(active)
  }

  /** The sender wanted to see it tried. Nothing waits for this: mail must not be repeated because its sender could not be told how it went. */
  async #tellFirst({ claim: { message, body }, first }: Active): Promise<void> {
    const recipients = first.flatMap(({ verdict, result }): readonly ReportedRecipient[] => {
      const recipient = message.recipients[result.position]
      const { status, text } = verdict.outcome
      return recipient === undefined
        ? []
        : [{ recipient, action: actionOf(verdict, result), result: { ...result, status, text } }]
    })
    if (recipients.length === 0) return
    const job = this.#signals.begin()
    try {
      const reportId = await this.#options.report({ report: 'status', message, body, recipients }, job.signal)
      const to = message.envelope.reversePath
      if (reportId !== null) this.#tell({ name: 'report', id: message.id, report: 'status', reportId, to })
    } catch (error) {
      this.#tell({ name: 'reportFault', id: message.id, message: String(error) })
    } finally {
      this.#signals.end(job)
    }
  }

  #tellDelivery(
    { claim: { message }, since }: Active,
    verdict: RecipientVerdict,
    { position, relay, status, text }: DeliveryResult,
    agent: string,
    { setup, transmission, reuse }: DeliveryTimes,
    started: UnixMillis,
  ): void {
    const recipient = message.recipients[position]
    this.#tell({
      name: 'delivery',
      id: message.id,
      to: recipient?.address ?? '',
      originalTo: recipient?.originalTo,
      agent,
      relay,
      delay: this.#options.clock.date() - message.arrived,
      // Postfix's four: before the queue manager, in it, setting up, sending.
      delays: [since - message.arrived, started - since, setup, transmission].map(String),
      reuse,
      dsn: status,
      status: verdict.status,
      text,
    })
    if (verdict.isExpired) this.#tell({ name: 'expired', id: message.id, from: message.envelope.reversePath })
  }

  /** A job that will not begin. */
  #giveUp(active: Active): void {
    active.isGivenBack = true
    this.#jobOver(active)
  }

  async #giveBack({ claim: { lease } }: Active): Promise<void> {
    await this.#options.queue.release({ leases: [lease] }, NEVER).catch((error: unknown) => {
      this.#tell({ name: 'queueFault', message: String(error) })
    })
  }

  /** Leases of what is at work are renewed in time. */
  async #renew(): Promise<void> {
    const { queue, clock } = this.#options
    for (const { claim } of this.#active) {
      const { lease } = claim
      await queue
        .extend({ lease, now: clock.date(), duration: this.#limits.lease }, this.#stop.signal)
        .catch((error: unknown) => {
          this.#tell({ name: 'queueFault', id: claim.message.id, message: String(error) })
        })
    }
  }

  /** @returns what ends it. */
  #repeat(interval: Millis, act: () => Promise<void>): () => void {
    let release: () => void = () => {}
    const next = (): void => {
      if (this.#isClosing && this.#active.size === 0) return
      release = this.#options.clock.after(interval, () => void act().finally(next))
    }
    next()
    return () => release()
  }

  #settleIdle(): void {
    if (this.#active.size > 0 || this.#isLooking) return
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  #tell(event: EngineEvent): void {
    this.#options.onEvent?.(event)
  }
}

/** What is told in one report. */
const REPORTS: readonly (readonly [name: string, actions: ReadonlySet<ReportAction>])[] = [
  ['failure', new Set(['failed'])],
  ['delay', new Set(['delayed'])],
  ['success', new Set(['delivered', 'relayed'])],
]

/** In the words of a report (RFC 3464 §2.3.3). Whoever passes reports on has relayed it. */
function actionOf({ status }: RecipientVerdict, result: DeliveryResult): ReportAction {
  if (status === 'bounced') return 'failed'
  if (result.kind !== 'delivered') return 'delayed'
  return result.reports === 'delivered' ? 'delivered' : 'relayed'
}

function keyOf({ transport, nexthop }: Route): string {
  return `${transport}:${nexthop.toLowerCase()}`
}

/** Somebody made it due by hand, who wants to see it tried. */
function wasAskedFor({ recipient: { state } }: RoutedRecipient): boolean {
  return state.kind === 'deferred' && state.until === 0
}

/** An agent that says nothing of a recipient has failed it, for now. */
function complete(
  results: readonly DeliveryResult[],
  recipients: readonly RoutedRecipient[],
): readonly DeliveryResult[] {
  const told = new Set(results.map(({ position }) => position))
  const untold = recipients.filter(({ position }) => !told.has(position))
  const words = { kind: 'deferred', relay: 'none', status: '4.3.0', text: 'mail transport failed' } as const
  return [...results, ...untold.map(({ position }): DeliveryResult => ({ position, ...words }))]
}
