import { fromLatin1, latin1 } from '@mailwright/core'
import { HeaderEditor, submissionEdits } from '@mailwright/message'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deliver } from '../support/dialogue.js'
import { Postfix } from '../support/postfix.js'

/** Headers that Postfix's cleanup mended for who submits mail to it, and ours. */
let postfix: Postfix

beforeAll(async () => {
  postfix = await Postfix.start({
    users: ['alice'],
    settings: ['local_header_rewrite_clients = permit_mynetworks', 'append_dot_mydomain = no'],
  })
})
afterAll(() => postfix?.dispose())

const HEADERS: readonly (readonly [name: string, header: string])[] = [
  ['nothing but a subject', 'Subject: hello\r\n'],
  ['all that is needed', 'From: a@x.example\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\nMessage-ID: <1@x>\r\n'],
  ['addresses without a domain', 'From: root\r\nTo: alice, bob@x.example, carol\r\nCc: dave\r\nReply-To: erin\r\n'],
  ['names', 'From: "Root, the" <root>\r\nTo: Alice Liddell <alice>\r\nSender: postmaster\r\n'],
  ['a comment', 'From: root (Charlie Root)\r\n'],
  ['groups', 'From: a@x.example\r\nTo: friends: alice, bob@x.example;\r\nCc: undisclosed-recipients:;\r\n'],
  ['resent', 'From: a@x.example\r\nResent-From: bob\r\nResent-To: carol\r\n'],
  ['what is for the sender alone', 'From: a@x.example\r\nBcc: secret@x.example\r\nReturn-Path: <x@x.example>\r\n'],
  ['fields that hold no addresses', 'From: a@x.example\r\nSubject: root\r\nX-To: alice\r\n'],
  ['two fields of a name', 'From: a@x.example\r\nTo: alice\r\nTo: bob\r\n'],
]

/** Fields on one line each, sorted; what is made anew each time without its value. */
function fields(message: string): readonly string[] {
  const [header = ''] = message.replaceAll('\r\n', '\n').split('\n\n', 1)
  return header
    .replaceAll(/\n[ \t]+/g, ' ')
    .split('\n')
    .filter((line) => !/^(Received|Delivered-To|X-Original-To|Return-Path): /.test(line))
    .map((line) =>
      line
        .replace(/^((?:Resent-)?Message-Id: )<\d{14}\.\w+@/, '$1<ID@')
        .replace(/^((?:Resent-)?Date: ).*20(?!24).*/, '$1now'),
    )
    .filter((line) => line !== '')
    .sort()
}

test.each(HEADERS)('[B9] a header is mended as Postfix does it: %s', async (_, header) => {
  const before = postfix.messages('alice')
  const text = `${header}\r\nIt works.\r\n`
  expect(await deliver(postfix.port(), postfix.address('alice'), text)).toMatch(/^250 /)
  const messages = await postfix.arrived('alice', before.length + 1)
  const theirs = messages.find((each) => !before.includes(each)) ?? ''
  const editor = new HeaderEditor((found) =>
    submissionEdits(found, {
      at: Date.now(),
      id: '1D7FE400A4C9',
      hostname: 'mail.postfix.example',
      reversePath: { localPart: 'sender', domain: 'example.org' },
      origin: postfix.domain,
    }),
  )
  const ours = latin1(editor.push(fromLatin1(text))) + latin1(editor.end())
  expect(fields(ours)).toEqual(fields(theirs))
})
