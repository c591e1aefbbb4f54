import { fromLatin1, fromUtf8, latin1, toBase64 } from '@mailwright/core'

/** Longest encoded word, delimiters included. RFC 2047 §2. */
const WORD_CHARACTERS = 75

/**
 * Writes Unicode text so that it may stand in an unstructured field body or a phrase: as it is when it is plain ASCII
 * without anything like an encoded word, otherwise as encoded words of UTF-8, one space between.
 *
 * RFC 2047 §2, §4, §5. Never cuts a character in two. Q for text mostly of ASCII, B for other.
 */
export function encodeWords(text: string): string {
  if (/^[\x20-\x7e\t]*$/.test(text) && !text.includes('=?')) return text
  const beyondAscii = text.replace(/[\0-\x7f]/g, '').length
  const encode = beyondAscii * 2 <= text.length ? qWord : bWord
  const words: string[] = []
  let octets = ''
  let word = ''
  for (const char of text) {
    const more = octets + latin1(fromUtf8(char))
    const longer = encode(more)
    if (longer.length > WORD_CHARACTERS && octets !== '') {
      words.push(word)
      octets = more.slice(octets.length)
      word = encode(octets)
    } else {
      octets = more
      word = longer
    }
  }
  words.push(word)
  return words.join(' ')
}

function bWord(octets: string): string {
  return `=?utf-8?B?${toBase64(fromLatin1(octets))}?=`
}

/** With the characters that stand for themselves in a phrase. RFC 2047 §4.2, §5 (3). */
function qWord(octets: string): string {
  const encoded = octets.replace(/[^A-Za-z0-9!*+\-/ ]/g, (char) => {
    return `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
  return `=?utf-8?Q?${encoded.replaceAll(' ', '_')}?=`
}
