import { describe, expect, test } from 'vitest'
import { mailQueueLaws, queueVariants } from '../../index.js'

describe('mailQueueLaws', () => {
  test('ids are unique', () => {
    const ids = mailQueueLaws.map((law) => law.id)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  })

  test('ids are a group and a sentence with hyphens', () => {
    const odd = mailQueueLaws.filter((law) => !/^[a-z]+\/[a-z0-9]+(-[a-z0-9]+)*$/.test(law.id))
    expect(odd.map((law) => law.id)).toEqual([])
  })

  test('every law names its source', () => {
    const odd = mailQueueLaws.filter((law) => !/^(RFC \d+ §[\d.]+|[A-Z][A-Za-z]+)/.test(law.source))
    expect(odd.map((law) => law.id)).toEqual([])
  })
})

test('the variants of queues are those of stores', () => {
  expect(queueVariants.map((variant) => variant.id)).toEqual(['plain', 'octets', 'reopened', 'aborted'])
})
