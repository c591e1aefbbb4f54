import { fromLatin1, fromUtf8, latin1, utf8 } from '@mailwright/core'
import { describe, expect, test } from 'vitest'
import { HeaderEditor } from './header-editor.js'
import { type Submission, submissionEdits } from './submission.js'

const SUBMISSION: Submission = {
  at: Date.UTC(2020, 6, 15, 16, 31, 24),
  zone: 120,
  id: '1D7FE400A4C9',
  hostname: 'mail.example.com',
  reversePath: { localPart: 'alice', domain: 'example.com' },
}
const ALICE = { localPart: 'alice', domain: 'example.com' }
const MESSAGE_ID = 'Message-Id: <20200715163124.1D7FE400A4C9@mail.example.com>\r\n'
const DATE = 'Date: Wed, 15 Jul 2020 18:31:24 +0200\r\n'
const FROM = 'From: alice@example.com\r\n'
const COMPLETE = 'From: Alice <alice@example.com>\r\nDate: x\r\nMessage-ID: <a@b>\r\n'

function mended(message: string, submission: Submission = SUBMISSION): string {
  const editor = new HeaderEditor((fields) => submissionEdits(fields, submission))
  return utf8(fromLatin1(latin1(editor.push(fromUtf8(message))) + latin1(editor.end())))
}

describe('a submitted message, RFC 6409 §8', () => {
  test('[B9] gets the Message-ID, Date and From that it lacks, in the order of Postfix', () => {
    expect(mended('Subject: x\r\n\r\ntext')).toBe(`Subject: x\r\n${MESSAGE_ID}${DATE}${FROM}\r\ntext`)
  })

  test('is not touched where nothing is missing', () => {
    expect(mended(`${COMPLETE}\r\ntext`)).toBe(`${COMPLETE}\r\ntext`)
  })

  test('that was resent gets fields of who resends it, and none of its author', () => {
    const given = 'From: a@x.example\r\nResent-To: carol@x.example\r\n'
    const own = `${MESSAGE_ID}${DATE}${FROM}`.replaceAll(/^(?=[A-Z])/gm, 'Resent-')
    expect(mended(`${given}\r\n`)).toBe(`${given}${own}\r\n`)
  })

  test('has its addresses completed where there is an origin, and the spelling of names stays', () => {
    const rest = 'Date: x\r\nMessage-ID: <a@b>\r\n'
    expect(
      mended(`FROM: root\r\nTo: a,\r\n b\r\ntO: c@x\r\nTO: d\r\n${rest}\r\n`, { ...SUBMISSION, origin: 'd.example' }),
    ).toBe(`FROM: root@d.example\r\nTo: a@d.example, b@d.example\r\ntO: c@x\r\nTO: d@d.example\r\n${rest}\r\n`)
  })

  test('gets no From of nobody', () => {
    expect(mended('Date: x\r\nMessage-Id: <>\r\n\r\n', { ...SUBMISSION, reversePath: null })).toBe(
      'Date: x\r\nMessage-Id: <>\r\n\r\n',
    )
  })

  test('loses what is for its sender alone, folded or not', () => {
    expect(
      mended(`Bcc: carol@example.org,\r\n dave@example.org\r\n${COMPLETE}Return-Path: <x>\r\nbcc:\r\n\r\ntext`),
    ).toBe(`${COMPLETE}\r\ntext`)
  })

  test.each([
    ['names who submits it where From names another', 'From: bob@example.com\r\n', 'Sender: alice@example.com\r\n'],
    ['names nobody where From does, in any case', 'From: "A" <Alice@EXAMPLE.com>\r\n', ''],
    ['loses a Sender that was made up', 'From: alice@example.com\r\nSender: boss@example.com\r\n', ''],
    [
      'keeps one Sender where there are several authors',
      'From: alice@example.com, bob@example.com\r\n',
      'Sender: alice@example.com\r\n',
    ],
    ['replaces a Sender', 'Sender: boss@example.com\r\nFrom: bob@example.com\r\n', 'Sender: alice@example.com\r\n'],
  ])('%s', (_, from, sender) => {
    const rest = 'Date: x\r\nMessage-ID: <a@b>\r\n'
    const kept = from.replace(/^Sender: .*\r\n/m, '')
    expect(mended(`${from}${rest}\r\n`, { ...SUBMISSION, submitter: ALICE })).toBe(`${kept}${rest}${sender}\r\n`)
  })

  test('has its missing From made of the reverse-path, and a Sender only where that is another', () => {
    const rest = 'Date: x\r\nMessage-ID: <a@b>\r\n'
    expect(mended(`${rest}\r\n`, { ...SUBMISSION, submitter: ALICE })).toBe(`${rest}${FROM}\r\n`)
    const bounces = { localPart: 'bounces', domain: 'example.com' }
    expect(mended(`${rest}\r\n`, { ...SUBMISSION, reversePath: bounces, submitter: ALICE })).toBe(
      `${rest}From: bounces@example.com\r\nSender: alice@example.com\r\n\r\n`,
    )
  })

  test('names in UTF-8 are written in UTF-8', () => {
    const reversePath = { localPart: 'jürgen', domain: 'bücher.example' }
    const rest = 'Date: x\r\nMessage-ID: <a@b>\r\n'
    expect(mended(`${rest}\r\n`, { ...SUBMISSION, reversePath })).toBe(`${rest}From: jürgen@bücher.example\r\n\r\n`)
    expect(
      mended(`From: <jürgen@bücher.example>\r\n${rest}\r\n`, { ...SUBMISSION, submitter: reversePath }),
    ).not.toContain('Sender:')
  })
})
