import { ATOM, Lexer } from '../fields/lexer.js'

/**
 * The body of an address field in which every address without a domain has `domain`; all else stands as it was, comments and quotes
 * too.
 *
 *     mailbox = name-addr / addr-spec
 *
 * RFC 5322 §3.4; addresses are told as `parseAddresses` tells them: within angle brackets whatever stands there, outside of them one
 * word, or words joined by dots, but not several, which are a name.
 */
export function qualifiedAddresses(body: string, domain: string): string {
  const lexer = new Lexer(body, ATOM)
  const places: number[] = []
  /** Of the present member: outside of angle brackets, and within. */
  let words = NOTHING
  let inner: Words | null = null
  let isInAngle = false
  let isInGroup = false
  /** `obs-route`: until its colon, a comma belongs to it (RFC 5322 §4.4). */
  let isInRoute = false
  const finish = (): void => {
    const { isAddress, end } = inner ?? words
    if (isAddress) places.push(end)
    words = NOTHING
    inner = null
    isInAngle = false
    isInRoute = false
  }
  const take = (mark: string, isSpaced: boolean): void => {
    // White space within brackets means nothing; behind them words name nobody.
    if (isInAngle) inner = joined(inner ?? NOTHING, mark, true, lexer.offset)
    else if (inner === null) words = joined(words, mark, !isSpaced, lexer.offset)
  }
  for (let token = lexer.next(); token !== undefined; token = lexer.next()) {
    const mark = token.kind === 'special' ? token.text : ''
    switch (mark) {
      case ',':
        if (isInRoute) take(mark, token.isSpaced)
        else finish()
        break
      case ';':
        finish()
        isInGroup = false
        break
      case ':':
        isInRoute = false
        if (isInAngle || isInGroup) take(mark, token.isSpaced)
        else if (inner === null) {
          words = NOTHING
          isInGroup = true
        }
        break
      case '<':
        if (isInAngle) break
        if (inner !== null) finish()
        inner = NOTHING
        isInAngle = true
        break
      case '>':
        isInAngle = false
        isInRoute = false
        break
      default:
        if (isInAngle && mark === '@' && inner?.isEmpty === true) isInRoute = true
        take(mark, token.isSpaced)
    }
  }
  finish()
  let qualified = ''
  let from = 0
  for (const place of places) {
    qualified += `${body.slice(from, place)}@${domain}`
    from = place
  }
  return qualified + body.slice(from)
}

/** Words that may be a local part. */
interface Words {
  /** They are one, and no domain follows. */
  readonly isAddress: boolean
  readonly isEmpty: boolean
  /** The last was a dot, around which white space means nothing. */
  readonly isDot: boolean
  readonly end: number
}

const NOTHING: Words = { isAddress: false, isEmpty: true, isDot: false, end: 0 }

/** The same with one more token. Once they are no address they never are. */
function joined(words: Words, mark: string, isAdjacent: boolean, end: number): Words {
  const isDot = mark === '.'
  const isNext = words.isEmpty || (words.isAddress && (isAdjacent || isDot || words.isDot))
  return { isAddress: isNext && (mark === '' || isDot), isEmpty: false, isDot, end }
}
