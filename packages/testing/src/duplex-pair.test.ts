import { fromLatin1, latin1 } from '@mailwright/core'
import type { Duplex } from '@mailwright/core/driver'
import { expect, test } from 'vitest'
import { duplexPair } from './duplex-pair.js'
import { settled } from './virtual-clock.js'

function listen(end: Duplex): { text: string; news: string[] } {
  const heard = { text: '', news: [] as string[] }
  end.open({
    received: (chunk) => {
      heard.text += latin1(chunk)
    },
    ended: () => heard.news.push('ended'),
    drained: () => heard.news.push('drained'),
    closed: () => heard.news.push('closed'),
  })
  return heard
}

test('what one end writes the other receives, in order and on a later turn', async () => {
  const [left, right] = duplexPair()
  const heard = listen(right)
  left.write(fromLatin1('a'))
  left.write(fromLatin1('b'))
  expect(heard.text).toBe('')
  await settled()
  expect(heard.text).toBe('ab')
})

test('a paused reader holds the writer back; resumed, the writer is told', async () => {
  const [left, right] = duplexPair(4)
  const writer = listen(left)
  const heard = listen(right)
  right.pause()
  expect([left.write(fromLatin1('abc')), left.write(fromLatin1('def'))]).toEqual([true, false])
  await settled()
  expect(heard.text).toBe('')
  right.resume()
  await settled()
  expect([heard.text, writer.news]).toEqual(['abcdef', ['drained']])
})

test('a half-close is told, and both ends close when both are done', async () => {
  const [left, right] = duplexPair()
  const a = listen(left)
  const b = listen(right)
  left.end()
  await settled()
  expect([a.news, b.news]).toEqual([[], ['ended']])
  right.end()
  await settled()
  expect([a.news.at(-1), b.news.at(-1)]).toEqual(['closed', 'closed'])
})

test('destroy closes both ends at once and drops what is on its way', async () => {
  const [left, right] = duplexPair()
  const b = listen(right)
  left.write(fromLatin1('lost'))
  left.destroy()
  await settled()
  expect([b.text, b.news]).toEqual(['', ['closed']])
})
