import { PREVIEW_CHARACTERS, PREVIEW_INPUT_CHARACTERS } from '../limits.js'
import { HtmlText } from './html-text.js'

/** Whether more text could change the preview. */
export type PreviewAppetite = 'more' | 'enough'

/** White space and controls: a preview has single spaces in their places. */
const BLANK = /[\s\p{Cc}\p{Zl}\p{Zp}]/u
/** A word of these alone is padding, which mailings put behind their first line so that previews end there. */
const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]+$/u

/**
 * Makes a message's preview from the decoded text of one part, in chunks of any cutting.
 *
 * RFC 8970 §3.3: at most {@link PREVIEW_CHARACTERS}, plain text, without markup. White space is collapsed. Lines that begin with `>`,
 * and HTML's block quotes, are left out unless there is nothing else; then one `>` stands before them, as Dovecot does.
 */
export class PreviewReader {
  readonly #html: HtmlText | null
  #input = 0
  #isLineStart = true
  #isQuoted = false
  readonly #own = new Words('')
  readonly #quoted = new Words('>')

  /** @param subtype of `text`, in lower case; any but `html` is read as plain. */
  constructor(subtype: string) {
    this.#html = subtype === 'html' ? new HtmlText({ quotes: 'mark' }) : null
  }

  push(text: string): PreviewAppetite {
    const left = PREVIEW_INPUT_CHARACTERS - this.#input
    const seen = text.length > left ? text.slice(0, left) : text
    this.#input += seen.length
    return this.#plain(this.#html?.push(seen) ?? seen)
  }

  /** The preview; empty when there is no text to see. */
  end(): string {
    this.#plain(this.#html?.end() ?? '')
    const own = this.#own.end()
    return own === '' ? this.#quoted.end() : own
  }

  #plain(text: string): PreviewAppetite {
    for (const char of text) {
      if (this.#own.isFull) return 'enough'
      if (char === '\n' || char === '\r') {
        this.#isLineStart = true
      } else if (this.#isLineStart) {
        this.#isQuoted = char === '>'
        this.#isLineStart = false
        if (this.#isQuoted) continue
      }
      const words = this.#isQuoted ? this.#quoted : this.#own
      words.take(char)
    }
    return this.#own.isFull || this.#input >= PREVIEW_INPUT_CHARACTERS ? 'enough' : 'more'
  }
}

/** Gathers words with one space between, up to the limit. Characters are code points. */
class Words {
  #text: string
  #characters: number
  #word = ''
  #wordCharacters = 0
  #isEmpty = true

  /** @param mark stands before the first word. */
  constructor(mark: '' | '>') {
    this.#text = mark
    this.#characters = mark.length
  }

  get isFull(): boolean {
    return this.#characters >= PREVIEW_CHARACTERS
  }

  take(char: string): void {
    if (this.isFull) return
    if (BLANK.test(char)) {
      this.#finishWord()
      return
    }
    this.#word += char
    this.#wordCharacters++
    const room = PREVIEW_CHARACTERS - this.#characters - this.#gap.length
    if (this.#wordCharacters >= room) this.#finishWord()
  }

  end(): string {
    this.#finishWord()
    return this.#isEmpty ? '' : this.#text
  }

  get #gap(): '' | ' ' {
    return this.#isEmpty ? '' : ' '
  }

  #finishWord(): void {
    if (this.#wordCharacters > 0 && !INVISIBLE.test(this.#word)) {
      this.#text += this.#gap + this.#word
      this.#characters += this.#gap.length + this.#wordCharacters
      this.#isEmpty = false
      // A space that nothing would follow.
      if (this.#characters === PREVIEW_CHARACTERS - 1) this.#characters++
    }
    this.#word = ''
    this.#wordCharacters = 0
  }
}

/** The preview of a text in memory. See {@link PreviewReader}. */
export function previewText(text: string, subtype: string): string {
  const reader = new PreviewReader(subtype)
  reader.push(text)
  return reader.end()
}
