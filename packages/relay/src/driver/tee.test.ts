import { type Body, chunksBody, fromLatin1, latin1 } from '@mailwright/core'
import { expect, test } from 'vitest'
import { tee } from './tee.js'

async function read(body: Body, most = Number.POSITIVE_INFINITY): Promise<string> {
  let text = ''
  for await (const chunk of body) {
    text += latin1(chunk)
    if (text.length >= most) break
  }
  return text
}

const source = (): Body => chunksBody(['ab', 'cd', 'ef'].map(fromLatin1))

test('every reader gets all of a body', async () => {
  expect(await Promise.all(tee(source(), 3).map((body) => read(body)))).toEqual(['abcdef', 'abcdef', 'abcdef'])
})

test('one that leaves, or never begins, holds nobody up', async () => {
  const [one, two, three] = tee(source(), 3)
  if (one === undefined || two === undefined || three === undefined) return expect.fail('not three')
  const readers = [read(one), read(two, 2)]
  three.leave()
  three.leave()
  expect(await Promise.all(readers)).toEqual(['abcdef', 'ab'])
})

test('what the body throws, all hear', async () => {
  async function* broken(): Body {
    yield fromLatin1('ab')
    throw new Error('lost')
  }
  const ends = await Promise.allSettled(tee(broken(), 2).map((body) => read(body)))
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
