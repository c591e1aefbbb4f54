import type { Variant } from '../kit/case.js'
import { inPieces } from '../kit/pieces.js'
import { fixtureWith, storeWith } from './wrap.js'

/** Bodies come one octet at a time, in a buffer that is overwritten as soon as the next is asked for. */
export const octetsVariant: Variant = {
  id: 'octets',
  title: 'bodies come one octet at a time, in a buffer that is used again',
  wrap: (fixture) =>
    fixtureWith(fixture, (store) =>
      storeWith(store, {
        stage: (args, signal) => store.stage({ account: args.account, body: inPieces(args.body) }, signal),
      }),
    ),
}
