import type { Body } from '../body.js'

/** An adapter's method: plain data in, a promise of plain data out, cancelled by `signal`. */
export type AdapterMethod<Args, Result> = (args: Args, signal: AbortSignal) => Promise<Result>

/** Names of the methods of `Adapter`; other members (a manifest, `close`) are not callable by an engine. */
export type MethodName<Adapter> = {
  [K in keyof Adapter & string]-?: NonNullable<Adapter[K]> extends (
    args: infer Args,
    signal: AbortSignal,
  ) => Promise<unknown>
    ? Args extends object
      ? K
      : never
    : never
}[keyof Adapter & string]

type ArgsOf<Method> =
  NonNullable<Method> extends (args: infer Args, signal: AbortSignal) => Promise<unknown> ? Args : never
type ResultOf<Method> =
  NonNullable<Method> extends (args: never, signal: AbortSignal) => Promise<infer Result> ? Result : never

/** A method's arguments as an engine writes them: without a `body`, whose octets follow the call as effects. */
export type CallArgs<Adapter, K extends MethodName<Adapter>> = {
  [P in keyof ArgsOf<Adapter[K]> as ArgsOf<Adapter[K]>[P] extends Body ? never : P]: ArgsOf<Adapter[K]>[P]
}

/** What the call answers. */
export type CallResult<Adapter, K extends MethodName<Adapter>> = ResultOf<Adapter[K]>

/** Every call an engine may make on `Adapter`, as a union of plain data. Derived, so the two cannot drift apart. */
export type CallOf<Adapter> = {
  [K in MethodName<Adapter>]: { readonly call: K; readonly args: CallArgs<Adapter, K> }
}[MethodName<Adapter>]

/** The least a call is. */
export interface AnyCall {
  readonly call: string
  readonly args: object
}
