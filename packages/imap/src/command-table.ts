import type { Flow, Identity } from '@mailwright/core'
import type { CapabilityName } from './capability-table.js'
import type { CommandName, CommandOf } from './command.js'
import { append } from './commands/append.js'
import { authenticate } from './commands/authenticate.js'
import { capability } from './commands/capability.js'
import { check, noop } from './commands/check.js'
import { close } from './commands/close.js'
import { copy } from './commands/copy.js'
import { create } from './commands/create.js'
import { deleteMailbox } from './commands/delete.js'
import { expunge } from './commands/expunge.js'
import { fetch } from './commands/fetch.js'
import { list } from './commands/list.js'
import { login, passwordRefusal } from './commands/login.js'
import { logout } from './commands/logout.js'
import { lsub } from './commands/lsub.js'
import { rename } from './commands/rename.js'
import { search } from './commands/search.js'
import { select } from './commands/select.js'
import { sort } from './commands/sort.js'
import { starttls } from './commands/starttls.js'
import { status } from './commands/status.js'
import { storeFlags } from './commands/store.js'
import { subscribe } from './commands/subscribe.js'
import { thread } from './commands/thread.js'
import { deleteAcl, getAcl, listRights, myRights, setAcl } from './extensions/acl.js'
import { cancelUpdate } from './extensions/cancel-update.js'
import { comparator } from './extensions/comparator.js'
import { compress } from './extensions/compress.js'
import { enable } from './extensions/enable.js'
import { esearch } from './extensions/esearch.js'
import { id } from './extensions/id.js'
import { idle } from './extensions/idle.js'
import { jmapAccess } from './extensions/jmap-access.js'
import { language } from './extensions/language.js'
import { getMetadata, setMetadata } from './extensions/metadata.js'
import { move } from './extensions/move.js'
import { namespace } from './extensions/namespace.js'
import { notify } from './extensions/notify.js'
import { getQuota, getQuotaRoot, setQuota } from './extensions/quota.js'
import { replace } from './extensions/replace.js'
import { unauthenticate } from './extensions/unauthenticate.js'
import { unselect } from './extensions/unselect.js'
import { genUrlAuth, resetKey } from './extensions/url-auth.js'
import { urlFetch } from './extensions/url-fetch.js'
import type { Reply } from './reply.js'
import type { Session } from './session.js'
import type { Selected } from './states.js'

/**
 * Methods, not function properties: so a row of one command is also a row of any, and the runner, which took the row by the
 * command's own name, may call it.
 */
type Run<Name extends CommandName> =
  | {
      readonly admission: 'any' | 'notAuthenticated'
      run(session: Session, command: CommandOf<Name>): Flow<Reply>
      /** A reason to refuse before its literals are asked for. */
      readonly gate?: (session: Session) => Reply | null
    }
  | {
      readonly admission: 'authenticated' | 'unselected'
      run(session: Session, identity: Identity, command: CommandOf<Name>): Flow<Reply>
    }
  | {
      readonly admission: 'selected'
      run(session: Session, mailbox: Selected, command: CommandOf<Name>): Flow<Reply>
    }

export type CommandRow<Name extends CommandName = CommandName> = Run<Name> & {
  readonly source: string
  /** The extension it belongs to, or one of several: where none is offered, there is no such command. Absent: the base protocol. */
  readonly capability?: CapabilityName | readonly CapabilityName[]
  /**
   * Whether EXPUNGE may be told while it runs: never during FETCH, STORE and SEARCH, but during their UID forms
   * (RFC 3501 §7.4.1).
   */
  readonly expunges: 'allowed' | 'uidOnly'
}

/** Every command: what runs it, where, and by which RFC. */
export const COMMANDS: { readonly [Name in CommandName]: CommandRow<Name> } = {
  CAPABILITY: { admission: 'any', run: capability, expunges: 'allowed', source: 'RFC 3501 §6.1.1' },
  NOOP: { admission: 'any', run: noop, expunges: 'allowed', source: 'RFC 3501 §6.1.2' },
  LOGOUT: { admission: 'any', run: logout, expunges: 'allowed', source: 'RFC 3501 §6.1.3' },
  ID: { admission: 'any', run: id, capability: 'ID', expunges: 'allowed', source: 'RFC 2971 §3.1' },
  LANGUAGE: { admission: 'any', run: language, capability: 'LANGUAGE', expunges: 'allowed', source: 'RFC 5255 §3.2' },

  STARTTLS: { admission: 'notAuthenticated', run: starttls, expunges: 'allowed', source: 'RFC 3501 §6.2.1' },
  AUTHENTICATE: { admission: 'notAuthenticated', run: authenticate, expunges: 'allowed', source: 'RFC 3501 §6.2.2' },
  LOGIN: {
    admission: 'notAuthenticated',
    run: login,
    gate: passwordRefusal,
    expunges: 'allowed',
    source: 'RFC 3501 §6.2.3',
  },

  ENABLE: { admission: 'unselected', run: enable, capability: 'ENABLE', expunges: 'allowed', source: 'RFC 5161 §3.1' },
  SELECT: { admission: 'authenticated', run: select, expunges: 'allowed', source: 'RFC 3501 §6.3.1' },
  EXAMINE: { admission: 'authenticated', run: select, expunges: 'allowed', source: 'RFC 3501 §6.3.2' },
  CREATE: { admission: 'authenticated', run: create, expunges: 'allowed', source: 'RFC 3501 §6.3.3' },
  DELETE: { admission: 'authenticated', run: deleteMailbox, expunges: 'allowed', source: 'RFC 3501 §6.3.4' },
  RENAME: { admission: 'authenticated', run: rename, expunges: 'allowed', source: 'RFC 3501 §6.3.5' },
  SUBSCRIBE: { admission: 'authenticated', run: subscribe, expunges: 'allowed', source: 'RFC 3501 §6.3.6' },
  UNSUBSCRIBE: { admission: 'authenticated', run: subscribe, expunges: 'allowed', source: 'RFC 3501 §6.3.7' },
  LIST: { admission: 'authenticated', run: list, expunges: 'allowed', source: 'RFC 3501 §6.3.8' },
  LSUB: { admission: 'authenticated', run: lsub, expunges: 'allowed', source: 'RFC 3501 §6.3.9' },
  STATUS: { admission: 'authenticated', run: status, expunges: 'allowed', source: 'RFC 3501 §6.3.10' },
  APPEND: { admission: 'authenticated', run: append, expunges: 'allowed', source: 'RFC 3501 §6.3.11' },
  COMPARATOR: {
    admission: 'authenticated',
    run: comparator,
    expunges: 'allowed',
    source: 'RFC 5255 §4.7',
    capability: 'I18NLEVEL=2',
  },
  NAMESPACE: {
    admission: 'authenticated',
    run: namespace,
    capability: 'NAMESPACE',
    expunges: 'allowed',
    source: 'RFC 2342 §5',
  },
  NOTIFY: {
    admission: 'authenticated',
    run: notify,
    capability: 'NOTIFY',
    expunges: 'allowed',
    source: 'RFC 5465 §3.1',
  },
  SETACL: {
    admission: 'authenticated',
    run: setAcl,
    capability: 'ACL',
    expunges: 'allowed',
    source: 'RFC 4314 §3.1',
  },
  DELETEACL: {
    admission: 'authenticated',
    run: deleteAcl,
    capability: 'ACL',
    expunges: 'allowed',
    source: 'RFC 4314 §3.2',
  },
  GETACL: {
    admission: 'authenticated',
    run: getAcl,
    capability: 'ACL',
    expunges: 'allowed',
    source: 'RFC 4314 §3.3',
  },
  LISTRIGHTS: {
    admission: 'authenticated',
    run: listRights,
    capability: 'ACL',
    expunges: 'allowed',
    source: 'RFC 4314 §3.4',
  },
  MYRIGHTS: {
    admission: 'authenticated',
    run: myRights,
    capability: 'ACL',
    expunges: 'allowed',
    source: 'RFC 4314 §3.5',
  },
  GETQUOTA: {
    admission: 'authenticated',
    run: getQuota,
    capability: 'QUOTA',
    expunges: 'allowed',
    source: 'RFC 9208 §4.1.1',
  },
  GETQUOTAROOT: {
    admission: 'authenticated',
    run: getQuotaRoot,
    capability: 'QUOTA',
    expunges: 'allowed',
    source: 'RFC 9208 §4.1.2',
  },
  SETQUOTA: {
    admission: 'authenticated',
    run: setQuota,
    capability: 'QUOTASET',
    expunges: 'allowed',
    source: 'RFC 9208 §4.1.3',
  },
  GETMETADATA: {
    admission: 'authenticated',
    run: getMetadata,
    capability: 'METADATA-SERVER',
    expunges: 'allowed',
    source: 'RFC 5464 §4.2',
  },
  SETMETADATA: {
    admission: 'authenticated',
    run: setMetadata,
    capability: 'METADATA-SERVER',
    expunges: 'allowed',
    source: 'RFC 5464 §4.3',
  },
  RESETKEY: {
    admission: 'authenticated',
    run: resetKey,
    capability: 'URLAUTH',
    expunges: 'allowed',
    source: 'RFC 4467 §7',
  },
  GENURLAUTH: {
    admission: 'authenticated',
    run: genUrlAuth,
    capability: 'URLAUTH',
    expunges: 'allowed',
    source: 'RFC 4467 §7',
  },
  URLFETCH: {
    admission: 'authenticated',
    run: urlFetch,
    capability: 'URLAUTH',
    expunges: 'allowed',
    source: 'RFC 4467 §7',
  },
  ESEARCH: {
    admission: 'authenticated',
    run: esearch,
    capability: 'MULTISEARCH',
    expunges: 'allowed',
    source: 'RFC 7377 §2',
  },
  IDLE: { admission: 'authenticated', run: idle, capability: 'IDLE', expunges: 'allowed', source: 'RFC 2177 §3' },
  UNAUTHENTICATE: {
    admission: 'authenticated',
    run: unauthenticate,
    capability: 'UNAUTHENTICATE',
    expunges: 'allowed',
    source: 'RFC 8437 §3',
  },
  GETJMAPACCESS: {
    admission: 'authenticated',
    run: jmapAccess,
    capability: 'JMAPACCESS',
    expunges: 'allowed',
    source: 'RFC 9698 §4',
  },
  COMPRESS: {
    admission: 'authenticated',
    run: compress,
    capability: 'COMPRESS=DEFLATE',
    expunges: 'allowed',
    source: 'RFC 4978 §3',
  },

  CHECK: { admission: 'selected', run: check, expunges: 'allowed', source: 'RFC 3501 §6.4.1' },
  CLOSE: { admission: 'selected', run: close, expunges: 'allowed', source: 'RFC 3501 §6.4.2' },
  UNSELECT: {
    admission: 'selected',
    run: unselect,
    capability: 'UNSELECT',
    expunges: 'allowed',
    source: 'RFC 3691 §2',
  },
  EXPUNGE: { admission: 'selected', run: expunge, expunges: 'allowed', source: 'RFC 3501 §6.4.3' },
  SEARCH: { admission: 'selected', run: search, expunges: 'uidOnly', source: 'RFC 3501 §6.4.4' },
  CANCELUPDATE: {
    admission: 'selected',
    run: cancelUpdate,
    expunges: 'allowed',
    source: 'RFC 5267 §4.3.5',
    capability: 'CONTEXT=SEARCH',
  },
  SORT: { admission: 'selected', run: sort, expunges: 'uidOnly', source: 'RFC 5256 §3', capability: 'SORT' },
  THREAD: {
    admission: 'selected',
    run: thread,
    expunges: 'uidOnly',
    source: 'RFC 5256 §3',
    capability: ['THREAD=ORDEREDSUBJECT', 'THREAD=REFERENCES', 'THREAD=REFS'],
  },
  FETCH: { admission: 'selected', run: fetch, expunges: 'uidOnly', source: 'RFC 3501 §6.4.5' },
  STORE: { admission: 'selected', run: storeFlags, expunges: 'uidOnly', source: 'RFC 3501 §6.4.6' },
  COPY: { admission: 'selected', run: copy, expunges: 'allowed', source: 'RFC 3501 §6.4.7' },
  MOVE: { admission: 'selected', run: move, capability: 'MOVE', expunges: 'allowed', source: 'RFC 6851 §3' },
  REPLACE: {
    admission: 'selected',
    run: replace,
    capability: 'REPLACE',
    expunges: 'allowed',
    source: 'RFC 8508 §3',
  },
}
