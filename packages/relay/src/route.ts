/** Which way a recipient goes: the answer of routing (Postfix's transport, nexthop and recipient). */
export interface Route {
  /** The name of a delivery agent: `local`, `virtual`, `relay`, `smtp`, `lmtp`, `error`, `discard`, or the host's own. */
  readonly transport: string
  /** As a `DeliveryRequest` has it. */
  readonly nexthop: string
  /** The recipient's address, qualified and rewritten. */
  readonly address: string
}

/** The class of a recipient's domain, which decides what its table of users is and whether strangers may send to it. */
export type AddressClass = 'local' | 'virtualAlias' | 'virtualMailbox' | 'relay' | 'default'
