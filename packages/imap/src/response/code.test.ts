import { uidList } from '@mailwright/core'
import { expect, test } from 'vitest'
import { appendUidCode, copyUidCode } from './code.js'

test('APPENDUID and COPYUID as in RFC 4315 §3', () => {
  expect(appendUidCode({ uidValidity: 38_505, uids: uidList([3955]) })).toBe('APPENDUID 38505 3955')
  const map = { uidValidity: 38_505, from: uidList([304, 319, 320]), to: uidList([3956, 3957, 3958]) }
  expect(copyUidCode(map)).toBe('COPYUID 38505 304,319:320 3956:3958')
  expect(copyUidCode({ uidValidity: 1, from: uidList([]), to: uidList([]) })).toBeNull()
})
