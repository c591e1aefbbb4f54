import { ANSWERED, DELETED, DRAFT, FLAGGED, SEEN } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { writeFlags } from './flags.js'

describe('flags (RFC 3501 §7.2.6, §7.4.2)', () => {
  test.each([
    [0, [], undefined, '()'],
    [SEEN, [], undefined, '(\\Seen)'],
    [ANSWERED | FLAGGED | DELETED | SEEN | DRAFT, [], undefined, '(\\Answered \\Flagged \\Deleted \\Seen \\Draft)'],
    [SEEN, ['$Junk', 'work'], '\\Recent', '(\\Seen $Junk work \\Recent)'],
    [0, [], '\\*', '(\\*)'],
    [0, ['a'], undefined, '(a)'],
    [32, [], undefined, '()'],
  ] as const)('%s %j %s', (system, keywords, extra, written) => {
    expect(writeFlags(system, keywords, extra)).toBe(written)
  })
})
