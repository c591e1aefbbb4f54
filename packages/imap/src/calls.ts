import {
  type Authenticator,
  type BodyAssembler,
  type BodyReader,
  type Calendar,
  type CallOf,
  caller,
  type MailboxWatch,
  type MailStore,
  type UrlAuthority,
} from '@mailwright/core'

/** Everything the engine may ask of its host. The driver itself answers `watchMailboxes`, `readBody` and `readDate`. */
export type ImapCall =
  | CallOf<MailStore>
  | CallOf<Authenticator>
  | CallOf<MailboxWatch>
  | CallOf<BodyReader>
  | CallOf<BodyAssembler>
  | CallOf<Calendar>
  | CallOf<UrlAuthority>

export const store = caller<MailStore>()
export const authenticator = caller<Authenticator>()
export const watch = caller<MailboxWatch>()
export const reader = caller<BodyReader>()
export const assembler = caller<BodyAssembler>()
export const calendar = caller<Calendar>()
export const urlAuthority = caller<UrlAuthority>()
