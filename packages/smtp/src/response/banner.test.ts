import { describe, expect, test } from 'vitest'
import { banner } from './banner.js'

const NAMES = { hostname: 'mailserver.local', mailName: 'Postfix' }

describe('banners', () => {
  test.each([
    [
      '[B1] the seeds’ template',
      '$myhostname ESMTP $mail_name (Debian/GNU)',
      'mailserver.local ESMTP Postfix (Debian/GNU)',
    ],
    ['names in braces', `\${myhostname} ESMTP \${mail_name}`, 'mailserver.local ESMTP Postfix'],
    ['a dollar sign', '$myhostname ESMTP $$5', 'mailserver.local ESMTP $5'],
    ['unknown names stay', '$myhostname $foo', 'mailserver.local $foo'],
    ['no line ends', '$myhostname\r\n250 x', 'mailserver.local??250 x'],
  ])('%s', (_, template, text) => {
    expect(banner(template, NAMES)).toBe(text)
  })
})
