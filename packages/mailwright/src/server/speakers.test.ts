import { HostError } from '@mailwright/core'
import { expect, test } from 'vitest'
import { speakersOf } from './speakers.js'

test('who may speak for others is a matter of networks, and nobody may by default', () => {
  const of = speakersOf({ xclient: ['192.0.2.0/24'], xforward: ['192.0.2.8', '2001:db8::/32'] })
  expect(of('192.0.2.7')).toEqual(['XCLIENT'])
  expect(of('192.0.2.8')).toEqual(['XCLIENT', 'XFORWARD'])
  expect(of('2001:db8::1')).toEqual(['XFORWARD'])
  // A Unix socket's peer, and one that XCLIENT gave no address, are nobody's neighbours.
  for (const address of ['', 'unknown', '127.0.0.1']) expect(of(address)).toEqual([])
  expect(speakersOf({})('127.0.0.1')).toEqual([])
  expect(() => speakersOf({ xclient: ['nowhere'] })).toThrow(HostError)
})
