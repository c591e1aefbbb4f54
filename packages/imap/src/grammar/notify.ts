import type { FetchItem, ImapCommand, NotifyEvent, NotifyGroup, NotifySelected } from '../command.js'
import type { Cursor } from './cursor.js'
import { fetchAtt } from './fetch.js'
import { otherFilter } from './filter-mailboxes.js'
import { atom } from './strings.js'

const MESSAGE_EVENTS = ['MessageNew', 'MessageExpunge', 'FlagChange'] as const
const EVENTS: ReadonlyMap<string, NotifyEvent> = new Map(
  (
    [...MESSAGE_EVENTS, 'MailboxName', 'SubscriptionChange', 'MailboxMetadataChange', 'ServerMetadataChange'] as const
  ).map((name) => [name.toUpperCase(), name]),
)
const OF_MESSAGES: ReadonlySet<NotifyEvent> = new Set(MESSAGE_EVENTS)

/**
 *     notify           = "NOTIFY" SP (notify-set / notify-none)
 *     notify-set       = "SET" [status-indicator] SP event-groups
 *     notify-none      = "NONE"
 *     status-indicator = SP "STATUS"
 *     event-groups     = event-group *(SP event-group)
 *
 * RFC 5465 §8. At most one group is about the selected mailbox (§6.1).
 */
export function notify(c: Cursor): ImapCommand {
  const word = atom(c, 'SET or NONE').toUpperCase()
  if (word === 'NONE') return { name: 'NOTIFY', set: null }
  if (word !== 'SET') c.bad('Expected SET or NONE')
  c.sp()
  const tellsStatus = c.peek !== '('
  if (tellsStatus) {
    if (atom(c, 'STATUS').toUpperCase() !== 'STATUS') c.bad('Expected STATUS')
    c.sp()
  }
  const read = [eventGroup(c)]
  while (c.skip(' ')) {
    if (read.length === c.limits.patterns) c.bad('Too many event groups')
    read.push(eventGroup(c))
  }
  const selected = read.flatMap((group) => (group.kind === 'selected' ? [group.selected] : []))
  if (selected.length > 1) c.bad('SELECTED and SELECTED-DELAYED stand once')
  const groups = read.flatMap((group) => (group.kind === 'others' ? [group.group] : []))
  const unknown = read.flatMap((group) => group.unknown)
  return { name: 'NOTIFY', set: { tellsStatus, selected: selected[0] ?? null, groups, unknown } }
}

type Group = { readonly unknown: readonly string[] } & (
  | { readonly kind: 'selected'; readonly selected: NotifySelected | null }
  | { readonly kind: 'others'; readonly group: NotifyGroup }
)

/**
 *     event-group               = "(" filter-mailboxes SP events ")"
 *     filter-mailboxes          = filter-mailboxes-selected / filter-mailboxes-other
 *     filter-mailboxes-selected = "selected" / "selected-delayed"
 *
 * RFC 5465 §8. Only message events are about the selected mailbox, and only there something is told of messages (§6.1).
 */
function eventGroup(c: Cursor): Group {
  c.open()
  const word = atom(c, 'mailbox filter').toUpperCase()
  const filter =
    word === 'SELECTED' || word === 'SELECTED-DELAYED'
      ? null
      : (otherFilter(c, word) ?? c.bad(`Unknown mailbox filter ${word}`))
  c.sp()
  const { events, items, unknown } = readEvents(c)
  c.close()
  if (filter !== null) {
    if (items.length > 0) c.bad('Only SELECTED takes a list of what is told of new messages')
    return { kind: 'others', group: { filter, events }, unknown }
  }
  if ([...events].some((event) => !OF_MESSAGES.has(event))) c.bad('Only message events are about the selected mailbox')
  if (events.size === 0) return { kind: 'selected', selected: null, unknown }
  const expunges = word === 'SELECTED' ? 'immediate' : 'delayed'
  return { kind: 'selected', selected: { expunges, tellsFlags: events.has('FlagChange'), items }, unknown }
}

interface Events {
  readonly events: ReadonlySet<NotifyEvent>
  readonly items: readonly FetchItem[]
  readonly unknown: readonly string[]
}

/**
 *     events        = ("(" event *(SP event) ")") / "NONE"
 *     message-event = ("MessageNew" [SP "(" fetch-att *(SP fetch-att) ")"]) / "MessageExpunge" / "FlagChange" /
 *                     "AnnotationChange"
 *     event-ext     = atom
 *
 * RFC 5465 §8. MessageNew and MessageExpunge stand together, and with FlagChange and AnnotationChange (§5).
 */
function readEvents(c: Cursor): Events {
  if (c.peek !== '(') {
    if (atom(c, 'events').toUpperCase() !== 'NONE') c.bad('Expected events or NONE')
    return { events: new Set(), items: [], unknown: [] }
  }
  const read = c.list(event)
  const events = new Set(read.flatMap(({ known }) => known ?? []))
  const items = read.flatMap((each) => each.items)
  const unknown = read.flatMap(({ word, known }) => (known === undefined ? [word] : []))
  const isPaired = events.has('MessageNew') && events.has('MessageExpunge')
  const isAsked = MESSAGE_EVENTS.some((name) => events.has(name)) || unknown.includes('ANNOTATIONCHANGE')
  if (isAsked && !isPaired) c.bad('Message events need MessageNew and MessageExpunge')
  return { events, items, unknown }
}

interface Event {
  readonly word: string
  readonly known: NotifyEvent | undefined
  readonly items: readonly FetchItem[]
}

const LIST_NEXT = / (?=\()/y

function event(c: Cursor): Event {
  const word = atom(c, 'event').toUpperCase()
  const known = EVENTS.get(word)
  const hasItems = known === 'MessageNew' && c.match(LIST_NEXT) !== undefined
  return { word, known, items: hasItems ? c.list(fetchAtt) : [] }
}
