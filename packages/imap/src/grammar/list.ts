import type { ListCommand, ListReturns, ListSelection, LsubCommand } from '../command.js'
import type { Cursor } from './cursor.js'
import { listPattern, reference } from './mailbox.js'
import { metadataEntries } from './metadata.js'
import { statusAtts } from './status.js'
import { atom } from './strings.js'

const RETURN = /RETURN /iy
/** The words of `list-select-option`: RFC 5258 §6, RFC 6154 §6. */
const SELECTIONS: ReadonlyMap<string, ListSelection> = new Map([
  ['RECURSIVEMATCH', 'recursive'],
  ['REMOTE', 'remote'],
  ['SPECIAL-USE', 'specialUse'],
  ['SUBSCRIBED', 'subscribed'],
])

const NOTHING_MORE: ListReturns = { subscribed: false, children: false, myRights: false, status: [], metadata: [] }

/**
 *     list                 = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]
 *     mbox-or-pat          = list-mailbox / patterns
 *     patterns             = "(" list-mailbox *(SP list-mailbox) ")"
 *     list-return-opts     = "RETURN" SP "(" [return-option *(SP return-option)] ")"
 *
 * RFC 5258 §6. The cursor stands after the SP that follows "LIST".
 */
export function list(c: Cursor): ListCommand {
  const select = c.peek === '(' ? selection(c) : null
  if (select !== null) c.sp()
  const root = reference(c)
  c.sp()
  const patterns = c.peek === '(' ? patternList(c) : null
  const pattern = patterns === null ? listPattern(c) : ''
  const wants = c.skip(' ') ? returnOptions(c) : null
  const isExtended = select !== null || patterns !== null || wants !== null
  return {
    name: 'LIST',
    reference: root,
    patterns: patterns ?? [pattern],
    isExtended,
    select: select ?? [],
    wants: wants ?? NOTHING_MORE,
  }
}

/**
 *     lsub = "LSUB" SP mailbox SP list-mailbox
 *
 * RFC 3501 §9.
 */
export function lsub(c: Cursor): LsubCommand {
  const root = reference(c)
  c.sp()
  return { name: 'LSUB', reference: root, pattern: listPattern(c) }
}

/**
 *     list-select-opts = "(" [list-select-opt *(SP list-select-opt)] ")"
 *
 * RFC 5258 §6. RECURSIVEMATCH needs another option to go by (§3.1).
 */
function selection(c: Cursor): readonly ListSelection[] {
  const select = [...new Set(c.listOrEmpty(selectOption))]
  if (select.includes('recursive') && !select.some((option) => option === 'subscribed' || option === 'specialUse')) {
    c.bad('RECURSIVEMATCH needs another selection option')
  }
  return select
}

function selectOption(c: Cursor): ListSelection {
  const word = atom(c, 'LIST option').toUpperCase()
  const option = SELECTIONS.get(word)
  if (option === undefined || !c.offers(option === 'specialUse' ? 'SPECIAL-USE' : 'LIST-EXTENDED')) {
    return c.bad(`Unknown LIST option ${word}`)
  }
  return option
}

/** More patterns than one, all of them bounded together: each is matched with every name. */
function patternList(c: Cursor): readonly string[] {
  if (!c.offers('LIST-EXTENDED')) c.bad('Invalid mailbox pattern')
  const patterns = [...new Set(c.list(listPattern))]
  const wildcards = patterns.reduce((sum, pattern) => sum + (pattern.match(/[*%]+/g)?.length ?? 0), 0)
  if (wildcards > c.limits.wildcards || patterns.length > c.limits.patterns) c.no('LIMIT', 'Too many patterns')
  return patterns
}

/**
 *     return-option = "SUBSCRIBED" / "CHILDREN" / status-option / option-extension
 *     status-option = "STATUS" SP "(" status-att *(SP status-att) ")"
 *
 * RFC 5258 §6, RFC 5819 §4, RFC 6154 §6, RFC 8440 §5, RFC 9590 §5. What is asked for twice is asked for once. SPECIAL-USE changes nothing:
 * these attributes are always told.
 */
function returnOptions(c: Cursor): ListReturns {
  if (c.match(RETURN) === undefined) c.bad('Unexpected text after the pattern')
  let returns = NOTHING_MORE
  c.listOrEmpty(() => {
    returns = { ...returns, ...returnOption(c) }
  })
  return returns
}

function returnOption(c: Cursor): Partial<ListReturns> {
  const word = atom(c, 'LIST option').toUpperCase()
  switch (word) {
    case 'SUBSCRIBED':
      if (c.offers('LIST-EXTENDED')) return { subscribed: true }
      break
    case 'CHILDREN':
      if (c.offers('LIST-EXTENDED')) return { children: true }
      break
    case 'SPECIAL-USE':
      if (c.offers('SPECIAL-USE')) return {}
      break
    case 'MYRIGHTS':
      if (c.offers('LIST-MYRIGHTS')) return { myRights: true }
      break
    case 'STATUS':
      if (!c.offers('LIST-STATUS')) break
      c.sp()
      return { status: statusAtts(c) }
    case 'METADATA':
      if (!c.offers('LIST-METADATA')) break
      c.sp()
      return { metadata: metadataEntries(c) }
    default:
  }
  return c.bad(`Unknown LIST option ${word}`)
}
