import { expect, test } from 'vitest'
import { fieldBody, trim, unfold } from './field.js'

test('unfolding removes line ends and nothing else (RFC 5322 §2.2.3)', () => {
  expect(unfold('This\r\n is a\n\ttest')).toBe('This is a\ttest')
  expect(unfold('a\rb')).toBe('a\rb')
})

test('a body is what follows the colon, trimmed', () => {
  expect(fieldBody('Subject  : \t This\r\n is: a test \r\n')).toBe('This is: a test')
  expect(fieldBody('Subject:\r\n')).toBe('')
})

test('trimming takes time linear in the length', () => {
  const spaces = ' \t'.repeat(100_000)
  expect(trim(`${spaces}x${spaces}x${spaces}`)).toBe(`x${spaces}x`)
})
