import { describe, expect, test } from 'vitest'
import { COMMANDS } from './command-table.js'
import { ADMITS, type ImapState } from './states.js'

/** RFC 3501 §6.1 to §6.4, and for extensions their RFCs: which commands each state admits. */
const ANY = ['CAPABILITY', 'NOOP', 'LOGOUT', 'ID', 'LANGUAGE']
const NOT_AUTHENTICATED = ['STARTTLS', 'AUTHENTICATE', 'LOGIN']
const AUTHENTICATED = [
  ...[
    'SELECT',
    'EXAMINE',
    'CREATE',
    'DELETE',
    'RENAME',
    'SUBSCRIBE',
    'UNSUBSCRIBE',
    'LIST',
    'LSUB',
    'STATUS',
    'APPEND',
  ],
  ...['NAMESPACE', 'IDLE', 'COMPARATOR', 'GETMETADATA', 'SETMETADATA', 'GETQUOTA', 'GETQUOTAROOT', 'SETQUOTA'],
  ...['COMPRESS', 'UNAUTHENTICATE', 'GETJMAPACCESS', 'NOTIFY', 'ESEARCH'],
  ...['RESETKEY', 'GENURLAUTH', 'URLFETCH'],
  ...['SETACL', 'DELETEACL', 'GETACL', 'LISTRIGHTS', 'MYRIGHTS'],
]
const UNSELECTED = ['ENABLE']
const SELECTED = [
  'CHECK',
  'CLOSE',
  'UNSELECT',
  'EXPUNGE',
  'SEARCH',
  'FETCH',
  'STORE',
  'COPY',
  'MOVE',
  'SORT',
  'CANCELUPDATE',
  'THREAD',
  'REPLACE',
]

describe('each state admits exactly the commands its section of the RFC lists', () => {
  const table: readonly (readonly [ImapState['name'], readonly string[]])[] = [
    ['notAuthenticated', [...ANY, ...NOT_AUTHENTICATED]],
    ['authenticated', [...ANY, ...AUTHENTICATED, ...UNSELECTED]],
    ['selected', [...ANY, ...AUTHENTICATED, ...SELECTED]],
    ['logout', []],
  ]
  for (const [state, expected] of table) {
    test(state, () => {
      const admitted = Object.entries(COMMANDS).filter(([, row]) => ADMITS[row.admission].has(state))
      expect(admitted.map(([name]) => name).sort()).toEqual([...expected].sort())
    })
  }
})

test('EXPUNGE is held back during FETCH, STORE and SEARCH only, and its kin (RFC 3501 §7.4.1, RFC 5256 §3)', () => {
  const held = Object.entries(COMMANDS).filter(([, row]) => row.expunges === 'uidOnly')
  expect(held.map(([name]) => name).sort()).toEqual(['FETCH', 'SEARCH', 'SORT', 'STORE', 'THREAD'])
})

test('every row names its source', () => {
  for (const row of Object.values(COMMANDS)) expect(row.source).toMatch(/^RFC \d+ §\d+(\.\d+)*$/)
})
