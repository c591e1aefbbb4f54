import type { ImapCommand, NumberRange, Resync, SequenceSet } from '../command.js'
import type { Cursor } from './cursor.js'
import { mailbox } from './mailbox.js'
import { modSequenceValue } from './mod-sequence.js'
import { sequenceSet } from './sequence-set.js'
import { atom } from './strings.js'

/**
 *     select        = "SELECT" SP mailbox [select-params]
 *     select-params = SP "(" select-param *(SP select-param) ")"
 *     select-param  =/ "CONDSTORE" / "QRESYNC" SP "(" ... ")"
 *
 * RFC 4466 §3, RFC 7162 §7. EXAMINE alike.
 */
export function select(name: 'SELECT' | 'EXAMINE'): (c: Cursor) => ImapCommand {
  return (c) => {
    const selected = mailbox(c)
    let usesModSeq = false
    let resync: Resync | null = null
    for (const param of c.skip(' ') ? c.list(selectParam) : []) {
      usesModSeq = true
      if (param === 'CONDSTORE') continue
      if (resync !== null) c.bad('QRESYNC given twice')
      resync = param
    }
    return { name, mailbox: selected, usesModSeq, resync }
  }
}

function selectParam(c: Cursor): 'CONDSTORE' | Resync {
  const word = atom(c, 'parameter').toUpperCase()
  if (word === 'CONDSTORE' && c.offers(word)) return word
  if (word !== 'QRESYNC' || !c.offers(word)) return c.bad(`Unknown parameter ${word}`)
  if (!c.isEnabled('QRESYNC')) c.bad('QRESYNC is not enabled')
  c.sp()
  return qresync(c)
}

/**
 *     "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")"
 *     known-uids          = sequence-set ; no "*"
 *     seq-match-data      = "(" known-sequence-set SP known-uid-set ")"
 *
 * RFC 7162 §7.
 */
function qresync(c: Cursor): Resync {
  c.open()
  const uidValidity = c.nzNumber()
  c.sp()
  const modSeq = modSequenceValue(c)
  let knownUids: readonly NumberRange[] | null = null
  let samples: Resync['samples'] = []
  if (c.skip(' ')) {
    if (c.peek !== '(') {
      knownUids = ranges(c, sequenceSet(c))
      if (c.skip(' ')) samples = seqMatchData(c)
    } else {
      samples = seqMatchData(c)
    }
  }
  c.close()
  return { uidValidity, modSeq, knownUids, samples }
}

function seqMatchData(c: Cursor): Resync['samples'] {
  c.refuseNumbers()
  c.open()
  const seqs = ranges(c, sequenceSet(c))
  c.sp()
  const uids = ranges(c, sequenceSet(c))
  c.close()
  return pairs(c, seqs, uids)
}

/** Numbers of a set without `*` and without `$`. */
function ranges(c: Cursor, set: SequenceSet): readonly NumberRange[] {
  if (set.kind === 'saved') return c.bad('No saved result here')
  for (const { first, last } of set.ranges) {
    if (first === Number.POSITIVE_INFINITY || last === Number.POSITIVE_INFINITY) c.bad("No '*' here")
  }
  return set.ranges
}

/**
 * Sequence numbers beside UIDs: where a range of one meets a single number or a range of the other only its ends can be paired,
 * which is all that samples need. Both sets must name equally many (RFC 7162 §3.2.5.2).
 */
function pairs(c: Cursor, seqs: readonly NumberRange[], uids: readonly NumberRange[]): Resync['samples'] {
  const found: { readonly seq: number; readonly uid: number }[] = []
  const [s, u] = [runs(c, seqs), runs(c, uids)]
  let [i, j, usedSeq, usedUid] = [0, 0, 0, 0]
  while (i < s.length && j < u.length) {
    const [seq, uid] = [s[i], u[j]]
    if (seq === undefined || uid === undefined) break
    const length = Math.min(seq.length - usedSeq, uid.length - usedUid)
    found.push({ seq: seq.first + usedSeq + length - 1, uid: uid.first + usedUid + length - 1 })
    usedSeq += length
    usedUid += length
    if (usedSeq === seq.length) [i, usedSeq] = [i + 1, 0]
    if (usedUid === uid.length) [j, usedUid] = [j + 1, 0]
  }
  if (i < s.length || j < u.length) c.bad('Sequence numbers and UIDs do not pair')
  return found
}

function runs(c: Cursor, set: readonly NumberRange[]): { readonly first: number; readonly length: number }[] {
  let before = 0
  return set.map(({ first, last }) => {
    if (first > last || first <= before) c.bad('Match data must ascend')
    before = last
    return { first, length: last - first + 1 }
  })
}
