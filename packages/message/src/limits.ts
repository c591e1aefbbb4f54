import type { Octets } from '@mailwright/core'

/** Bounds for reading one message. Whatever passes one stays in the message; only its interpretation stops. */
export interface MessageLimits {
  /** Containers within containers. Default 100 (Dovecot): deeper than any mailer nests. A container beyond it is shown as one `application/octet-stream`. */
  readonly depth: number
  /** Parts of a message, enclosed messages included. Default 10,000 (Dovecot). Further parts are not listed; their octets belong to the container. */
  readonly parts: number
  /** Octets of one header that are interpreted. Default 10 MiB (Dovecot). Fields beyond it are consumed and not seen. */
  readonly headerOctets: Octets
  /** Fields of one header that are kept. Default 10,000: real headers have fewer than 500, and to look at a million of four octets would hold others up. Fields beyond it are consumed and not seen. */
  readonly headerFields: number
  /** Octets kept of one header field. Default 102,400 (Postfix header_size_limit). The rest of a longer field is not seen. */
  readonly fieldOctets: Octets
  /** Octets kept of all header fields of a message together, until each is interpreted. Default 4 MiB: 10,000 parts of 400 octets. Fields beyond it are not seen; their parts get the defaults. */
  readonly keptOctets: Octets
  /** Addresses of one field, groups' marks included. Default 10,000: more than 102,400 octets of real addresses hold. Further ones are not listed. */
  readonly addresses: number
  /** Addresses of all envelopes of a message. Default 20,000: one octet of `a,` makes ten of ENVELOPE, and From is written up to three times. Further ones are not listed. */
  readonly totalAddresses: number
  /** Octets of address fields read for all envelopes of a message. Default 307,200: three fields as long as they may be, 9,000 recipients; reading them is the dearest thing a header can ask for, some 20 ms. The rest is not seen. */
  readonly addressOctets: Octets
  /** Tokens of one address. Default 1,000: no real address has so many. Further ones are left out of it. */
  readonly addressTokens: number
  /** Parameters of one field, counted before continuations are joined. Default 128: a continued file name of 8,000 octets. Further ones are ignored. */
  readonly parameters: number
  /** Octets of a boundary that are compared. Default 80 (Dovecot): the RFC allows 70. Two open boundaries alike so far are taken for one, the inner. */
  readonly boundaryOctets: Octets
  /** Octets of a body line that are looked at for a delimiter. Default 1,024: a line of RFC 5322 §2.1.1 holds 998. A closing `--` beyond it is not seen. */
  readonly lineOctets: Octets
  /** Message ids kept of one References field, the last ones. Default 1,000: longer threads than people write, and THREAD stays fast. */
  readonly references: number
}

export const MESSAGE_LIMITS: MessageLimits = {
  depth: 100,
  parts: 10_000,
  headerOctets: 10_485_760,
  headerFields: 10_000,
  fieldOctets: 102_400,
  keptOctets: 4_194_304,
  addresses: 10_000,
  totalAddresses: 20_000,
  addressOctets: 307_200,
  addressTokens: 1_000,
  parameters: 128,
  boundaryOctets: 80,
  lineOctets: 1_024,
  references: 1_000,
}

/** Characters kept of a transfer encoding's name. Default 32: more than any known one has. A longer one is unknown all the same. */
export const ENCODING_CHARACTERS = 32

/** Parts that a digester begins before it offers others a turn. Default 200: some 5 ms where nothing is compiled yet. */
export const SLICE_PARTS = 200

/** Octets of white space a quoted-printable line may end with and have it deleted. Default 1,000: encoded lines hold 76; a longer run is taken for text. RFC 2045 §6.7 (3). */
export const QP_PADDING_OCTETS: Octets = 1_000

/** Octets that are gathered before they are decoded together. Default 256: few enough to be cheap for each decoder, and many enough that a call costs nothing. */
export const TEXT_RUN_OCTETS: Octets = 256

/** Characters of a charset's name. Default 40: the longest registered one has 45, the longest in use 23. A longer name is unknown. */
export const CHARSET_NAME_CHARACTERS = 40

/** Decoders kept for use again. Default 200: more than there are charsets. Further ones are made anew each time. */
export const KEPT_DECODERS = 200

/** Characters kept of the name of an HTML element or character reference. Default 32: the longest in use has 24. A longer one is unknown. */
export const HTML_NAME_CHARACTERS = 32

/** Characters of a preview. Default 200 (RFC 8970 §3.3, Dovecot). */
export const PREVIEW_CHARACTERS = 200

/** Characters of a part's text that are looked at for its preview. Default 262,144: style sheets and quoted mail may come first. Past it the preview is what was found. */
export const PREVIEW_INPUT_CHARACTERS = 262_144
