import type { QuotaResource } from '@mailwright/core'
import type { HostSettings } from './options.js'

/** A row of the table: one name that CAPABILITY tells. */
export interface CapabilityRow {
  readonly name: string
  /** Where it is specified. */
  readonly source: string
  /** `login`: told once the client has shown who it is; `always`: also in the greeting. */
  readonly since: 'always' | 'login'
  /** Whether the host and its store are able to. Absent: they need nothing for it. */
  readonly when?: (host: HostSettings) => boolean
  /** As it is told, where that is more than the name: `APPENDLIMIT=10240000`. */
  readonly written?: (host: HostSettings) => string
  /** Told only where these are told as well. */
  readonly needs?: readonly string[]
  /** Capabilities whose commands are part of this one: they may be used where it is offered, whether they are told or not. */
  readonly brings?: readonly string[]
  /** It and these exclude one another: offered where the host names it, or switches all of these off. */
  readonly insteadOf?: readonly string[]
}

/**
 * Every capability, whole ones only. A new extension is a row here, and then:
 *
 * - its command rows in `command-table.ts` say `capability: 'SORT'`: where it is not offered the command is unknown, before
 *   its literals are asked for;
 * - its words in the grammar ask the cursor, `c.offers('BINARY')`, and are unknown words where it says no;
 * - flows that only say or do more because of it ask `session.offers('UIDPLUS')`.
 *
 * So what the host's profile leaves out, or the store cannot do, is refused and not half there. The order in which names are told
 * is the profile's (`capability-profiles.ts`); names it does not have follow in this table's order.
 */
export const CAPABILITY_ROWS = [
  { name: 'IMAP4rev1', source: 'RFC 3501', since: 'always' },
  {
    name: 'IMAP4rev2',
    source: 'RFC 9051',
    since: 'always',
    // RFC 9051 §E, 2.
    brings: [
      ...['BINARY', 'ENABLE', 'ESEARCH', 'IDLE', 'LIST-EXTENDED', 'LIST-STATUS', 'LITERAL-', 'MOVE', 'NAMESPACE'],
      ...['SASL-IR', 'SEARCHRES', 'STATUS=SIZE', 'UIDPLUS', 'UNSELECT'],
    ],
  },

  // The connection.
  { name: 'SASL-IR', source: 'RFC 4959', since: 'always' },
  { name: 'ID', source: 'RFC 2971', since: 'always' },
  { name: 'ENABLE', source: 'RFC 5161', since: 'always' },
  { name: 'IDLE', source: 'RFC 2177', since: 'always' },
  { name: 'LOGIN-REFERRALS', source: 'RFC 2221', since: 'always' },
  { name: 'LANGUAGE', source: 'RFC 5255', since: 'always', needs: ['NAMESPACE'] },
  { name: 'UNAUTHENTICATE', source: 'RFC 8437', since: 'login' },
  {
    name: 'JMAPACCESS',
    source: 'RFC 9698',
    since: 'login',
    when: ({ jmapUrl }) => jmapUrl !== null,
    needs: ['OBJECTID'],
  },
  { name: 'INPROGRESS', source: 'RFC 9585', since: 'login' },
  { name: 'LITERAL+', source: 'RFC 7888', since: 'always' },
  { name: 'LITERAL-', source: 'RFC 7888', since: 'always', insteadOf: ['LITERAL+'] },
  {
    name: 'COMPRESS=DEFLATE',
    source: 'RFC 4978',
    since: 'login',
    when: ({ compression }) => compression === 'offered',
  },

  // Mailboxes.
  { name: 'CHILDREN', source: 'RFC 3348', since: 'login' },
  { name: 'NAMESPACE', source: 'RFC 2342', since: 'login' },
  { name: 'LIST-EXTENDED', source: 'RFC 5258', since: 'login' },
  { name: 'LIST-STATUS', source: 'RFC 5819', since: 'login' },
  { name: 'NOTIFY', source: 'RFC 5465', since: 'login' },
  { name: 'STATUS=SIZE', source: 'RFC 8438', since: 'login' },
  {
    name: 'APPENDLIMIT',
    source: 'RFC 7889',
    since: 'login',
    written: ({ limits }) => `APPENDLIMIT=${limits.appendOctets}`,
  },
  { name: 'SPECIAL-USE', source: 'RFC 6154', since: 'login' },
  { name: 'CREATE-SPECIAL-USE', source: 'RFC 6154', since: 'login' },
  {
    name: 'METADATA',
    source: 'RFC 5464',
    since: 'login',
    when: ({ supports }) => supports.metadata === 'mailboxes',
    brings: ['METADATA-SERVER'],
  },
  {
    name: 'LIST-METADATA',
    source: 'RFC 9590',
    since: 'login',
    when: ({ supports }) => supports.metadata === 'mailboxes',
  },
  {
    name: 'METADATA-SERVER',
    source: 'RFC 5464',
    since: 'login',
    when: ({ supports }) => supports.metadata === 'server',
  },

  { name: 'ACL', source: 'RFC 4314', since: 'login', when: hasRights },
  { name: 'RIGHTS=kxte', source: 'RFC 4314', since: 'login', when: hasRights },
  { name: 'LIST-MYRIGHTS', source: 'RFC 8440', since: 'login', when: hasRights },
  { name: 'QUOTA', source: 'RFC 9208', since: 'login', when: ({ supports }) => supports.quota !== undefined },
  {
    name: 'QUOTASET',
    source: 'RFC 9208',
    since: 'login',
    when: ({ supports }) => supports.quota?.isSettable === true,
    brings: ['QUOTA'],
  },
  { name: 'QUOTA=RES-STORAGE', source: 'RFC 9208', since: 'login', when: bounds('storage') },
  { name: 'QUOTA=RES-MESSAGE', source: 'RFC 9208', since: 'login', when: bounds('message') },
  { name: 'QUOTA=RES-MAILBOX', source: 'RFC 9208', since: 'login', when: bounds('mailbox') },
  { name: 'QUOTA=RES-ANNOTATION-STORAGE', source: 'RFC 9208', since: 'login', when: bounds('annotationStorage') },

  // Messages.
  { name: 'UNSELECT', source: 'RFC 3691', since: 'login' },
  { name: 'UIDPLUS', source: 'RFC 4315', since: 'login' },
  { name: 'MOVE', source: 'RFC 6851', since: 'login' },
  { name: 'BINARY', source: 'RFC 3516', since: 'login' },
  { name: 'MULTIAPPEND', source: 'RFC 3502', since: 'login' },
  { name: 'CATENATE', source: 'RFC 4469', since: 'login' },
  { name: 'URL-PARTIAL', source: 'RFC 5550', since: 'login' },
  { name: 'URLAUTH', source: 'RFC 4467', since: 'login', when: ({ urlAuth }) => urlAuth !== null },
  {
    name: 'URLAUTH=BINARY',
    source: 'RFC 5524',
    since: 'login',
    when: ({ urlAuth }) => urlAuth !== null,
    needs: ['URLAUTH'],
  },
  { name: 'PREVIEW', source: 'RFC 8970', since: 'login' },
  { name: 'PREVIEW=FUZZY', source: 'draft-ietf-extra-imap-fetch-preview', since: 'login' },
  { name: 'SNIPPET=FUZZY', source: 'draft-slusarz-imap-fetch-snippet', since: 'login' },
  { name: 'REPLACE', source: 'RFC 8508', since: 'login' },

  { name: 'CONDSTORE', source: 'RFC 7162', since: 'login' },
  { name: 'QRESYNC', source: 'RFC 7162', since: 'login', brings: ['CONDSTORE'] },
  { name: 'SAVEDATE', source: 'RFC 8514', since: 'login', when: ({ supports }) => supports.saveDates === true },
  { name: 'OBJECTID', source: 'RFC 8474', since: 'login', when: ({ supports }) => supports.objectIds === true },

  {
    name: 'MESSAGELIMIT',
    source: 'RFC 9738',
    since: 'login',
    when: ({ limits }) => limits.messagesPerCommand !== Number.POSITIVE_INFINITY,
    written: ({ limits }) => `MESSAGELIMIT=${limits.messagesPerCommand}`,
  },
  {
    name: 'SAVELIMIT',
    source: 'RFC 9738',
    since: 'login',
    // MESSAGELIMIT says it, too (§3).
    when: ({ limits }) =>
      limits.savedPerCommand !== Number.POSITIVE_INFINITY && limits.messagesPerCommand === Number.POSITIVE_INFINITY,
    written: ({ limits }) => `SAVELIMIT=${limits.savedPerCommand}`,
  },
  { name: 'UIDONLY', source: 'RFC 9586', since: 'login' },
  { name: 'UTF8=ACCEPT', source: 'RFC 6855', since: 'login' },

  // SEARCH, SORT and THREAD.
  { name: 'ESEARCH', source: 'RFC 4731', since: 'login' },
  { name: 'MULTISEARCH', source: 'RFC 7377', since: 'login' },
  { name: 'SEARCHRES', source: 'RFC 5182', since: 'login' },
  { name: 'WITHIN', source: 'RFC 5032', since: 'login' },
  { name: 'SEARCH=FUZZY', source: 'RFC 6203', since: 'login' },
  { name: 'PARTIAL', source: 'RFC 9394', since: 'login' },
  { name: 'I18NLEVEL=1', source: 'RFC 5255', since: 'login' },
  { name: 'I18NLEVEL=2', source: 'RFC 5255', since: 'login' },
  { name: 'SORT', source: 'RFC 5256', since: 'login' },
  { name: 'SORT=DISPLAY', source: 'RFC 5957', since: 'login', brings: ['SORT'] },
  { name: 'ESORT', source: 'RFC 5267', since: 'login', brings: ['SORT'] },
  { name: 'CONTEXT=SEARCH', source: 'RFC 5267', since: 'login' },
  { name: 'CONTEXT=SORT', source: 'RFC 5267', since: 'login' },
  {
    name: 'FILTERS',
    source: 'RFC 5466',
    since: 'login',
    when: ({ supports }) => supports.metadata === 'mailboxes' || supports.metadata === 'server',
  },
  { name: 'THREAD=ORDEREDSUBJECT', source: 'RFC 5256', since: 'login' },
  { name: 'THREAD=REFERENCES', source: 'RFC 5256', since: 'login' },
  { name: 'THREAD=REFS', source: 'draft-ietf-morg-inthread', since: 'login' },
] as const satisfies readonly CapabilityRow[]

function hasRights({ supports }: HostSettings): boolean {
  return supports.acl === true
}

/** A resource is named where the store bounds it (RFC 9208 §3.1.1). */
function bounds(resource: QuotaResource): (host: HostSettings) => boolean {
  return ({ supports }) => supports.quota?.resources.includes(resource) === true
}

/** A capability of the table. */
export type CapabilityName = (typeof CAPABILITY_ROWS)[number]['name']
