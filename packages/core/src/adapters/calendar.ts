import type { UnixMillis } from '../brands.js'

/** Lets an engine ask for the date, where what a command answers depends on it. Answered by the driver, from its clock. */
export interface Calendar {
  /** @param _args none. */
  readDate(_args: object, signal: AbortSignal): Promise<{ readonly date: UnixMillis }>
}
