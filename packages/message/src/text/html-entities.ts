/** Names of U+00A0 to U+00FF in order. HTML 4.01 §24.2. */
const LATIN_1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para ' +
  'middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute ' +
  'Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute ' +
  'THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ' +
  'ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml'

/** Greek letters by their first. `final sigma` stands where U+03C2 does. HTML 4.01 §24.3. */
const CAPITAL_GREEK =
  'Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho - Sigma Tau Upsilon Phi Chi Psi Omega'
const SMALL_GREEK =
  'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi chi psi omega'

/** The others, each behind its name. HTML 4.01 §24.3, §24.4, and `apos` of XHTML. */
const OTHERS =
  'quot" amp& lt< gt> apos\' OEligŒ oeligœ ScaronŠ scaronš YumlŸ fnofƒ circˆ tilde˜ ensp\u2002 emsp\u2003 thinsp\u2009 ' +
  'zwnj\u200c zwj\u200d lrm\u200e rlm\u200f ndash– mdash— lsquo‘ rsquo’ sbquo‚ ldquo“ rdquo” bdquo„ dagger† Dagger‡ bull• ' +
  'hellip… permil‰ prime′ Prime″ lsaquo‹ rsaquo› oline‾ frasl⁄ euro€ imageℑ weierp℘ realℜ trade™ alefsymℵ larr← uarr↑ rarr→ ' +
  'darr↓ harr↔ crarr↵ lArr⇐ uArr⇑ rArr⇒ dArr⇓ hArr⇔ forall∀ part∂ exist∃ empty∅ nabla∇ isin∈ notin∉ ni∋ prod∏ sum∑ minus− ' +
  'lowast∗ radic√ prop∝ infin∞ ang∠ and∧ or∨ cap∩ cup∪ int∫ there4∴ sim∼ cong≅ asymp≈ ne≠ equiv≡ le≤ ge≥ sub⊂ sup⊃ nsub⊄ ' +
  'sube⊆ supe⊇ oplus⊕ otimes⊗ perp⊥ sdot⋅ lceil⌈ rceil⌉ lfloor⌊ rfloor⌋ lang〈 rang〉 loz◊ spades♠ clubs♣ hearts♥ diams♦ ' +
  'thetasymϑ upsihϒ pivϖ'

function byOrder(names: string, first: number): [name: string, text: string][] {
  return names.split(' ').map((name, index) => [name, String.fromCharCode(first + index)])
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ...byOrder(LATIN_1, 0xa0),
  ...byOrder(CAPITAL_GREEK, 0x391),
  ...byOrder(SMALL_GREEK, 0x3b1),
  ...OTHERS.split(' ').map((each): [name: string, text: string] => [each.slice(0, -1), each.slice(-1)]),
])

/** Octets 0x80 to 0x9f as windows-1252 has them: what a numeric reference there means. HTML §13.2.5.80. */
const C1 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/** What a character reference stands for, given without `&` and `;`; `null` for none. */
export function characterReference(reference: string): string | null {
  const numeric = /^#(?:[xX]([0-9A-Fa-f]{1,6})|(\d{1,7}))$/.exec(reference)
  if (numeric === null) return NAMED.get(reference) ?? null
  const code = numeric[1] === undefined ? Number(numeric[2]) : Number.parseInt(numeric[1], 16)
  if (code >= 0x80 && code <= 0x9f) return C1[code - 0x80] ?? null
  const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return isCharacter ? String.fromCodePoint(code) : '\ufffd'
}
