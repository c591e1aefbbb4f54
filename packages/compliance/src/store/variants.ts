import type { Variant } from '../kit/case.js'
import { abortedVariant } from './variant-aborted.js'
import { octetsVariant } from './variant-octets.js'
import { reopenedVariant } from './variant-reopened.js'

/** The ways to run {@link mailStoreLaws}: all laws, unchanged, under each. */
export const variants: readonly Variant[] = [
  { id: 'plain', title: 'the store as it is', wrap: (fixture) => fixture },
  octetsVariant,
  reopenedVariant,
  abortedVariant,
]
