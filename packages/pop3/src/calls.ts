import type { Authenticator, BodyReader, CallOf, MailStore } from '@mailwright/core'
import type { MaildropLock } from './maildrop-lock.js'

/** Everything the engine may ask of adapters. */
export type Pop3Call = CallOf<MailStore> | CallOf<Authenticator> | CallOf<BodyReader> | CallOf<MaildropLock>
