import { flagColumns } from '@mailwright/core'
import { expect, test } from 'vitest'
import { KeywordTable } from './keyword-table.js'

const columnsOf = (...rows: readonly (readonly string[])[]) =>
  flagColumns(rows.map((keywords, at) => ({ uid: at + 1, system: 0, keywords })))

test('rows of another table are translated, without case, in the first spelling', () => {
  const table = new KeywordTable(columnsOf(['one', 'two'], ['two']))
  table.set(1, columnsOf(['TWO', 'three'], []), 0)
  expect(table.namesAt(0)).toEqual(['one', 'two'])
  expect(table.namesAt(1)).toEqual(['two', 'three'])
  expect(table.has(1, 'Three')).toBe(true)
  expect(table.has(1, 'one')).toBe(false)
  expect(table.has(1, 'never')).toBe(false)
})

test('more than 32 names widen every row', () => {
  const names = Array.from({ length: 70 }, (_, n) => `k${n}`)
  const table = new KeywordTable(columnsOf(['k0'], ['k1']))
  table.set(1, columnsOf(names), 0)
  expect(table.namesAt(0)).toEqual(['k0'])
  expect([...table.namesAt(1)].sort()).toEqual([...names].sort())
  expect(table.isSame(1, columnsOf(names), 0)).toBe(true)
  expect(table.isSame(0, columnsOf(['K0']), 0)).toBe(true)
  expect(table.isSame(0, columnsOf(names), 0)).toBe(false)
})

test('a mailbox without keywords keeps no bits, and takes its first', () => {
  const table = new KeywordTable(columnsOf([], []))
  expect(table.isSame(0, columnsOf([]), 0)).toBe(true)
  table.set(5, columnsOf(['first']), 0)
  expect(table.namesAt(5)).toEqual(['first'])
  expect(table.namesAt(0)).toEqual([])
  table.move(5, 0)
  expect(table.namesAt(0)).toEqual(['first'])
})

test('names that FLAGS did not list are told once', () => {
  const table = new KeywordTable(columnsOf(['known']))
  expect(table.hasUntold).toBe(false)
  table.set(0, columnsOf(['new']), 0)
  expect(table.hasUntold).toBe(true)
  table.markTold()
  expect(table.hasUntold).toBe(false)
})
