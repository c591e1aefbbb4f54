/** The package `punycode`, not Node's module of that name, which is deprecated. Its ESM file has a name of its own in exports maps. */
declare module 'punycode/punycode.js' {
  const punycode: {
    /** @throws {RangeError} for what is no Punycode. RFC 3492 §6.2. */
    decode(text: string): string
    /** RFC 3492 §6.3. */
    encode(text: string): string
  }
  export default punycode
}
