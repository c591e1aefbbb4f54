import { describe, expect, test } from 'vitest'
import { parseSqlQuery } from '../tables/sql-query.js'
import { sqlTable } from './sql-table.js'

describe('[C17] queries as tables', () => {
  test.each([
    ["SELECT goto FROM alias WHERE address = '%s'", 'SELECT goto FROM alias WHERE address = $1', ['u@a.b']],
    ['SELECT x WHERE u = %u AND d = %d', 'SELECT x WHERE u = $1 AND d = $2', ['u', 'a.b']],
    ["SELECT x WHERE a = '@%d' AND b LIKE '100%%'", "SELECT x WHERE a = ('@' || $1) AND b LIKE '100%'", ['a.b']],
    ["SELECT '%u''s' WHERE t = '%1'", "SELECT ($1 || '''s') WHERE t = $2", ['u', 'b']],
    ["SELECT 'plain'", "SELECT 'plain'", []],
  ])('%s', (query, text, parameters) => {
    const parsed = parseSqlQuery(query, 'numbered')
    expect(parsed.text).toBe(text)
    expect(parsed.parametersOf('u@a.b')).toEqual(parameters)
  })

  test('what a key lacks is not asked for', () => {
    expect(parseSqlQuery('SELECT %d', 'question').parametersOf('user')).toBeUndefined()
    expect(parseSqlQuery('SELECT %3', 'question').parametersOf('u@a.b')).toBeUndefined()
    expect(() => parseSqlQuery('SELECT %q', 'numbered')).toThrow('%q')
  })

  test('no key gets into the text; rows are joined; keys are without case', async () => {
    const asked: unknown[] = []
    const table = sqlTable({
      query: "SELECT goto FROM alias WHERE address = '%s'",
      domains: ['Example.org'],
      ask: async (text, parameters) => {
        asked.push([text, parameters])
        return parameters[0]?.startsWith('x') === true ? [] : [['a@x'], [null], ['b@y']]
      },
    })
    const { signal } = new AbortController()
    expect(await table("O'Brien@Example.ORG", signal)).toBe('a@x,b@y')
    expect(await table('x@example.org', signal)).toBeUndefined()
    expect(await table('a@elsewhere.example', signal)).toBeUndefined()
    expect(await table('example.org', signal)).toBeUndefined()
    expect(asked).toEqual([
      ['SELECT goto FROM alias WHERE address = $1', ["o'brien@example.org"]],
      ['SELECT goto FROM alias WHERE address = $1', ['x@example.org']],
    ])
  })
})
