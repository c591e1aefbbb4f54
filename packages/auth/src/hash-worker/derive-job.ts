/** One key derivation as plain data, as a thread gets it. Passwords and salts are octets; nothing here is checked. */
export type DeriveJob =
  /** 64 octets. The salt is at most 16 octets. */
  | { readonly kind: 'sha512Crypt'; readonly password: Uint8Array; readonly salt: Uint8Array; readonly rounds: number }
  /** 23 octets. The password is 1 to 72 octets, the salt 16. */
  | { readonly kind: 'bcrypt'; readonly password: Uint8Array; readonly salt: Uint8Array; readonly cost: number }
  /** `octets` octets. `memory` is in KiB and at least 8 × `lanes`; the salt is 8 octets or more. */
  | {
      readonly kind: 'argon2id'
      readonly password: Uint8Array
      readonly salt: Uint8Array
      readonly memory: number
      readonly passes: number
      readonly lanes: number
      readonly octets: number
    }

/** What a thread answers. */
export type DeriveReply = { readonly digest: Uint8Array } | { readonly fault: string }
