import type { MailQueue } from '@mailwright/core'
import { systemClock } from '@mailwright/core/node'
import { createFileQueue } from '@mailwright/store-maildir'
import { readSite, type Site } from '../config/site.js'
import { SetupError } from '../setup-error.js'

/** A site that has a queue. */
export type RelayingSite = Site & Required<Pick<Site, 'relay'>>

/** @throws {SetupError} when the site has no queue. */
export async function readRelayingSite(config: string): Promise<RelayingSite> {
  const site = await readSite(config)
  if (site.relay === undefined) throw new SetupError(`${config}: relay: this site has no queue`)
  return { ...site, relay: site.relay }
}

/** Works on the queue of a site, beside its server or without it. */
export async function withQueue<T>(
  config: string,
  work: (queue: MailQueue, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { relay } = await readRelayingSite(config)
  const queue = await createFileQueue({
    folder: relay.queue,
    clock: systemClock,
    ...(relay.durability === undefined ? {} : { durability: relay.durability }),
  })
  try {
    return await work(queue, new AbortController().signal)
  } finally {
    await queue.close()
  }
}
