import type { AccountId, MailStore, MethodName, StoreAbilities } from '@mailwright/core'
import type { Fixture } from '../kit/case.js'
import { ComplianceFailure } from '../kit/check.js'

/** A call on its way to a store. */
export interface PassingCall<Result> {
  readonly name: MethodName<MailStore>
  /** Whose mail it touches; `undefined` for calls on staged messages. */
  readonly account: AccountId | undefined
  readonly signal: AbortSignal
  perform(store: MailStore, signal: AbortSignal): Promise<Result>
}

/** Decides how calls reach a store. */
export interface Passage {
  readonly supports: StoreAbilities
  pass<Result>(call: PassingCall<Result>): Promise<Result>
  close(): Promise<void>
}

/** A store all of whose calls go through `passage`. `attend` is not offered: no law needs it. */
export function storeThrough(passage: Passage): MailStore {
  const through =
    <Args extends object, Result>(
      name: MethodName<MailStore>,
      perform: (store: MailStore, args: Args, signal: AbortSignal) => Promise<Result>,
    ): ((args: Args & { readonly account?: AccountId }, signal: AbortSignal) => Promise<Result>) =>
    (args, signal) =>
      passage.pass({ name, account: args.account, signal, perform: (store, own) => perform(store, args, own) })
  return {
    supports: passage.supports,
    mailboxes: through('mailboxes', (store, args, signal) => store.mailboxes(args, signal)),
    createMailbox: through('createMailbox', (store, args, signal) => store.createMailbox(args, signal)),
    renameMailbox: through('renameMailbox', (store, args, signal) => store.renameMailbox(args, signal)),
    deleteMailbox: through('deleteMailbox', (store, args, signal) => store.deleteMailbox(args, signal)),
    subscribe: through('subscribe', (store, args, signal) => store.subscribe(args, signal)),
    status: through('status', (store, args, signal) => store.status(args, signal)),
    snapshot: through('snapshot', (store, args, signal) => store.snapshot(args, signal)),
    changesSince: through('changesSince', (store, args, signal) => store.changesSince(args, signal)),
    claimRecent: through('claimRecent', (store, args, signal) => store.claimRecent(args, signal)),
    fetch: through('fetch', (store, args, signal) => store.fetch(args, signal)),
    body: through('body', (store, args, signal) => store.body(args, signal)),
    stage: through('stage', (store, args, signal) => store.stage(args, signal)),
    staged: through('staged', (store, args, signal) => store.staged(args, signal)),
    append: through('append', (store, args, signal) => store.append(args, signal)),
    replace: through('replace', (store, args, signal) => store.replace(args, signal)),
    discard: through('discard', (store, args, signal) => store.discard(args, signal)),
    copy: through('copy', (store, args, signal) => store.copy(args, signal)),
    move: through('move', (store, args, signal) => store.move(args, signal)),
    storeFlags: through('storeFlags', (store, args, signal) => store.storeFlags(args, signal)),
    expunge: through('expunge', (store, args, signal) => store.expunge(args, signal)),
    ...(passage.supports.metadata === undefined
      ? {}
      : {
          metadata: through('metadata', (store, args, signal) =>
            declared(store.metadata, 'metadata').call(store, args, signal),
          ),
          setMetadata: through('setMetadata', (store, args, signal) =>
            declared(store.setMetadata, 'setMetadata').call(store, args, signal),
          ),
        }),
    ...(passage.supports.quota === undefined
      ? {}
      : {
          quotaRoots: through('quotaRoots', (store, args, signal) =>
            declared(store.quotaRoots, 'quotaRoots').call(store, args, signal),
          ),
          quota: through('quota', (store, args, signal) => declared(store.quota, 'quota').call(store, args, signal)),
        }),
    ...(passage.supports.quota?.isSettable === true
      ? {
          setQuota: through('setQuota', (store, args, signal) =>
            declared(store.setQuota, 'setQuota').call(store, args, signal),
          ),
        }
      : {}),
    ...(passage.supports.acl === true
      ? {
          acl: through('acl', (store, args, signal) => declared(store.acl, 'acl').call(store, args, signal)),
          setAcl: through('setAcl', (store, args, signal) =>
            declared(store.setAcl, 'setAcl').call(store, args, signal),
          ),
          listRights: through('listRights', (store, args, signal) =>
            declared(store.listRights, 'listRights').call(store, args, signal),
          ),
        }
      : {}),
    close: () => passage.close(),
    [Symbol.asyncDispose]: () => passage.close(),
  }
}

/** A method that the store must have, since its manifest says so. */
function declared<Method>(method: Method | undefined, name: string): Method {
  if (method === undefined)
    throw new ComplianceFailure(`the manifest declares what ${name} is for, and it is there: not so`)
  return method
}

/** `store` with some of its methods replaced. Without an ability, when `supports` is replaced so, it is without the ability's calls as well. */
export function storeWith(store: MailStore, replaced: Partial<MailStore>): MailStore {
  const plain = storeThrough({
    supports: replaced.supports ?? store.supports,
    pass: (call) => call.perform(store, call.signal),
    close: () => store.close(),
  })
  return { ...plain, ...replaced }
}

/** `fixture` with every store it opens dressed by `dress`; `replace` tells it which store now stands behind the dress. */
export function fixtureWith(
  fixture: Fixture,
  dress: (store: MailStore, replace: (store: MailStore) => void) => MailStore,
): Fixture {
  const behind = new Map<MailStore, MailStore>()
  const put = (store: MailStore): MailStore => {
    const dressed = dress(store, (replacement) => behind.set(dressed, replacement))
    if (!behind.has(dressed)) behind.set(dressed, store)
    return dressed
  }
  return {
    clock: fixture.clock,
    bus: fixture.bus,
    open: async () => put(await fixture.open()),
    reopen: async (dressed) => put(await fixture.reopen(behind.get(dressed) ?? dressed)),
    digest: (chunks) => fixture.digest(chunks),
    ...(fixture.accounts === undefined ? {} : { accounts: fixture.accounts }),
    ...(fixture.largestMessage === undefined ? {} : { largestMessage: fixture.largestMessage }),
  }
}
