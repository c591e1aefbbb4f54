import { describe, expect, test } from 'vitest'
import { mailStoreLaws, variants } from '../../index.js'

describe('mailStoreLaws', () => {
  test('ids are unique', () => {
    const ids = mailStoreLaws.map((law) => law.id)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  })

  test('ids are a group and a sentence with hyphens', () => {
    const odd = mailStoreLaws.filter((law) => !/^[a-z]+\/[a-z0-9]+(-[a-z0-9]+)*$/.test(law.id))
    expect(odd.map((law) => law.id)).toEqual([])
  })

  test('every law names its source', () => {
    const odd = mailStoreLaws.filter((law) => !/^(RFC \d+ §[\d.]+|[A-Z][A-Za-z]+)/.test(law.source))
    expect(odd.map((law) => law.id)).toEqual([])
  })
})

describe('variants', () => {
  test('are those of the architecture', () => {
    expect(variants.map((variant) => variant.id)).toEqual(['plain', 'octets', 'reopened', 'aborted'])
  })
})
