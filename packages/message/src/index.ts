/**
 * MIME, and nothing that needs a protocol, a store or a clock.
 *
 * - Messages are octets in wire form. A line ends with CRLF or a bare LF, which is never repaired: all offsets hold for the
 *   octets given.
 * - Header text is one octet a character until somebody decodes it; Unicode comes out of functions called `decode…` or `…Text` only.
 * - Reading never fails: every message has a digest, every address list a value. What is past a limit (`limits.ts`)
 *   stays in the message and is not interpreted. Writing refuses what would be a bad message, with HostError.
 * - Time is linear, memory bounded, nothing recurses where the sender chooses the depth.
 * - The digest holds ENVELOPE and BODYSTRUCTURE in the form IMAP sends, because every store keeps and every session sends
 *   them so; what else IMAP does with messages is its engine's.
 */

export {
  type WritableAddress,
  writeAddress,
  writeAddrSpec,
  writePhrase,
} from './compose/address-writer.js'
export { type DsnOptions, type DsnRecipient, writeDeliveryStatus } from './compose/delivery-status.js'
export { type MdnDisposition, type MdnOptions, writeDispositionNotification } from './compose/disposition.js'
export { encodeWords } from './compose/encoded-word-writer.js'
export { foldLine, writeField } from './compose/field-writer.js'
export { type MessageHeader, writeMessageHeader, writeMessageId } from './compose/message-header.js'
export { writeParameter } from './compose/parameter-writer.js'
export {
  type Answered,
  type EnclosingOptions,
  type ReplyOptions,
  writeEnclosing,
  writeReply,
} from './compose/reply.js'
export { type ReportForm, type TypedAddress, writeTypedAddress } from './compose/report-fields.js'
export { writeTextPart } from './compose/text-part.js'
export { type MultipartOptions, type Wrapping, writeMultipart } from './compose/wrapping.js'
export { type Address, type Mailbox, parseAddresses } from './fields/address.js'
export {
  type ContentType,
  type Disposition,
  parseContentType,
  parseDisposition,
  parseLanguages,
  parseTransferEncoding,
} from './fields/content.js'
export { parseDate, type SentDate, writeDate } from './fields/date.js'
export { displaySortValue, mailboxSortValue } from './fields/display.js'
export { fieldBody, type HeaderField, unfold } from './fields/field.js'
export { HeaderReader, type HeaderReaderOptions, readHeader } from './fields/header-reader.js'
export { parseMessageIds } from './fields/message-id.js'
export { type Parameter, parameterText } from './fields/parameter.js'
export { domainToAscii, domainToUnicode } from './idna/domain.js'
export { bodyFromBodyStructure, rev1BodyStructure } from './imap-form/body.js'
export { type Leaf, leavesOf, previewLeaves } from './imap-form/leaves.js'
export { type DecodedSize, decodedStructure, partStructure } from './imap-form/part-structure.js'
export { MESSAGE_LIMITS, type MessageLimits } from './limits.js'
export { type HeaderDecision, type HeaderEdit, HeaderEditor } from './rewrite/header-editor.js'
export { type SevenBit, toSevenBit } from './rewrite/seven-bit.js'
export { type Submission, submissionEdits } from './rewrite/submission.js'
export { Digester, digestMessage } from './structure/digester.js'
export { type BaseSubject, baseSubject } from './text/base-subject.js'
export { CHARSETS, type Decoder, decodeCharset, isKnownCharset, newDecoder } from './text/charset.js'
export { decodeWords } from './text/encoded-word.js'
export { HtmlText } from './text/html-text.js'
export { type PreviewAppetite, PreviewReader, previewText } from './text/preview.js'
export { type TextStream, textOf, textStream } from './text/text.js'
export {
  decodeTransfer,
  isIdentityEncoding,
  isKnownEncoding,
  type TransferDecoder,
} from './transfer/transfer-decoder.js'
export { encodeTransfer, type TransferEncoder } from './transfer/transfer-encoder.js'
