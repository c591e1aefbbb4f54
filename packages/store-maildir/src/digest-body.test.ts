import { chunksBody, fromLatin1 } from '@mailwright/core'
import { digestMessage } from '@mailwright/message'
import { expect, test } from 'vitest'
import { digestBody } from './digest-body.js'

test('a chunk of tiny parts lets others have their turns', async () => {
  const chunk = fromLatin1(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(3_000)}`)
  let turns = 0
  const count = (): void => {
    turns++
    waiting = setImmediate(count)
  }
  let waiting = setImmediate(count)
  const digest = await digestBody(chunksBody([chunk]))
  clearImmediate(waiting)
  expect(digest).toEqual(digestMessage([chunk]))
  expect(turns).toBeGreaterThanOrEqual(10)
})
