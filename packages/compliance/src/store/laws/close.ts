import type { ComplianceCase } from '../../kit/case.js'
import { law, NEVER } from '../world.js'

/** The end of a store. */
export const closeLaws: readonly ComplianceCase[] = [
  law('close/twice-is-once', 'MailStore.close', async (w) => {
    await w.append(await w.inbox(), {})
    await w.store.close()
    await w.store.close()
    await w.store[Symbol.asyncDispose]()
  }),

  law('close/refuses-what-comes-after', 'MailStore.close', async (w) => {
    const inbox = await w.inbox()
    await w.store.close()
    await w.check.rejects(w.store.snapshot(inbox, NEVER), 'a call on a closed store')
  }),
]
