import { TEXT_RUN_OCTETS } from '../limits.js'
import type { Decoder } from './charset.js'

const ESC = 0x1b
const SO = 0x0e
const SI = 0x0f
const LF = 0x0a

/** A set of characters that may be designated: how its octets are read, with the top bit set, and how many make a character. */
interface CharacterSet {
  /** A name of the Encoding Standard; `null` for a set nobody here has tables of. */
  readonly encoding: string | null
  readonly octets: 1 | 2
  /** Put before each character. 0x8f is single shift three, which selects JIS X 0212 in EUC-JP; 0x8e its katakana. */
  readonly prefix: number | null
}

const ASCII: CharacterSet = { encoding: null, octets: 1, prefix: null }
const JIS_KATAKANA: CharacterSet = { encoding: 'euc-jp', octets: 1, prefix: 0x8e }
const JIS_0208: CharacterSet = { encoding: 'euc-jp', octets: 2, prefix: null }
const JIS_0212: CharacterSet = { encoding: 'euc-jp', octets: 2, prefix: 0x8f }
const GB_2312: CharacterSet = { encoding: 'gbk', octets: 2, prefix: null }
const KS_X_1001: CharacterSet = { encoding: 'euc-kr', octets: 2, prefix: null }
const LATIN_1: CharacterSet = { encoding: 'windows-1252', octets: 1, prefix: null }
const GREEK: CharacterSet = { encoding: 'iso-8859-7', octets: 1, prefix: null }
const UNKNOWN_PAIRS: CharacterSet = { encoding: null, octets: 2, prefix: null }

/**
 * What escape sequences designate, without their ESC: to G0, the set in force; to G1, which SO shifts to; to G2, of which `ESC N`
 * takes one character. RFC 1468 (JP), RFC 2237 (JP-1), RFC 1554 (JP-2), RFC 1557 (KR), RFC 1922 §2 (CN). The planes of
 * CNS 11643 that RFC 1922 adds have no table here, nor has plane two of JIS X 0213: their characters become U+FFFD.
 */
const DESIGNATIONS: ReadonlyMap<string, readonly ['g0' | 'g1' | 'g2', CharacterSet]> = new Map([
  ['(B', ['g0', ASCII]],
  ['(J', ['g0', ASCII]],
  ['(I', ['g0', JIS_KATAKANA]],
  ['$@', ['g0', JIS_0208]],
  ['$B', ['g0', JIS_0208]],
  ['$(B', ['g0', JIS_0208]],
  ['$(D', ['g0', JIS_0212]],
  ['$(O', ['g0', JIS_0208]],
  ['$(Q', ['g0', JIS_0208]],
  ['$(P', ['g0', UNKNOWN_PAIRS]],
  ['$A', ['g0', GB_2312]],
  ['$(C', ['g0', KS_X_1001]],
  ['.A', ['g2', LATIN_1]],
  ['.F', ['g2', GREEK]],
  ['$)C', ['g1', KS_X_1001]],
  ['$)A', ['g1', GB_2312]],
  ['$)G', ['g1', UNKNOWN_PAIRS]],
  ['$)E', ['g1', UNKNOWN_PAIRS]],
  ['$*H', ['g2', UNKNOWN_PAIRS]],
])

/** Longest escape sequence, its ESC not counted. */
const ESCAPE_OCTETS = 3

/**
 * Decodes the 7-bit encodings that shift between sets: ISO-2022-KR, ISO-2022-CN and the Japanese ones beyond ISO-2022-JP.
 *
 * Every designation is known under every name, because mail is labelled with the wrong one. What no sequence explains
 * becomes U+FFFD. A line end shifts back, so a lost SI spoils one line (RFC 1922 §2, RFC 1557 §1).
 */
export class Iso2022Decoder implements Decoder {
  #g0 = ASCII
  #g1 = ASCII
  #g2 = ASCII
  #isShiftedOut = false
  /** `ESC N` was read: the next character is of G2. */
  #isSingle = false
  /** Octets of an escape sequence behind its ESC; `null` outside of one. */
  #escape: string | null = null
  /** First octet of a pair; 0 when none waits. */
  #lead = 0
  #out = ''
  /** Octets of one encoding that wait to be decoded together. */
  readonly #run = new Uint8Array(TEXT_RUN_OCTETS)
  #length = 0
  #encoding: string | null = null

  decode(bytes: Uint8Array = new Uint8Array(0), { stream = false }: { readonly stream?: boolean } = {}): string {
    for (const octet of bytes) this.#take(octet)
    if (!stream) this.#end()
    this.#flush()
    const out = this.#out
    this.#out = ''
    return out
  }

  #end(): void {
    if (this.#escape !== null || this.#lead !== 0) this.#replacement()
    this.#g0 = this.#g1 = this.#g2 = ASCII
    this.#isShiftedOut = false
    this.#isSingle = false
    this.#escape = null
    this.#lead = 0
  }

  #take(octet: number): void {
    if (this.#escape !== null) {
      this.#designate(this.#escape + String.fromCharCode(octet))
    } else if (octet > 0x20 && octet < 0x7f) {
      this.#graphic(octet)
    } else {
      if (this.#lead !== 0) this.#replacement()
      this.#lead = 0
      this.#control(octet)
    }
  }

  #designate(sequence: string): void {
    const found = DESIGNATIONS.get(sequence)
    if (found !== undefined) {
      const [place, set] = found
      if (place === 'g0') this.#g0 = set
      else if (place === 'g1') this.#g1 = set
      else this.#g2 = set
      this.#escape = null
    } else if (sequence === 'N') {
      this.#isSingle = true
      this.#escape = null
    } else if (sequence.length < ESCAPE_OCTETS && /^[$(.][()*]?$/.test(sequence)) {
      this.#escape = sequence
    } else {
      this.#escape = null
      this.#replacement()
      // Its last octet may begin something: a line end, another escape.
      this.#take(sequence.charCodeAt(sequence.length - 1))
    }
  }

  #control(octet: number): void {
    if (octet === ESC) this.#escape = ''
    else if (octet === SO) this.#isShiftedOut = true
    else if (octet === SI) this.#isShiftedOut = false
    else if (octet > 0x7f) this.#replacement()
    else {
      if (octet === LF) {
        this.#isShiftedOut = false
        this.#g0 = ASCII
      }
      this.#put(null, octet)
    }
  }

  #graphic(octet: number): void {
    const set = this.#isSingle ? this.#g2 : this.#isShiftedOut ? this.#g1 : this.#g0
    if (set.octets === 2 && this.#lead === 0) {
      this.#lead = octet
      return
    }
    if (set === ASCII) {
      this.#put(null, octet)
    } else if (set.encoding === null) {
      this.#replacement()
    } else {
      const octets = set.octets === 1 ? [octet | 0x80] : [this.#lead | 0x80, octet | 0x80]
      this.#put(set.encoding, ...(set.prefix === null ? octets : [set.prefix, ...octets]))
    }
    this.#lead = 0
    this.#isSingle = false
  }

  /** Takes the octets of one character, which are never parted. */
  #put(encoding: string | null, ...character: readonly number[]): void {
    if (encoding !== this.#encoding || this.#length + character.length > TEXT_RUN_OCTETS) this.#flush()
    this.#encoding = encoding
    for (const octet of character) this.#run[this.#length++] = octet
  }

  #flush(): void {
    const run = this.#run.subarray(0, this.#length)
    this.#length = 0
    if (run.length > 0) this.#out += decoderOf(this.#encoding ?? 'us-ascii').decode(run)
  }

  #replacement(): void {
    this.#flush()
    this.#out += '\ufffd'
  }
}

const decoders = new Map<string, Decoder>()

function decoderOf(encoding: string): Decoder {
  const decoder = decoders.get(encoding) ?? new TextDecoder(encoding)
  decoders.set(encoding, decoder)
  return decoder
}
