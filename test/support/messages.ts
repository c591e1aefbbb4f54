/** A message of few lines, with CRLF. */
export function note(subject: string, text = 'It works.\r\n'): string {
  return [
    'From: Sender <sender@example.org>',
    'To: Somebody <somebody@example.test>',
    `Subject: ${subject}`,
    'Date: Fri, 21 Nov 2025 10:00:00 +0000',
    `Message-ID: <${subject.replace(/[^a-z0-9]+/gi, '-')}@example.org>`,
    '',
    text,
  ].join('\r\n')
}

/** What delivery puts before a message: four fields, in this order (Postfix's). The rest is the message as it was sent. */
export function unstamped(stored: string): { readonly stamp: string; readonly message: string } {
  const folded = '[^\\r\\n]*\\r?\\n(?:[ \\t][^\\r\\n]*\\r?\\n)*'
  const fields = ['Return-Path', 'X-Original-To', 'Delivered-To', 'Received']
  const stamp = new RegExp(`^${fields.map((name) => `${name}: ${folded}`).join('')}`).exec(stored)?.[0]
  if (stamp === undefined) throw new Error(`not stamped: ${stored.slice(0, 500)}`)
  return { stamp, message: stored.slice(stamp.length) }
}
