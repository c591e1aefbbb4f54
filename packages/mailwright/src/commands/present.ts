/** The members that are there. */
export function present<T extends object>(all: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // What is left has the type that its key had.
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
