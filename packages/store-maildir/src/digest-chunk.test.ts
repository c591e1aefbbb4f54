import { fromLatin1 } from '@mailwright/core'
import { Digester, digestMessage } from '@mailwright/message'
import { expect, test } from 'vitest'
import { digestChunk } from './digest-chunk.js'

test('a chunk of tiny parts lets others have their turns', async () => {
  const chunk = fromLatin1(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(3_000)}`)
  const digester = new Digester()
  let turns = 0
  const count = (): void => {
    turns++
    waiting = setImmediate(count)
  }
  let waiting = setImmediate(count)
  await digestChunk(digester, chunk)
  clearImmediate(waiting)
  expect(digester.end()).toEqual(digestMessage([chunk]))
  expect(turns).toBeGreaterThanOrEqual(10)
})
