import type { Octets } from '@mailwright/core'
import {
  type ContentType,
  type Disposition,
  PLAIN_TEXT,
  parseDisposition,
  parseLanguages,
  parseLocation,
  parseTransferEncoding,
} from '../fields/content.js'
import type { HeaderValues } from '../fields/header-values.js'
import { type Parameter, parameterPair } from '../fields/parameter.js'
import { nlist, nstring, string } from './wire.js'

/** Lower-case names of the fields that describe a part. */
export const CONTENT_FIELDS: readonly string[] = [
  'content-type',
  'content-id',
  'content-description',
  'content-transfer-encoding',
  'content-md5',
  'content-disposition',
  'content-language',
  'content-location',
]

/** What a part's header says of it. */
export interface PartDescription {
  readonly content: ContentType
  readonly id: string | null
  readonly description: string | null
  /** As the field has it. */
  readonly encoding: string
  readonly md5: string | null
  readonly disposition: Disposition | null
  readonly languages: readonly string[]
  readonly location: string | null
}

/** Reads the description of a part whose content type is settled. Empty fields count as absent; at most `parameters` of a field are read. */
export function describePart(content: ContentType, header: HeaderValues, parameters: number): PartDescription {
  const encoding = header.first('content-transfer-encoding')
  const disposition = header.first('content-disposition')
  const languages = header.first('content-language')
  const location = header.first('content-location')
  return {
    content,
    id: header.first('content-id') || null,
    description: header.first('content-description') || null,
    encoding: encoding === null ? '7bit' : parseTransferEncoding(encoding),
    md5: header.first('content-md5') || null,
    disposition: disposition === null ? null : parseDisposition(disposition, parameters),
    languages: languages === null ? NO_LANGUAGES : parseLanguages(languages),
    location: location === null ? null : parseLocation(location) || null,
  }
}

const NO_LANGUAGES: readonly string[] = []

/** Size of a part's body in its transfer encoding. */
export interface PartSize {
  readonly octets: Octets
  /** Line ends in it. */
  readonly lines: number
}

/**
 *     body-type-basic = media-basic SP body-fields
 *     body-type-text  = media-text SP body-fields SP body-fld-lines
 *
 * RFC 9051 §9, with extension data.
 */
export function writeLeaf(part: PartDescription, size: PartSize): string {
  const lines = part.content.type === 'text' ? ` ${size.lines}` : ''
  return `(${bodyFields(part, size)}${lines} ${singlePartExtension(part)})`
}

/** `body-type-msg = media-message SP body-fields SP envelope SP body SP body-fld-lines`, with extension data. RFC 9051 §9. */
export function writeMessage(part: PartDescription, size: PartSize, envelope: string, body: string): string {
  return `(${bodyFields(part, size)} ${envelope} ${body} ${size.lines} ${singlePartExtension(part)})`
}

/** `body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]`. RFC 9051 §9. */
export function writeMultipart(part: PartDescription, bodies: readonly string[]): string {
  const parameters = writeParameters(part.content.parameters)
  return `(${bodies.join('')} ${string(part.content.written[1])} ${parameters} ${commonExtension(part)})`
}

/** `body-fields = body-fld-param SP body-fld-id SP body-fld-desc SP body-fld-enc SP body-fld-octets`. RFC 9051 §9. */
function bodyFields(part: PartDescription, { octets }: PartSize): string {
  const { written, parameters } = withDefaults(part.content)
  const media = `${string(written[0])} ${string(written[1])} ${writeParameters(parameters)}`
  return `${media} ${nstring(part.id)} ${nstring(part.description)} ${string(part.encoding)} ${octets}`
}

/** Text without a charset is US-ASCII. RFC 2046 §4.1.2 says so of plain text; Dovecot tells it of any, and clients are used to that. */
function withDefaults(content: ContentType): ContentType {
  const { type, parameters } = content
  if (type !== 'text' || parameters.some(({ name }) => name === 'charset')) return content
  return { ...content, parameters: [...parameters, ...PLAIN_TEXT.parameters] }
}

/** `body-ext-1part = body-fld-md5 SP body-fld-dsp SP body-fld-lang SP body-fld-loc`. RFC 9051 §9. */
function singlePartExtension(part: PartDescription): string {
  return `${nstring(part.md5)} ${commonExtension(part)}`
}

function commonExtension({ disposition, languages, location }: PartDescription): string {
  const shown =
    disposition === null ? 'NIL' : `(${string(disposition.written)} ${writeParameters(disposition.parameters)})`
  const tags = languages.length === 0 ? 'NIL' : nlist(languages.map(string))
  return `${shown} ${tags} ${nstring(location)}`
}

/** `body-fld-param = "(" string SP string *(SP string SP string) ")" / nil`. RFC 9051 §9. */
function writeParameters(parameters: readonly Parameter[]): string {
  let text = ''
  for (const parameter of parameters) {
    const [name, value] = parameterPair(parameter)
    text += `${text === '' ? '(' : ' '}${string(name)} ${string(value)}`
  }
  return text === '' ? 'NIL' : `${text})`
}
