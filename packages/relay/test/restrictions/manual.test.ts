import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ABSENT, ALIASES, RESTRICTIONS } from '../../src/restrictions/restriction-table.js'

const MANUAL = readFileSync(new URL('../../../../docs/restrictions.md', import.meta.url), 'utf8')

test('the manual names every restriction, and none that there is not', () => {
  const known = [...Object.keys(RESTRICTIONS), ...Object.keys(ALIASES), ...Object.keys(ABSENT), 'warn_if_reject']
  const named = new Set(MANUAL.match(/(?<=`)[a-z]+(?:_[a-z0-9]+)*(?=[` ])/g) ?? [])
  expect(known.filter((name) => !named.has(name))).toEqual([])
  const others = [...named].filter((name) => /^(?:check|permit|reject|defer)_/.test(name) && !known.includes(name))
  expect(others).toEqual([])
})
